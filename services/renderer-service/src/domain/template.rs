//! What a template package says about itself.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::page::PageFormat;

/// `template.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub id: String,
    pub version: u32,
    pub title: String,
    pub kinds: Vec<String>,
    /// Allowed sheets; the first is the default.
    pub pages: Vec<PageFormat>,
    #[serde(default = "one_page")]
    pub max_pages: usize,
    #[serde(default = "english")]
    pub default_locale: String,
    /// Pointers into `data` that must be there beyond what the contract requires.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Wording keys; the first is the default.
    pub types: Vec<String>,
    #[serde(default)]
    pub custom: Vec<CustomField>,
}

/// A member of `custom` that the template knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomField {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub required: bool,
}

/// A template as a request sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownTemplate {
    pub manifest: Arc<Manifest>,
    /// `sha256-<hex>` over the package's files.
    pub digest: String,
}

/// The templates there are.
pub trait TemplateList {
    /// The template of this id, in this version or else in its highest.
    fn find(&self, id: &str, version: Option<u32>) -> Option<KnownTemplate>;
}

/// Takes `id` or `id@version` apart.
pub fn parse_reference(text: &str) -> Option<(&str, Option<u32>)> {
    let (id, version) = match text.split_once('@') {
        Some((id, version)) => (id, Some(version.parse().ok().filter(|&number| number > 0)?)),
        None => (text, None),
    };
    is_id(id).then_some((id, version))
}

/// `[a-z][a-z0-9-]{1,39}`
pub fn is_id(text: &str) -> bool {
    (2..=40).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl Manifest {
    /// What is wrong with the manifest itself, if anything.
    pub fn fault(&self) -> Option<&'static str> {
        if !is_id(&self.id) {
            Some("id must have the form [a-z][a-z0-9-]{1,39}")
        } else if self.version == 0 {
            Some("version must be a positive integer")
        } else if self.pages.is_empty() {
            Some("pages must name at least one page")
        } else if self.types.is_empty() {
            Some("types must name at least one wording")
        } else if !(1..=10).contains(&self.max_pages) {
            Some("max_pages must be 1 to 10")
        } else {
            None
        }
    }
}

const fn one_page() -> usize {
    1
}

fn english() -> String {
    "en".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_may_name_a_version() {
        assert_eq!(parse_reference("classic"), Some(("classic", None)));
        assert_eq!(parse_reference("classic@2"), Some(("classic", Some(2))));
        for bad in ["", "c", "Classic", "classic@", "classic@0", "classic@-1", "../classic"] {
            assert_eq!(parse_reference(bad), None, "{bad}");
        }
    }
}
