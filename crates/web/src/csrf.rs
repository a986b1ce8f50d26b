//! Whether a change that came with cookies was asked for by our own pages.
//!
//! A browser sends cookies whoever made the form. So a token stands in a cookie, and whoever can read
//! it repeats it in a header, which pages of other origins can neither read nor send. And a browser
//! says of which origin a page is, which the page cannot choose.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::{
        Method,
        header::{CACHE_CONTROL, HOST, HeaderName, ORIGIN, REFERER},
    },
};
use rand::distr::{Alphanumeric, SampleString};
use serde::Serialize;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use crate::{Refusal, origin::Origin};

/// The header that repeats the cookie.
const HEADER: &str = "X-CSRFToken";

/// How many characters a token has: 381 random bits.
const LENGTH: usize = 64;

/// How long a browser keeps it.
const LIFE: Duration = Duration::days(365);

/// A token against forged forms.
#[derive(Debug, Serialize, ToSchema)]
pub struct CsrfToken {
    /// To be sent back as `X-CSRFToken` with changes that are authenticated by cookies.
    #[serde(rename = "csrfToken")]
    csrf_token: String,
}

/// What one service asks of changes that come with cookies. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Csrf {
    cookie: &'static str,
    /// The scheme of the service's own address, as browsers see it.
    scheme: Arc<str>,
    /// The service's own among them.
    trusted_origins: Arc<[Origin]>,
}

impl Csrf {
    /// Keeps the token in the cookie of this name, and lets pages of `public_base_url`, which is the
    /// service's own, and of these origins ask for changes.
    pub fn new(cookie: &'static str, public_base_url: &str, trusted_origins: &[Origin]) -> Self {
        let scheme = public_base_url.split_once("://").map_or("https", |(scheme, _)| scheme);
        let own = Origin::of(public_base_url);
        Self {
            cookie,
            scheme: scheme.into(),
            trusted_origins: own.into_iter().chain(trusted_origins.iter().cloned()).collect(),
        }
    }

    /// Tells the browser its token: the one that it has, or a fresh one.
    pub fn tell(&self, request: &HttpRequest) -> HttpResponse {
        let known = request.cookie(self.cookie).map(|cookie| cookie.value().to_owned());
        let fresh = || Alphanumeric.sample_string(&mut rand::rng(), LENGTH);
        let csrf_token = known.filter(|token| is_token(token)).unwrap_or_else(fresh);
        let cookie = Cookie::build(self.cookie, csrf_token.clone())
            .path("/")
            .same_site(SameSite::Lax)
            .secure(&*self.scheme == "https")
            .max_age(LIFE)
            .finish();
        HttpResponse::Ok()
            .cookie(cookie)
            .insert_header((CACHE_CONTROL, "private, no-store"))
            .json(CsrfToken { csrf_token })
    }

    /// Holds a change that came with cookies to our own pages and those of trusted origins. What
    /// changes nothing needs no proof.
    ///
    /// # Errors
    ///
    /// 401 with the reason, in the predecessors' words.
    pub fn check(&self, request: &HttpRequest) -> Result<(), Refusal> {
        if is_safe(request.method()) {
            return Ok(());
        }
        let refused =
            |reason: &str| Err(Refusal::Unauthenticated(format!("CSRF Failed: {reason}")));
        let (what, address) = match (header(request, ORIGIN), header(request, REFERER)) {
            (Some(origin), _) => ("Origin", Some(origin)),
            (None, referer) => ("Referer", referer),
        };
        if let Some(address) = address.filter(|address| !self.is_trusted(request, address)) {
            return refused(&format!(
                "{what} checking failed - {address} does not match any trusted origins."
            ));
        }
        if self.is_repeated(request) { Ok(()) } else { refused("CSRF token missing or incorrect.") }
    }

    /// Whether an address is on the host of the request, on our own or on a trusted one.
    fn is_trusted(&self, request: &HttpRequest, address: &str) -> bool {
        let Some(origin) = Origin::of(address) else { return false };
        // Who ends TLS before us knows the scheme, and the public address says it.
        let host = header(request, HOST).unwrap_or_default();
        let own = Origin::of(&format!("{}://{host}", self.scheme));
        own.as_ref() == Some(&origin) || self.trusted_origins.contains(&origin)
    }

    fn is_repeated(&self, request: &HttpRequest) -> bool {
        match (request.cookie(self.cookie), request.headers().get(HEADER)) {
            (Some(cookie), Some(header)) if is_token(cookie.value()) => {
                cookie.value().as_bytes().ct_eq(header.as_bytes()).into()
            }
            _ => false,
        }
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// A header's text; one that cannot be read is as wrong as one of another host.
fn header(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or_default())
}

fn is_token(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const COOKIE: &str = "csrftoken";

    fn csrf() -> Csrf {
        let friend = Origin::of("https://friend.example").unwrap();
        Csrf::new(COOKIE, "https://own.example", &[friend])
    }

    /// A change with a token, and with these headers.
    fn change(headers: &[(&'static str, &'static str)]) -> Result<(), Refusal> {
        let token = "a".repeat(LENGTH);
        let mut request = TestRequest::post()
            .cookie(Cookie::new(COOKIE, token.clone()))
            .insert_header((HEADER, token))
            .insert_header(("Host", "inside.example:8080"));
        for each in headers {
            request = request.insert_header(*each);
        }
        csrf().check(&request.to_http_request())
    }

    #[test]
    fn a_browser_keeps_its_token_and_what_is_none_is_replaced() {
        let kept = "a".repeat(LENGTH);
        for (given, stays) in [(kept.as_str(), true), ("short", false), ("", false)] {
            let request = TestRequest::get().cookie(Cookie::new(COOKIE, given)).to_http_request();
            let answer = csrf().tell(&request);
            let cookie = answer.cookies().next().unwrap();

            assert_eq!(cookie.value() == given, stays, "{given:?}");
            assert!(is_token(cookie.value()) && cookie.secure() == Some(true));
        }
    }

    #[test]
    fn only_the_same_token_in_both_places_counts() {
        let (token, other) = ("a".repeat(LENGTH), "b".repeat(LENGTH));
        for (cookie, header, counts) in [
            (Some(token.as_str()), Some(token.as_str()), true),
            (Some(&token), Some(&other), false),
            (Some("abc"), Some("abc"), false),
            (Some(""), Some(""), false),
            (Some(&token), None, false),
            (None, Some(&token), false),
        ] {
            let mut request = TestRequest::post();
            if let Some(value) = cookie {
                request = request.cookie(Cookie::new(COOKIE, value));
            }
            if let Some(value) = header {
                request = request.insert_header((HEADER, value));
            }
            let checked = csrf().check(&request.to_http_request());
            assert_eq!(checked.is_ok(), counts, "{cookie:?} {header:?}");
        }
    }

    #[test]
    fn a_page_of_another_origin_changes_nothing() {
        for own in ["https://own.example", "https://friend.example", "https://inside.example:8080"]
        {
            assert_eq!(change(&[("Origin", own)]), Ok(()), "{own}");
            assert_eq!(change(&[("Referer", own)]), Ok(()), "{own}");
        }
        assert_eq!(change(&[]), Ok(()));
        for other in [
            "https://evil.example",
            "null",
            "https://own.example.evil",
            "https://own.example:444",
            "http://own.example",
            "http://inside.example:8080",
            "file://own.example",
        ] {
            assert!(change(&[("Origin", other)]).is_err(), "{other}");
            assert!(change(&[("Referer", other)]).is_err(), "{other}");
        }
        for (host, origin) in
            [("own.example:443", "https://own.example"), ("[::1]:8080", "https://[::1]:8080")]
        {
            assert_eq!(change(&[("Host", host), ("Origin", origin)]), Ok(()), "{host}");
        }
        assert!(change(&[("Host", ""), ("Origin", "https://inside.example:8080")]).is_err());
        let both = [("Origin", "https://evil.example"), ("Referer", "https://own.example/page")];
        assert!(change(&both).is_err());
    }

    #[test]
    fn what_changes_nothing_needs_no_token() {
        let request = TestRequest::get().insert_header(("Origin", "https://evil.example"));
        assert_eq!(csrf().check(&request.to_http_request()), Ok(()));
    }
}
