//! Brings the records in the store in line with what the tables decided.

use database::AnyConnection;

use crate::app::App;
use crate::domain::{RenderStatus, Standing};
use crate::error::Error;
use crate::store::records::{self, VerificationRecord};
use crate::store::renders::{self, Visibility};
use crate::store::verifications::{self, Heard, Newest};

/// How often another process may change the decision meanwhile before it is left to that process.
const ROUNDS: usize = 5;

/// How many renders are looked at together.
const PAGE: i64 = 200;

/// What the tables say of one verification id.
#[derive(Clone, PartialEq)]
pub(super) struct Decision {
    heard: Heard,
    newest: Option<Newest>,
}

impl Decision {
    /// What the tables say; in a transaction, what they will say once it is committed.
    pub(super) fn read(conn: &mut AnyConnection, verify_id: &str) -> Result<Self, database::Error> {
        let heard = verifications::heard(conn, verify_id)?;
        Ok(Self { heard, newest: verifications::newest_render(conn, verify_id)? })
    }

    fn record(&self, verify_id: &str) -> VerificationRecord {
        let standing = self.heard.standing;
        let newest = self.newest.as_ref().filter(|newest| !newest.is_deleted);
        let seen = newest.filter(|newest| !standing.withdraws(newest.sequence));
        let render_id = |newest: &Newest| newest.render_id.clone();
        VerificationRecord {
            verify_id: verify_id.to_owned(),
            standing,
            withdrawn_at: self.heard.withdrawn_at,
            withdrawn_reason: self.heard.withdrawn_reason.clone(),
            render_id: seen.map(render_id),
            newest_render_id: newest.map(render_id),
        }
    }

    /// Writes it where the store alone can answer by it. A record that shows nothing only stays to
    /// say that what else there may be was withdrawn.
    async fn save(&self, app: &App, verify_id: &str) -> Result<(), Error> {
        let is_shown = self.newest.as_ref().is_some_and(|newest| !newest.is_deleted);
        if is_shown || self.heard.standing.is_withdrawn() {
            records::save_verification(&app.objects, &self.record(verify_id)).await?;
        } else if self.newest.is_some() {
            records::delete_verification(&app.objects, verify_id).await?;
        }
        Ok(())
    }
}

/// The record of a verification id as the tables say that it is; nothing, if they know no render.
/// It shows nothing if the newest render was deleted.
pub(super) async fn decided_record(
    app: &App,
    verify_id: &str,
) -> Result<Option<VerificationRecord>, Error> {
    let decision = decision(app, verify_id).await?;
    Ok(decision.newest.is_some().then(|| decision.record(verify_id)))
}

/// Writes what the tables say of `verify_id` into the records of its renders and into its own.
///
/// Two processes may do so at once. Each looks again after it wrote, so the last to write wrote the
/// newest decision.
pub(super) async fn settle_verification(app: &App, verify_id: &str) -> Result<(), Error> {
    let mut decision = decision(app, verify_id).await?;
    for _ in 0..ROUNDS {
        mark_all(app, verify_id, decision.heard.standing, Mark::AsDecided).await?;
        let again = self::decision(app, verify_id).await?;
        if again == decision {
            break;
        }
        decision = again;
    }
    record_verification(app, verify_id).await
}

/// Writes the record of a verification id, so that the store alone can answer for it.
pub(super) async fn record_verification(app: &App, verify_id: &str) -> Result<(), Error> {
    let decision = decision(app, verify_id).await?;
    record_decision(app, verify_id, decision).await
}

/// The same for a decision that was just made. It is looked at again after it was written: another
/// process may have made another meanwhile.
pub(super) async fn record_decision(
    app: &App,
    verify_id: &str,
    mut decision: Decision,
) -> Result<(), Error> {
    for _ in 0..ROUNDS {
        decision.save(app, verify_id).await?;
        let again = self::decision(app, verify_id).await?;
        if again == decision {
            break;
        }
        decision = again;
    }
    Ok(())
}

/// Lets the record of a verification id show nothing if it shows this render; for renders of which
/// the tables know nothing.
pub(super) async fn forget_newest(
    app: &App,
    verify_id: &str,
    render_id: &str,
) -> Result<(), Error> {
    let kept = records::verification(&app.objects, verify_id).await?;
    let shows = |kept: &VerificationRecord| kept.newest_render_id.as_deref() == Some(render_id);
    let Some(mut record) = kept.filter(shows) else { return Ok(()) };
    if !record.standing.is_withdrawn() {
        return Ok(records::delete_verification(&app.objects, verify_id).await?);
    }
    (record.render_id, record.newest_render_id) = (None, None);
    Ok(records::save_verification(&app.objects, &record).await?)
}

/// Which records are changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Those of renders that are to be withdrawn.
    Withdrawn,
    /// Those that say anything but what was decided.
    AsDecided,
}

/// Marks the records of all renders of `verify_id` by `standing`.
pub(super) async fn mark_all(
    app: &App,
    verify_id: &str,
    standing: Standing,
    which: Mark,
) -> Result<(), Error> {
    let mut after = String::new();
    loop {
        let (id, from) = (verify_id.to_owned(), after.clone());
        let page = app.db.read(move |conn| verifications::renders_of(conn, &id, &from, PAGE));
        let page = page.await?;
        for (render_id, sequence) in &page {
            let is_withdrawn = standing.withdraws(*sequence);
            if is_withdrawn || which == Mark::AsDecided {
                mark(app, render_id, is_withdrawn).await?;
            }
        }
        match page.into_iter().last() {
            Some((last, _)) => after = last,
            None => return Ok(()),
        }
    }
}

/// Marks one render's record as the tables say: newer news may have brought it back meanwhile. They
/// are looked at again after it was marked, as in [`settle_verification`].
pub(super) async fn mark_as_decided(app: &App, render_id: &str) -> Result<(), Error> {
    let mut decided = is_visible(app, render_id).await?;
    for _ in 0..ROUNDS {
        mark(app, render_id, !decided).await?;
        let again = is_visible(app, render_id).await?;
        if again == decided {
            break;
        }
        decided = again;
    }
    Ok(())
}

async fn is_visible(app: &App, render_id: &str) -> Result<bool, Error> {
    let id = render_id.to_owned();
    let visibility = app.db.read(move |conn| renders::visibility(conn, &id)).await?;
    Ok(visibility == Visibility::Visible)
}

/// Marks one render's record withdrawn, or done again. Its files stay where they are.
pub(super) async fn mark(app: &App, render_id: &str, withdrawn: bool) -> Result<(), Error> {
    let _alone = app.alone_with(render_id).await;
    if let Some(mut record) = records::render(&app.objects, render_id).await? {
        let status = match (record.status, withdrawn) {
            (RenderStatus::Done, true) => RenderStatus::Withdrawn,
            (RenderStatus::Withdrawn, false) if !record.artifacts.is_empty() => RenderStatus::Done,
            (status, _) => status,
        };
        if status != record.status {
            record.status = status;
            records::save_render(&app.objects, &record).await?;
        }
    }
    app.shown.forget(render_id);
    Ok(())
}

async fn decision(app: &App, verify_id: &str) -> Result<Decision, Error> {
    let id = verify_id.to_owned();
    Ok(app.db.read(move |conn| Decision::read(conn, &id)).await?)
}
