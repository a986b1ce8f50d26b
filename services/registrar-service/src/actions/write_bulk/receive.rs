//! Keeps the rows of a body as it comes.

use database::AnyConnection;
use futures_util::Stream;

use super::{CHUNK, hold::Hold, intake::Intake};
use crate::{
    domain::{bulk::table::Table, change::Status},
    error::Error,
    store::{bulk_rows, bulk_writes},
};

/// Keeps all rows, and decides those that no change follows from.
pub(super) async fn receive<S: Status, B: AsRef<[u8]>>(
    hold: &mut Hold,
    mut table: Table,
    intake: &mut Intake<impl Stream<Item = Result<B, Error>> + Unpin>,
) -> Result<(), Error> {
    let mut waiting = Vec::new();
    while let Some(bytes) = intake.next().await? {
        match table.feed::<S>(bytes.as_ref()) {
            Ok(rows) => waiting.extend(rows),
            Err(error) => return Err(intake.rest(error.into()).await),
        }
        if waiting.len() >= CHUNK || hold.should_speak() {
            hold.keep(std::mem::take(&mut waiting)).await?;
        }
    }
    waiting.extend(table.end::<S>()?);
    hold.keep(waiting).await?;
    let (id, digest) = (hold.id, intake.digest());
    hold.write(move |conn: &mut AnyConnection| {
        while bulk_rows::decide_repeated::<S>(conn, id, CHUNK as i64)? {}
        Ok(bulk_writes::note_received(conn, id, &digest)?)
    })
    .await
}
