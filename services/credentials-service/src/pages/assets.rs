//! The files that pages refer to, each under a name that changes with its content, so that
//! browsers may keep them for ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// The path under which the service gives out [`asset`]s.
pub const ASSET_PATH: &str = "/static/";

/// A file that a page needs.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    pub bytes: &'static [u8],
    pub content_type: &'static str,
}

/// The file of this name, for instance `style-1a2b3c4d.css`.
///
/// A name with another hash is unknown: it belongs to another release, whose pages would look
/// wrong with our file.
pub fn asset(name: &str) -> Option<Asset> {
    FILES
        .all()
        .into_iter()
        .find(|file| file.name == name)
        .map(|file| Asset { bytes: file.content.as_bytes(), content_type: file.content_type })
}

/// The address of the style sheet.
pub(super) fn style_url() -> String {
    FILES.style.url()
}

/// The address of the script that shows and works the print button.
pub(super) fn script_url() -> String {
    FILES.script.url()
}

struct File {
    name: String,
    content: String,
    content_type: &'static str,
}

struct Files {
    style: File,
    script: File,
    frame: File,
    paper_frame: File,
}

static FILES: LazyLock<Files> = LazyLock::new(|| {
    let frame = File::new("frame", "svg", "image/svg+xml", include_str!("assets/frame.svg"));
    let paper_frame =
        File::new("frame-paper", "svg", "image/svg+xml", include_str!("assets/frame-paper.svg"));
    // The style names the frames as they are called on disk; readers get the names with the hash.
    let style = include_str!("assets/style.css")
        .replace("frame.svg", &frame.name)
        .replace("frame-paper.svg", &paper_frame.name);
    Files {
        style: File::new("style", "css", "text/css; charset=utf-8", &style),
        script: File::new(
            "print",
            "js",
            "text/javascript; charset=utf-8",
            include_str!("assets/print.js"),
        ),
        frame,
        paper_frame,
    }
});

impl Files {
    fn all(&self) -> [&File; 4] {
        [&self.style, &self.script, &self.frame, &self.paper_frame]
    }
}

impl File {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: &str) -> Self {
        let digest = Sha256::digest(content.as_bytes());
        let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Self {
            name: format!("{stem}-{hash}.{extension}"),
            content: content.to_owned(),
            content_type,
        }
    }

    fn url(&self) -> String {
        format!("{ASSET_PATH}{}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_that_a_page_uses_is_answered() {
        for url in [style_url(), script_url()] {
            let name = url.strip_prefix(ASSET_PATH).expect("all assets share a path");
            assert!(asset(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_style_names_the_frames_by_their_hashed_names() {
        let style = &FILES.style.content;
        for frame in [&FILES.frame, &FILES.paper_frame] {
            assert!(style.contains(&frame.name), "{}", frame.name);
            assert!(asset(&frame.name).is_some());
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
