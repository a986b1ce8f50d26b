//! What an operator says of the place for files.

use std::path::Path;

use serde::Deserialize;

/// Part of a service's own section; the defaults are there.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Settings {
    /// `file:FOLDER`, `s3://BUCKET/PREFIX` or `memory:`.
    pub url: String,
    /// Of a store that is not Amazon's, as in `https://s3.school.example`.
    pub s3_endpoint: String,
    pub s3_region: String,
    /// Whether the bucket stands in the path in place of the host name.
    pub s3_path_style: bool,
    /// Whether the endpoint may be `http://`.
    pub s3_allow_http: bool,
}

impl Settings {
    /// The same, or this folder where there is no address.
    #[must_use]
    pub fn or_folder(&self, folder: &Path) -> Self {
        if !self.url.is_empty() || folder.as_os_str().is_empty() {
            return self.clone();
        }
        Self { url: format!("file:{}", folder.display()), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Settings;

    #[test]
    fn an_address_comes_before_a_folder() {
        let settings = Settings { url: "s3://bucket".to_owned(), ..Settings::default() };

        assert_eq!(settings.or_folder(Path::new("here")).url, "s3://bucket");
        assert_eq!(Settings::default().or_folder(Path::new("here")).url, "file:here");
        assert_eq!(Settings::default().or_folder(Path::new("")).url, "");
    }
}
