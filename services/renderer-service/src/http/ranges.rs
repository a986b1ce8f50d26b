//! Which part of a file a request wants (RFC 9110, section 14).

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{IF_RANGE, RANGE};

/// A part of a file; ends count.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    All,
    Part(usize, usize),
    /// The range begins after the end.
    Nothing,
}

/// Several ranges, other units, ranges of another version and what is no range at all mean the
/// whole file.
pub fn wanted(request: &HttpRequest, tag: &str, length: usize) -> Wanted {
    let header = |name| request.headers().get(name);
    let other_version = header(IF_RANGE)
        .is_some_and(|condition| condition.as_bytes() != format!("\"{tag}\"").as_bytes());
    if other_version || request.method() != Method::GET {
        return Wanted::All;
    }
    let range = header(RANGE).and_then(|value| value.to_str().ok());
    range.and_then(|range| single(range, length)).unwrap_or(Wanted::All)
}

/// The part that one range of bytes names, cut where the file ends.
fn single(header: &str, length: usize) -> Option<Wanted> {
    let (unit, range) = header.split_once('=')?;
    let (start, end) = range.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let last = length.checked_sub(1);
    let (start, end) = match (start.trim(), end.trim()) {
        ("", "") => return None,
        ("", suffix) => match number(suffix)? {
            0 => return Some(Wanted::Nothing),
            suffix => (length.saturating_sub(suffix), usize::MAX),
        },
        (start, "") => (number(start)?, usize::MAX),
        (start, end) => (number(start)?, number(end)?),
    };
    if start > end {
        return None;
    }
    Some(match last {
        Some(last) if start <= last => Wanted::Part(start, end.min(last)),
        _ => Wanted::Nothing,
    })
}

/// A position; one beyond all numbers is beyond every file.
fn number(text: &str) -> Option<usize> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn wanted_of_100(range: &str) -> Wanted {
        let request = TestRequest::default().insert_header(("Range", range)).to_http_request();
        wanted(&request, "tag", 100)
    }

    #[test]
    fn one_range_is_understood_and_others_mean_all() {
        for (range, expected) in [
            ("bytes=0-9", Wanted::Part(0, 9)),
            ("Bytes = 0 - 9", Wanted::Part(0, 9)),
            ("bytes=90-", Wanted::Part(90, 99)),
            ("bytes=-10", Wanted::Part(90, 99)),
            ("bytes=-1000", Wanted::Part(0, 99)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=0-1,5-6", Wanted::All),
            ("bytes=9-0", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("lines=0-1", Wanted::All),
            ("nonsense", Wanted::All),
        ] {
            assert_eq!(wanted_of_100(range), expected, "{range}");
        }
    }

    #[test]
    fn a_range_that_ends_after_the_file_ends_with_it() {
        for end in ["200", "18446744073709551615", "99999999999999999999999999"] {
            assert_eq!(wanted_of_100(&format!("bytes=90-{end}")), Wanted::Part(90, 99), "{end}");
            assert_eq!(wanted_of_100(&format!("bytes=-{end}")), Wanted::Part(0, 99), "{end}");
            assert_eq!(wanted_of_100(&format!("bytes={end}-")), Wanted::Nothing, "{end}");
        }
    }

    #[test]
    fn a_range_of_another_version_or_of_no_body_means_all() {
        let ranged = || TestRequest::default().insert_header(("Range", "bytes=0-9"));
        let other = ranged().insert_header(("If-Range", "\"other\"")).to_http_request();
        assert_eq!(wanted(&other, "tag", 100), Wanted::All);
        let head = ranged().method(Method::HEAD).to_http_request();
        assert_eq!(wanted(&head, "tag", 100), Wanted::All);
        let same = ranged().insert_header(("If-Range", "\"tag\"")).to_http_request();
        assert_eq!(wanted(&same, "tag", 100), Wanted::Part(0, 9));
    }

    #[test]
    fn an_empty_file_has_no_part() {
        assert_eq!(single("bytes=0-0", 0), Some(Wanted::Nothing));
        assert_eq!(single("bytes=-5", 0), Some(Wanted::Nothing));
    }
}
