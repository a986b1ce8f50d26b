//! The style sheet of the pages.

use std::sync::LazyLock;

use ::web::asset::Asset;

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::css("style", include_str!("assets/style.css")));

/// The file of this name, if pages of this release refer to one.
pub fn asset(name: &str) -> Option<&'static Asset> {
    Some(&*STYLE).filter(|style| style.name() == name)
}

/// The address of the style sheet.
pub(super) fn style_url() -> String {
    STYLE.url()
}

#[cfg(test)]
mod tests {
    use ::web::asset::PATH;

    use super::*;

    #[test]
    fn the_style_is_answered_under_its_own_hash_only() {
        let url = style_url();
        let name = url.strip_prefix(PATH).expect("assets share a path");
        assert!(asset(name).is_some());
        assert!(asset("style.css").is_none());
        assert!(asset("style-00000000.css").is_none());
    }
}
