//! Answers that a client may already have: strong entity tags, 304.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, EntityTag, Header, IfNoneMatch},
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
        HttpResponse::Ok()
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
