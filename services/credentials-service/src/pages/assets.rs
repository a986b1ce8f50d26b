//! The files that pages refer to.

use std::sync::LazyLock;

use ::web::asset::Asset;

/// The file of this name, if pages of this release refer to one.
pub fn asset(name: &str) -> Option<&'static Asset> {
    FILES.all().into_iter().find(|file| file.name() == name)
}

/// The address of the style sheet.
pub(super) fn style_url() -> String {
    FILES.style.url()
}

/// The address of the script that shows and works the print button.
pub(super) fn script_url() -> String {
    FILES.script.url()
}

struct Files {
    style: Asset,
    script: Asset,
    frame: Asset,
    paper_frame: Asset,
}

static FILES: LazyLock<Files> = LazyLock::new(|| {
    let frame = Asset::svg("frame", include_str!("assets/frame.svg"));
    let paper_frame = Asset::svg("frame-paper", include_str!("assets/frame-paper.svg"));
    // The style names the frames as they are called on disk; readers get the names with the hash.
    let style = include_str!("assets/style.css")
        .replace("frame.svg", frame.name())
        .replace("frame-paper.svg", paper_frame.name());
    Files {
        style: Asset::css("style", &style),
        script: Asset::js("print", include_str!("assets/print.js")),
        frame,
        paper_frame,
    }
});

impl Files {
    fn all(&self) -> [&Asset; 4] {
        [&self.style, &self.script, &self.frame, &self.paper_frame]
    }
}

#[cfg(test)]
mod tests {
    use ::web::asset::PATH;

    use super::*;

    #[test]
    fn every_address_that_a_page_uses_is_answered() {
        for url in [style_url(), script_url()] {
            let name = url.strip_prefix(PATH).expect("all assets share a path");
            assert!(asset(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_style_names_the_frames_by_their_hashed_names() {
        let style = std::str::from_utf8(FILES.style.content()).unwrap();
        for frame in [&FILES.frame, &FILES.paper_frame] {
            assert!(style.contains(frame.name()), "{}", frame.name());
            assert!(asset(frame.name()).is_some());
        }
        assert!(!style.contains("frame.svg") && !style.contains("frame-paper.svg"));
    }

    #[test]
    fn a_name_of_another_release_is_unknown() {
        assert!(asset("style-00000000.css").is_none());
        assert!(asset("style.css").is_none());
        assert!(asset("../wording.rs").is_none());
    }
}
