//! Forgets a request with thousands of rows that was answered.

use model::Id;

use crate::{app::App, domain::bulk::Bulk, error::Error, store::bulk_writes};

/// Forgets a request that nobody can repeat, once it is answered.
///
/// # Errors
///
/// If the database refuses; then it is forgotten when its time is over.
pub async fn forget_bulk(app: &App, id: Id<Bulk>) -> Result<(), Error> {
    app.db.write(move |conn| Ok(bulk_writes::forget(conn, id)?)).await
}
