//! In which form a school wants a result.

use actix_web::HttpRequest;
use web::{Query, Refusal};

use crate::domain::job::Format;

/// The form that the query asks for: JSON unless `fmt` says otherwise.
///
/// # Errors
///
/// 404 for anything but `json` and `csv`, also for nothing.
pub fn format_of(request: &HttpRequest) -> Result<Format, Refusal> {
    match Query::of(request).last("fmt") {
        Some(name) => Format::from_name(name).ok_or_else(Refusal::not_found),
        None => Ok(Format::Json),
    }
}
