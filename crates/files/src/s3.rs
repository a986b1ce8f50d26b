//! A store that speaks S3, with bounds on how long it may take.

use std::time::Duration;

use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    client::SpawnedReqwestConnector,
    path::Path,
};
use tokio::runtime::Handle;
use url::{Host, Url};

use crate::{OpenError, Settings, credentials::with_credentials};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(2);

/// How long the store may be silent: until an answer to the whole of what was sent, and between two
/// pieces of what it sends. There is no bound on the whole: a file may be long, and its reader slow.
const SILENCE: Duration = Duration::from_secs(10);

/// How often a request is repeated that may be, and for how long repeats are begun. A caller waits
/// about seven seconds for a store whose host does not answer.
const REPEATS: usize = 2;
const REPEAT_FOR: Duration = Duration::from_secs(5);

/// The bucket and what all names in it begin with, of what follows `s3:` in an address.
pub(crate) fn place(text: &str) -> Result<(&str, Path), OpenError> {
    let place = text.strip_prefix("//").ok_or(OpenError::UnknownUrl)?;
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if bucket.is_empty() || !bucket.chars().all(is_name) {
        return Err(wrong("the name of the bucket is not one"));
    }
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    Path::parse(prefix)
        .map(|prefix| (bucket, prefix))
        .map_err(|_| wrong("what follows the bucket is no path"))
}

/// Opens a bucket; nothing is sent yet.
pub(crate) fn open(
    bucket: &str,
    settings: &Settings,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<AmazonS3, OpenError> {
    if settings.s3_region.is_empty() {
        return Err(wrong("s3_region is not set"));
    }
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: REPEATS,
        retry_timeout: REPEAT_FOR,
    };
    let client = ClientOptions::new()
        .with_allow_http(settings.s3_allow_http)
        .with_connect_timeout(CONNECT)
        .with_read_timeout(SILENCE)
        .with_timeout_disabled();
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(&settings.s3_region)
        .with_virtual_hosted_style_request(!settings.s3_path_style)
        .with_client_options(client)
        .with_retry(retry)
        // Not every store removes several at a time; nor do we.
        .with_disable_bulk_delete(true)
        // A connection outlives the thread whose request made it.
        .with_http_connector(SpawnedReqwestConnector::new(Handle::current()));
    if !settings.s3_endpoint.is_empty() {
        builder = builder.with_endpoint(endpoint(bucket, settings)?);
    }
    with_credentials(builder, variables)?.build().map_err(|error| wrong(&error.to_string()))
}

/// Where requests go: with the bucket in the host name, unless it is in the path.
fn endpoint(bucket: &str, settings: &Settings) -> Result<String, OpenError> {
    let not_an_address = || wrong("s3_endpoint is no address like https://s3.example");
    let mut url = Url::parse(&settings.s3_endpoint).map_err(|_| not_an_address())?;
    let is_plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !is_plain || !matches!(url.scheme(), "http" | "https") {
        return Err(not_an_address());
    }
    if url.scheme() == "http" && !settings.s3_allow_http {
        return Err(wrong("s3_endpoint is http: set s3_allow_http if nobody can listen there"));
    }
    if !settings.s3_path_style {
        let Some(Host::Domain(domain)) = url.host() else {
            return Err(wrong(
                "s3_endpoint has no name that a bucket's could stand before: set s3_path_style",
            ));
        };
        let host = format!("{bucket}.{domain}");
        url.set_host(Some(&host)).map_err(|_| not_an_address())?;
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn wrong(what: &str) -> OpenError {
    OpenError::S3(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{endpoint, open, place};
    use crate::Settings;

    fn settings(endpoint: &str, s3_path_style: bool, s3_allow_http: bool) -> Settings {
        Settings {
            url: String::new(),
            s3_endpoint: endpoint.to_owned(),
            s3_region: "us-east-1".to_owned(),
            s3_path_style,
            s3_allow_http,
        }
    }

    #[test]
    fn an_address_has_a_bucket_and_perhaps_a_prefix() {
        for (text, bucket, prefix) in [
            ("//bucket", "bucket", ""),
            ("//bucket/", "bucket", ""),
            ("//bucket/a/b", "bucket", "a/b"),
            ("//bucket.example/a/", "bucket.example", "a"),
        ] {
            let (found, under) = place(text).unwrap();
            assert_eq!((found, under.as_ref()), (bucket, prefix), "{text}");
        }
    }

    #[test]
    fn the_bucket_stands_in_the_host_name_or_in_the_path() {
        let at = |address, path_style| {
            endpoint("bucket", &settings(address, path_style, true)).map_err(|e| e.to_string())
        };

        assert_eq!(at("https://s3.example/", false).unwrap(), "https://bucket.s3.example");
        assert_eq!(at("http://s3.example:9000", false).unwrap(), "http://bucket.s3.example:9000");
        assert_eq!(at("http://127.0.0.1:9000", true).unwrap(), "http://127.0.0.1:9000");
        assert!(at("http://127.0.0.1:9000", false).unwrap_err().contains("s3_path_style"));
    }

    #[test]
    fn an_endpoint_is_an_address_without_anything_secret() {
        for wrong in ["s3.example", "ftp://s3.example", "https://me:hidden@s3.example", "https://"]
        {
            let error = endpoint("bucket", &settings(wrong, true, true)).unwrap_err().to_string();
            assert!(error.contains("s3_endpoint") && !error.contains("hidden"), "{error}");
        }
        let plain = endpoint("bucket", &settings("http://s3.example", true, false)).unwrap_err();
        assert!(plain.to_string().contains("s3_allow_http"), "{plain}");
    }

    #[tokio::test]
    async fn half_a_pair_of_credentials_stops_the_start() {
        let half = [("AWS_ACCESS_KEY_ID".to_owned(), "hidden".to_owned())];

        let error = open("bucket", &settings("", false, false), half).map(drop).unwrap_err();

        assert!(!error.to_string().contains("hidden"), "{error}");
    }
}
