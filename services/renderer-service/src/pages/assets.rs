//! The style sheet, under a name that changes with its content, so that browsers may keep it for
//! ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// The path under which the service gives out [`asset`]s.
pub const ASSET_PATH: &str = "/static/";

const STYLE: &str = include_str!("assets/style.css");

static STYLE_NAME: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest(STYLE.as_bytes());
    let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("style-{hash}.css")
});

/// A file that a page needs.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    pub bytes: &'static [u8],
    pub content_type: &'static str,
}

/// The file of this name, for instance `style-1a2b3c4d.css`. A name with another hash belongs to
/// another release and is unknown.
pub fn asset(name: &str) -> Option<Asset> {
    let style = Asset { bytes: STYLE.as_bytes(), content_type: "text/css; charset=utf-8" };
    (name == *STYLE_NAME).then_some(style)
}

/// The address of the style sheet.
pub(super) fn style_url() -> String {
    format!("{ASSET_PATH}{}", *STYLE_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_is_answered_under_its_own_hash_only() {
        let url = style_url();
        let name = url.strip_prefix(ASSET_PATH).expect("assets share a path");
        assert!(asset(name).is_some());
        assert!(asset("style.css").is_none());
        assert!(asset("style-00000000.css").is_none());
    }
}
