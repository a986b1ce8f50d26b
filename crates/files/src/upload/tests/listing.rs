//! What a store that speaks S3 says of uploads that were neither completed nor taken back.

use std::env;

use futures_util::TryStreamExt;
use object_store::{
    ClientOptions,
    aws::{AmazonS3, AwsAuthorizer},
    client::{HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector},
};
use uuid::Uuid;

use crate::{Files, Settings, s3};

const REGION: &str = "us-east-1";

pub struct Listing {
    store: AmazonS3,
    /// Of the bucket.
    url: String,
    prefix: String,
}

/// A place of the test's own on the store of `TEST_S3_URL`, and what it says of that place.
pub fn given() -> Option<(Files, Listing)> {
    let Some(url) = env::var("TEST_S3_URL").ok().filter(|url| !url.is_empty()) else {
        println!("Not run: TEST_S3_URL names no store");
        return None;
    };
    let (endpoint, bucket) = url.rsplit_once('/').unwrap();
    let prefix = Uuid::new_v4().to_string();
    let settings = Settings {
        url: format!("s3://{bucket}/{prefix}"),
        s3_endpoint: endpoint.to_owned(),
        s3_region: REGION.to_owned(),
        s3_path_style: true,
        s3_allow_http: true,
    };
    let store = s3::open(bucket, &settings, env::vars()).unwrap();
    Some((Files::open(&settings).unwrap(), Listing { store, url, prefix }))
}

impl Listing {
    /// How many there are under the prefix.
    pub async fn uploads(&self) -> usize {
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        let url = format!("{}?uploads=&prefix={}/", self.url, self.prefix);
        *request.uri_mut() = url.parse().unwrap();
        let credential = self.store.credentials().get_credential().await.unwrap();
        AwsAuthorizer::new(&credential, "s3", REGION).try_authorize(&mut request, None).unwrap();
        let options = ClientOptions::new().with_allow_http(true);
        let client = ReqwestConnector::default().connect(&options).unwrap();
        let answer = client.execute(request).await.unwrap();
        let is_listing = answer.status().is_success();
        let body: Vec<_> = answer.into_body().bytes_stream().try_collect().await.unwrap();
        let text = String::from_utf8(body.concat()).unwrap();
        assert!(is_listing && text.contains("ListMultipartUploadsResult"), "{text}");
        text.matches("<UploadId>").count()
    }
}
