//! Which addresses a certificate may carry.

use std::cell::Cell;

use url::{Host, Url};

/// Where plain http is good enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlainHttp {
    /// In addresses that are not printed.
    Everywhere,
    Nowhere,
    /// On this host, and on the machine that the service runs on.
    Near(Host<String>),
}

impl PlainHttp {
    /// Only a service that speaks plain http itself lets others of its own host do so: then it is
    /// being tried out, and whoever follows the link is there already.
    pub fn of_service(public_base_url: Option<&str>) -> Self {
        let own = public_base_url.and_then(|url| Url::parse(url).ok());
        match own.filter(|url| url.scheme() == "http").as_ref().and_then(Url::host) {
            Some(host) => Self::Near(host.to_owned()),
            None => Self::Nowhere,
        }
    }

    fn allows(&self, host: &Host<&str>) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Nowhere => false,
            Self::Near(own) => *own == host.to_owned() || is_loopback(host),
        }
    }
}

/// Whether an address may be printed and encoded exactly as it is written.
///
/// # Errors
///
/// What is wrong with it. An address with a user or a password is made to mislead, or discloses a
/// secret.
pub fn check(text: &str, plain_http: &PlainHttp) -> Result<(), &'static str> {
    const NOT_WEB: &str = "must be an absolute https URL";
    let (Some((_, rest)), true) = (text.split_once("://"), text.bytes().all(may_stand)) else {
        return Err(NOT_WEB);
    };
    let has_violation = Cell::new(false);
    let notice = |_| has_violation.set(true);
    let url = Url::options().syntax_violation_callback(Some(&notice)).parse(text);
    let url = url.map_err(|_| NOT_WEB)?;
    let host = url.host().ok_or(NOT_WEB)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() {
        return Err(NOT_WEB);
    }
    if authority.contains('@') {
        return Err("must name neither a user nor a password");
    }
    // A stray bracket, a percent sign that encodes nothing, a host that is another once decoded.
    let is_host_written_out = url.host_str().is_some_and(|host| starts_with(authority, host));
    if has_violation.get() || !is_host_written_out {
        return Err(NOT_WEB);
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if plain_http.allows(&host) => Ok(()),
        _ => Err(NOT_WEB),
    }
}

/// The number that an address names on the verification pages of this service, whatever port or
/// scheme it is reached by; nothing, if it is not one of theirs.
pub fn number_named_by(url: &str, public_base_url: &str) -> Option<String> {
    let (url, own) = (Url::parse(url).ok()?, Url::parse(public_base_url).ok()?);
    if url.host()? != own.host()? {
        return None;
    }
    // Servers read an encoded letter as the letter.
    let path = decoded(url.path());
    let below = path.strip_prefix(own.path().trim_end_matches('/'))?;
    let rest = below.strip_prefix("/verify/")?;
    Some(rest.split('/').next().unwrap_or_default().to_owned())
}

/// A path without percent-encoding; what is no UTF-8 is of no page.
fn decoded(path: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(path.len()), path.as_bytes());
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        let encoded = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(encoded.unwrap_or(*first));
        rest = if encoded.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Whether a byte may stand in an address as it is (RFC 3986, `reserved`, `unreserved` and `%`).
fn may_stand(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// Whether an authority begins with this host and has nothing but a port after it.
fn starts_with(authority: &str, host: &str) -> bool {
    let Some((written, rest)) = authority.split_at_checked(host.len()) else { return false };
    written.eq_ignore_ascii_case(host) && (rest.is_empty() || rest.starts_with(':'))
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_the_own_host_and_the_own_machine() {
        let near = PlainHttp::of_service(Some("http://renderer.test:8084"));
        for own in [
            "http://renderer.test/v/1",
            "http://RENDERER.test:18150/v/1",
            "http://localhost:18150/v/1",
            "http://school.localhost/v/1",
            "http://127.0.0.1/v/1",
            "http://[::1]/v/1",
            "https://elsewhere.example/v/1",
        ] {
            assert_eq!(check(own, &near), Ok(()), "{own}");
        }
        for foreign in
            ["http://elsewhere.example/", "http://localhost.example/", "http://10.0.0.1/"]
        {
            assert!(check(foreign, &near).is_err(), "{foreign}");
        }
    }

    #[test]
    fn a_service_that_speaks_https_prints_nothing_else() {
        for base in [None, Some("https://renderer.test")] {
            let nowhere = PlainHttp::of_service(base);
            assert!(check("http://localhost/v/1", &nowhere).is_err());
            assert!(check("http://renderer.test/v/1", &nowhere).is_err());
            assert!(check("https://renderer.test/v/1", &nowhere).is_ok());
        }
    }

    #[test]
    fn an_address_that_misleads_is_none() {
        for bad in [
            "https://user@example.org/",
            "https://user:pw@example.org/",
            "https://example.org:pw@evil.example/",
            "https://@example.org/",
            "https:example.org",
            "https:///example.org",
            "https:\\\\example.org",
            "https://",
            "https://exa mple.org/",
            "https://exämple.org/",
            "https://example.org/ä",
            "https://example.org/a b",
            "https://example.org/a\tb",
            "https://example.org/a\u{0}b",
            "https://example.org/a<b",
            "https://example.org/a>b",
            "https://example.org/a\"b",
            "https://example.org/{a}",
            "https://example.org/a|b",
            "https://example.org/a\\b",
            "https://example.org/a^b",
            "https://example.org/a`b",
            "https://example.org/?a=<b>",
            "https://example.org/#a{b}",
            "https://example.org/a[0]",
            "https://example.org/100%",
            "https://example.org/%zz",
            "https://exa{mple.org/",
            "https://ex%61mple.org/",
            "https://0x7f.1/",
            "/relative",
            "javascript:alert(1)//https://example.org",
            "ftp://example.org/",
            "",
        ] {
            assert!(check(bad, &PlainHttp::Everywhere).is_err(), "{bad}");
        }
        for good in [
            "https://example.org/a@b?c=@d",
            "https://EXAMPLE.org:8443",
            "https://[::1]:8443/%C3%A4?a=(b)&c='d';e,f~g!h*i+j$#k",
            "https://xn--exmple-cua.org/",
        ] {
            assert_eq!(check(good, &PlainHttp::Nowhere), Ok(()), "{good}");
        }
    }

    #[test]
    fn an_address_of_our_own_pages_names_a_number() {
        let base = "https://certs.example.org/docs";
        let number = |url: &str| number_named_by(url, base);
        for own in [
            "https://certs.example.org/docs/verify/number-1",
            "https://CERTS.example.org:443/docs/verify/number-1?lang=de#top",
            "http://certs.example.org:8084/docs/verify/number-1/verify.html",
            "https://certs.example.org/docs/verify/number-2/../number-1",
            "https://certs.example.org/docs/%76erify/%6Eumber-1",
        ] {
            assert_eq!(number(own).as_deref(), Some("number-1"), "{own}");
        }
        for other in [
            "https://certs.example.org/verify/number-1",
            "https://certs.example.org/docs/credentials/number-1",
            "https://elsewhere.example.org/docs/verify/number-1",
        ] {
            assert_eq!(number(other), None, "{other}");
        }
    }
}
