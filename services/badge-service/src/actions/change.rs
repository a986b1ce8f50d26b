//! One transaction, after which every process knows what of its documents is no longer true.

use database::AnyConnection;

use crate::{app::App, domain::changes::Changes, error::Error, store};

/// Does the work in one write transaction; what it notes as changed is told with the commit.
pub(super) async fn change<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&mut AnyConnection, &mut Changes) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (value, changes) = app
        .db
        .write(move |conn| {
            let mut changes = Changes::default();
            let value = work(conn, &mut changes)?;
            store::change_counts::count(conn, &changes)?;
            Ok::<_, Error>((value, changes))
        })
        .await?;
    app.documents.changed(&changes);
    Ok(value)
}
