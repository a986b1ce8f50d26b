//! What became of each row, as it is read from the store: the same bytes whenever it is asked for.

use actix_web::{HttpResponse, web::Bytes};
use futures_util::{Stream, stream::try_unfold};
use serde_json::Value;
use tracing::{error, warn};

use crate::{
    actions::{forget_bulk::forget_bulk, write_bulk::Written},
    app::App,
    error::Error,
    http::enrollments::status,
    store::bulk_rows,
};

/// How many rows are in memory at a time.
const PAGE: i64 = 1000;

/// One object: a member for each name, in ascending order.
pub fn streamed(app: &App, written: Written) -> HttpResponse {
    HttpResponse::build(status(written.success))
        .content_type("application/json")
        .streaming(pages(app.clone(), written))
}

/// Where an answer is.
enum Place {
    Start,
    /// After the row of this name.
    After(String),
    End,
}

fn pages(app: App, written: Written) -> impl Stream<Item = Result<Bytes, Error>> {
    try_unfold(Place::Start, move |place| page(app.clone(), written, place))
}

async fn page(app: App, written: Written, place: Place) -> Result<Option<(Bytes, Place)>, Error> {
    let (mut text, after) = match place {
        Place::Start => ("{".to_owned(), String::new()),
        Place::After(name) => (String::new(), name),
        Place::End => return Ok(None),
    };
    let (id, is_first) = (written.id, after.is_empty());
    let rows = app
        .db
        .read(move |conn| Ok::<_, Error>(bulk_rows::outcomes_after(conn, id, &after, PAGE)?))
        .await
        .inspect_err(|error| error!(bulk.id = %id, %error, "an answer was cut off"))?;
    for (index, (name, outcome)) in rows.iter().enumerate() {
        let comma = if is_first && index == 0 { "" } else { "," };
        text.push_str(&format!("{comma}{}:\"{outcome}\"", Value::from(name.as_str())));
    }
    let is_full = i64::try_from(rows.len()) == Ok(PAGE);
    let next = match rows.into_iter().next_back().filter(|_| is_full) {
        Some((last, _)) => Place::After(last),
        None => {
            text.push('}');
            end(&app, written).await;
            Place::End
        }
    };
    Ok(Some((Bytes::from(text), next)))
}

/// What nobody can ask for again need not be kept.
async fn end(app: &App, written: Written) {
    if written.has_key {
        return;
    }
    if let Err(error) = forget_bulk(app, written.id).await {
        warn!(bulk.id = %written.id, %error, "an answered bulk write is kept for a while");
    }
}
