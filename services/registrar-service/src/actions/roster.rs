//! Where learners are enrolled, a program or a course run of one, and how changes are done there.

mod course_run;
mod program;

use database::AnyConnection;
use model::Timestamp;

use crate::{
    app::App,
    domain::change::{Change, Outcome, Status, Step, Write},
    error::Error,
};

/// How often work is begun again that another's commit came in the way of.
const MOST_TRIES: usize = 5;

/// A place that learners are enrolled in: a program, or a course run of one.
pub trait Roster: Clone + Send + Sync + 'static {
    type Status: Status;

    /// What is to be done for each change. It reads, and changes nothing.
    fn steps(
        &self,
        conn: &mut AnyConnection,
        write: Write,
        changes: &[Change<Self::Status>],
    ) -> Result<Vec<Step<Self::Status>>, Error>;

    /// Does what [`Roster::steps`] says, tells it, and says what became of each change. The keys of
    /// the changes differ, and ascend: of two that wait for each other's learners, neither waits for
    /// one that comes before what it holds.
    fn write(
        &self,
        conn: &mut AnyConnection,
        write: Write,
        changes: &[Change<Self::Status>],
        now: Timestamp,
    ) -> Result<Vec<Outcome<Self::Status>>, Error>;
}

/// Writes in one transaction, begun again if a unique constraint found that another was faster:
/// then the other's rows are seen, and it is no longer a matter of luck.
pub(super) async fn retried<T: Send + 'static>(
    app: &App,
    work: impl Fn(&mut AnyConnection) -> Result<T, Error> + Clone + Send + 'static,
) -> Result<T, Error> {
    let mut tries = 1;
    loop {
        match app.db.write(work.clone()).await {
            Err(Error::Database(error)) if error.is_unique_violation() && tries < MOST_TRIES => {
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}
