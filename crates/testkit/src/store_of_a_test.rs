//! A place for the files of one test: a folder, or with `TEST_S3_URL` a store that speaks S3.

/// The bucket to test on, if there is one: `http://HOST:PORT/BUCKET`. Its credentials are in the usual
/// variables of AWS.
pub fn s3_url() -> Option<String> {
    std::env::var("TEST_S3_URL").ok().filter(|url| !url.is_empty())
}

/// What a section that keeps files is told, as TOML; `{folder}` in it stands for the test's own
/// folder, which is in the bucket as well as on disk nobody else's.
pub fn files_toml() -> String {
    match s3_url() {
        Some(url) => s3_toml(&url),
        None => "url = \"file:{folder}/files\"\n".to_owned(),
    }
}

/// The same for the bucket at this URL.
pub fn s3_toml(url: &str) -> String {
    let (endpoint, bucket) = url.rsplit_once('/').expect("the URL names a bucket");
    format!(
        "url = \"s3://{bucket}{{folder}}/files\"\ns3_endpoint = \"{endpoint}\"\n\
         s3_path_style = true\ns3_allow_http = true\n"
    )
}

/// An address at which nobody listens.
pub fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("a listener has an address");
    format!("http://{address}/bucket")
}
