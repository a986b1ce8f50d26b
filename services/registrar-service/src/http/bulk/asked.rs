//! What a bulk request says beside its rows.

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use web::{Query, Refusal};

use crate::{
    app::App,
    domain::{
        bulk::{Order, splitter::RowKind, table::Table},
        change::Write,
        enrollment_batch::CourseStaff,
    },
    http::{caller::Caller, problems::invalid},
};

/// The longest idempotency key, in characters.
const LONGEST_KEY: usize = 255;

/// Media type, idempotency key, and whether it is a dry run.
pub struct Asked {
    kind: RowKind,
    key: Option<String>,
    dry_run: bool,
}

impl Asked {
    /// # Errors
    ///
    /// 415 goes before 400.
    pub fn of(request: &HttpRequest) -> Result<Self, Refusal> {
        Ok(Self { kind: kind(request)?, key: key(request)?, dry_run: dry_run(request)? })
    }

    /// The reader of the body.
    pub fn table(&self, app: &App, staff: CourseStaff) -> Table {
        Table::new(self.kind, staff, usize::from(app.settings.bulk.most_rows))
    }

    /// The order of this caller. A dry run leaves its key for the real one.
    pub fn order(self, caller: &Caller, target: String, write: Write) -> Order {
        let idempotency_key = self.key.filter(|_| !self.dry_run);
        Order { user_id: caller.user.id, idempotency_key, target, write, dry_run: self.dry_run }
    }
}

/// Text in another charset than UTF-8 is refused: its keys would be those of nobody.
fn kind(request: &HttpRequest) -> Result<RowKind, Refusal> {
    if let Some(coding) = request.headers().get(CONTENT_ENCODING) {
        let coding = coding.to_str().unwrap_or_default();
        return Err(Refusal::UnsupportedMediaType(format!("Content-Encoding: {coding}")));
    }
    let is_utf_8 = request.encoding().is_ok_and(|encoding| encoding.name() == "UTF-8");
    match request.content_type().to_ascii_lowercase().as_str() {
        "application/x-ndjson" | "application/jsonl" if is_utf_8 => Ok(RowKind::JsonLines),
        "text/csv" if is_utf_8 => Ok(RowKind::Csv),
        _ => {
            let header = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            Err(Refusal::UnsupportedMediaType(header.unwrap_or_default().to_owned()))
        }
    }
}

fn key(request: &HttpRequest) -> Result<Option<String>, Refusal> {
    let mut headers = request.headers().get_all("Idempotency-Key");
    let Some(header) = headers.next() else { return Ok(None) };
    if headers.next().is_some() {
        return Err(invalid("there must be one Idempotency-Key"));
    }
    let fits = (1..=LONGEST_KEY).contains(&header.len());
    match header.to_str() {
        Ok(key) if fits && key.chars().all(|c| c.is_ascii_graphic()) => Ok(Some(key.to_owned())),
        _ => Err(invalid("Idempotency-Key must have 1 to 255 visible ASCII characters")),
    }
}

fn dry_run(request: &HttpRequest) -> Result<bool, Refusal> {
    let query = Query::of(request);
    // Whoever says both may mean the careful one.
    if query.all("dry_run").count() > 1 {
        return Err(invalid("dry_run must be said once"));
    }
    match query.last("dry_run") {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(invalid("dry_run must be true or false")),
    }
}
