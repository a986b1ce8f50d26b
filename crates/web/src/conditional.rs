//! Answers that a client may already have: strong entity tags, 304.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, EntityTag, Header, IfNoneMatch},
    },
    web::Bytes,
};
use sha2::{Digest, Sha256};

/// A body with its tag, made once and served often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    pub bytes: Bytes,
    pub content_type: &'static str,
    /// Without quotes.
    pub tag: String,
}

impl Tagged {
    /// Tags `bytes` with a digest of themselves.
    pub fn new(bytes: impl Into<Bytes>, content_type: &'static str) -> Self {
        let bytes = bytes.into();
        let digest = Sha256::digest(&bytes);
        let tag = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { bytes, content_type, tag }
    }

    /// 200 with the body, or 304 when the client has it.
    pub fn respond(&self, request: &HttpRequest, cache_control: &'static str) -> HttpResponse {
        if has(request, &self.tag) {
            return HttpResponse::NotModified()
                .insert_header((ETAG, format!("\"{}\"", self.tag)))
                .insert_header((CACHE_CONTROL, cache_control))
                .finish();
        }
        self.whole(StatusCode::OK, cache_control)
    }

    /// The body with a status, whatever the client has: conditions count only where the answer
    /// without them is a success.
    ///
    /// Source: RFC 9110 §13.2.1.
    pub fn whole(&self, status: StatusCode, cache_control: &'static str) -> HttpResponse {
        HttpResponse::build(status)
            .insert_header((ETAG, format!("\"{}\"", self.tag)))
            .insert_header((CACHE_CONTROL, cache_control))
            .insert_header((CONTENT_TYPE, self.content_type))
            .body(self.bytes.clone())
    }
}

/// Whether the client says that it has the body with this tag.
pub fn has(request: &HttpRequest, tag: &str) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => {
            let ours = EntityTag::new_strong(tag.to_owned());
            tags.iter().any(|theirs| theirs.weak_eq(&ours))
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{body::MessageBody, http::header::IF_NONE_MATCH, test::TestRequest};

    use super::*;

    #[test]
    fn only_a_success_is_left_out_for_a_client_that_has_it() {
        let tagged = Tagged::new("gone", "text/plain");
        let has_it = (IF_NONE_MATCH, format!("W/\"x\", \"{}\"", tagged.tag));
        let request = TestRequest::default().insert_header(has_it).to_http_request();

        let success = tagged.respond(&request, "no-cache");
        let gone = tagged.whole(StatusCode::GONE, "no-cache");

        assert_eq!(success.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(gone.status(), StatusCode::GONE);
        assert_eq!(gone.headers().get(ETAG), success.headers().get(ETAG));
        assert_eq!(gone.into_body().try_into_bytes().unwrap(), "gone");
    }
}
