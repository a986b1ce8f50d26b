//! Keys of course runs.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Names one course run: `course-v1:Org+Number+Run`, or the older `Org/Number/Run`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CourseKey(String);

/// The text is no course key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid course key.")]
pub struct InvalidCourseKey;

impl CourseKey {
    /// The key as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CourseKey {
    type Err = InvalidCourseKey;

    fn from_str(text: &str) -> Result<Self, InvalidCourseKey> {
        let (rest, separator) = match text.strip_prefix("course-v1:") {
            Some(rest) => (rest, '+'),
            None => (text, '/'),
        };
        let parts: Vec<&str> = rest.split(separator).collect();
        let wellformed = |part: &&str| {
            !part.is_empty()
                && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'))
        };
        if parts.len() == 3 && parts.iter().all(wellformed) && text.chars().count() <= 255 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCourseKey)
        }
    }
}

impl TryFrom<String> for CourseKey {
    type Error = InvalidCourseKey;

    fn try_from(text: String) -> Result<Self, InvalidCourseKey> {
        text.parse()
    }
}

impl From<CourseKey> for String {
    fn from(key: CourseKey) -> Self {
        key.0
    }
}

impl fmt::Display for CourseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::CourseKey;

    #[test]
    fn both_forms_of_course_keys_are_read_and_nothing_else() {
        for good in ["course-v1:Org+CS101+2026", "Org/CS101/2026", "course-v1:Ünï+CS.1+T_1"] {
            assert!(good.parse::<CourseKey>().is_ok(), "{good}");
        }
        for bad in
            ["", "x", "course-v1:Org+CS101", "Org/CS101", "a/b/c/d", "course-v1:a+b+", "a b/c/d"]
        {
            assert!(bad.parse::<CourseKey>().is_err(), "{bad}");
        }
    }
}
