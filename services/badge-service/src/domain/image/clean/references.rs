//! What a value of an SVG may refer to.

/// Whether an animation may change this attribute: no reference and no event.
pub fn may_move(attribute: &str) -> bool {
    let local = attribute.rsplit(':').next().unwrap_or_default().trim().to_ascii_lowercase();
    local != "href" && !local.starts_with("on") && local != "style"
}

/// A reference into the same file, or a raster picture that is in it.
pub fn is_inside(reference: &str) -> bool {
    reference.trim().starts_with('#') || is_raster(reference)
}

pub fn is_raster(reference: &str) -> bool {
    let reference = reference.trim();
    [
        "data:image/png;base64,",
        "data:image/jpeg;base64,",
        "data:image/gif;base64,",
        "data:image/webp;base64,",
    ]
    .iter()
    .any(|kind| reference.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind)))
}

/// Whether a style sheet, or an attribute that may hold CSS, loads and runs nothing.
///
/// Escapes and comments are refused whole: with them a word can be written past any search.
pub fn is_safe_css(css: &str) -> bool {
    let css = css.to_ascii_lowercase();
    let suspect = [
        "@import",
        "@font-face",
        "expression(",
        "javascript:",
        "-moz-binding",
        "behavior:",
        "image-set(",
        "image(",
        "src(",
    ];
    if suspect.iter().any(|word| css.contains(word)) {
        return false;
    }
    let mut addresses = css.split("url(").skip(1).peekable();
    if addresses.peek().is_none() {
        // A backslash in plain text is harmless unless it hides a `url`.
        return !(css.contains('\\') && css.contains('('));
    }
    !css.contains('\\')
        && addresses.all(|address| is_inside(address.trim_start().trim_start_matches(['"', '\''])))
}
