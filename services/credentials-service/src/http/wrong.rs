//! Bodies that are refused, and what else is wrong with them.

use actix_web::http::StatusCode;
use serde_json::{Map, Value};
use web::Refusal;

/// A body that is refused, and what it names all the same.
#[derive(Debug)]
pub struct Wrong<W> {
    pub refusal: Box<Refusal>,
    /// `None` where that could not be read.
    pub what: Option<W>,
}

impl<W> Wrong<W> {
    /// A body of which nothing could be read.
    pub fn unreadable(refusal: Refusal) -> Self {
        Self::of(refusal, None)
    }

    /// A body that names this.
    pub fn of(refusal: impl Into<Refusal>, what: Option<W>) -> Self {
        Self { refusal: Box::new(refusal.into()), what }
    }
}

/// Says of one body what two refusals say. What is no matter of fields comes before all that is.
pub fn both(one: Refusal, other: Refusal) -> Refusal {
    let (Refusal::Invalid(mut errors), Some(inside)) = (one, fields(&other)) else { return other };
    for (field, messages) in inside {
        errors.set(&field, messages);
    }
    Refusal::Invalid(errors)
}

/// The messages of a refusal, field by field, if that is what it is.
fn fields(refusal: &Refusal) -> Option<Map<String, Value>> {
    let is_of_fields = matches!(refusal, Refusal::Invalid(_))
        || matches!(refusal, Refusal::Custom(status, _) if *status == StatusCode::BAD_REQUEST);
    refusal.body().as_object().filter(|_| is_of_fields).cloned()
}
