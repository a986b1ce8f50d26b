//! What a request presents as proof of who sends it.

use actix_web::{
    HttpRequest,
    http::header::{AUTHORIZATION, HeaderValue},
};

/// A token and the way it came, or the lack of one.
#[derive(Clone, PartialEq, Eq)]
pub enum Presented {
    /// `Authorization: JWT <token>` or `Bearer <token>`. If it fails, nothing else is tried.
    Header(String),
    /// `Authorization: JWT` or `Bearer` without exactly one token, or what is no text.
    Malformed,
    /// The LMS's cookies. Unsafe methods also need a CSRF token.
    Cookie(String),
    /// Nothing that this module understands.
    Nothing,
}

impl std::fmt::Debug for Presented {
    /// Leaves out the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Header(_) => "Header(…)",
            Self::Malformed => "Malformed",
            Self::Cookie(_) => "Cookie(…)",
            Self::Nothing => "Nothing",
        })
    }
}

const HALVES: (&str, &str) = ("edx-jwt-cookie-header-payload", "edx-jwt-cookie-signature");
const WHOLE: &str = "edx-jwt-cookie";

/// Finds the token of a request: the header first, then cookies.
pub fn presented(request: &HttpRequest) -> Presented {
    let header = request.headers().get(AUTHORIZATION).map(HeaderValue::to_str);
    let presented = header.and_then(|text| text.map_or(Some(Presented::Malformed), from_header));
    if let Some(presented) = presented {
        return presented;
    }
    let cookie = |name| request.cookie(name).map(|cookie| cookie.value().to_owned());
    match (cookie(HALVES.0), cookie(HALVES.1), cookie(WHOLE)) {
        (Some(payload), Some(signature), _) => Presented::Cookie(format!("{payload}.{signature}")),
        (_, _, Some(whole)) => Presented::Cookie(whole),
        _ => Presented::Nothing,
    }
}

/// `None` for schemes that are not ours.
fn from_header(value: &str) -> Option<Presented> {
    let mut words = value.split_ascii_whitespace();
    let scheme = words.next()?.to_ascii_lowercase();
    if scheme != "jwt" && scheme != "bearer" {
        return None;
    }
    Some(match (words.next(), words.next()) {
        (Some(token), None) => Presented::Header(token.to_owned()),
        _ => Presented::Malformed,
    })
}

#[cfg(test)]
mod tests {
    use super::{HeaderValue, Presented, presented};
    use actix_web::{cookie::Cookie, test::TestRequest};

    fn header(value: &str) -> Presented {
        presented(&TestRequest::default().insert_header(("Authorization", value)).to_http_request())
    }

    #[test]
    fn both_schemes_carry_one_token_whatever_their_case() {
        assert_eq!(header("JWT a.b.c"), Presented::Header("a.b.c".into()));
        assert_eq!(header("bearer a.b.c"), Presented::Header("a.b.c".into()));
        assert_eq!(header("JWT"), Presented::Malformed);
        assert_eq!(header("JWT a b"), Presented::Malformed);
        assert_eq!(header("Basic abc"), Presented::Nothing);
    }

    #[test]
    fn a_header_that_is_no_text_is_not_passed_over() {
        let value = HeaderValue::from_bytes(b"JWT \xe9").unwrap();
        let request = TestRequest::default().insert_header(("Authorization", value));
        let request = request.cookie(Cookie::new("edx-jwt-cookie", "a.b.c"));
        assert_eq!(presented(&request.to_http_request()), Presented::Malformed);
    }

    #[test]
    fn split_cookies_are_joined_and_half_a_pair_is_nothing() {
        let with = |cookies: &[(&'static str, &'static str)]| {
            let request = cookies.iter().fold(TestRequest::default(), |request, (name, value)| {
                request.cookie(Cookie::new(*name, *value))
            });
            presented(&request.to_http_request())
        };
        let payload = ("edx-jwt-cookie-header-payload", "a.b");

        assert_eq!(
            with(&[payload, ("edx-jwt-cookie-signature", "c")]),
            Presented::Cookie("a.b.c".into())
        );
        assert_eq!(with(&[payload]), Presented::Nothing);
        assert_eq!(with(&[("edx-jwt-cookie", "a.b.c")]), Presented::Cookie("a.b.c".into()));
    }
}
