//! Which addresses a certificate may carry.

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
    let is_written_out = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let (Some((_, rest)), true) = (text.split_once("://"), is_written_out) else {
        return Err(NOT_WEB);
    };
    let url = Url::parse(text).map_err(|_| NOT_WEB)?;
    let host = url.host().ok_or(NOT_WEB)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() {
        return Err(NOT_WEB);
    }
    if authority.contains('@') {
        return Err("must name neither a user nor a password");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if plain_http.allows(&host) => Ok(()),
        _ => Err(NOT_WEB),
    }
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
            "/relative",
            "javascript:alert(1)//https://example.org",
            "ftp://example.org/",
            "",
        ] {
            assert!(check(bad, &PlainHttp::Everywhere).is_err(), "{bad}");
        }
        assert!(check("https://example.org/a@b?c=@d", &PlainHttp::Nowhere).is_ok());
    }
}
