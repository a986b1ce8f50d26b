//! What the client is willing to read.

use actix_web::{
    HttpRequest,
    http::header::{ACCEPT, Accept, Header},
};
use web::Refusal;

/// Holds a request to JSON. Browsers ask for HTML and get JSON as well.
///
/// # Errors
///
/// 406 for a client that takes neither.
pub fn accepts_json(request: &HttpRequest) -> Result<(), Refusal> {
    if !request.headers().contains_key(ACCEPT) {
        return Ok(());
    }
    let Ok(accept) = Accept::parse(request) else { return Err(Refusal::NotAcceptable) };
    let taken = accept.iter().any(|range| {
        let wanted = range.item.essence_str();
        matches!(wanted, "*/*" | "application/*" | "application/json" | "text/html" | "text/*")
    });
    if taken { Ok(()) } else { Err(Refusal::NotAcceptable) }
}
