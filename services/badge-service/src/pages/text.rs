//! Dates and addresses on their way into HTML.

use chrono::NaiveDate;

/// The address, if it is one that a page may link to: `javascript:` and the like are not.
pub fn web_address(url: &str) -> Option<&str> {
    let begins = |scheme: &str| {
        url.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    let here = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    (begins("https://") || begins("http://") || here).then_some(url)
}

/// `14 March 2025`.
pub fn date(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}
