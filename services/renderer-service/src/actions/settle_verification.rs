//! Brings the records in the store in line with what the tables decided.

use database::AnyConnection;
use model::Timestamp;

use crate::app::App;
use crate::domain::{RenderStatus, Standing};
use crate::error::Error;
use crate::store::records::{self, VerificationRecord};
use crate::store::verifications;

/// How often another process may change the decision meanwhile before it is left to that process.
const ROUNDS: usize = 5;

/// What the tables say of one verification id.
#[derive(Clone, PartialEq)]
pub(super) struct Decision {
    pub standing: Standing,
    withdrawn_at: Option<Timestamp>,
    /// Renders with their sequences.
    pub renders: Vec<(String, i64)>,
}

/// Writes what the tables say of `verify_id` into its record and those of its renders.
///
/// Two processes may do so at once. Each looks again after it wrote, so the last to write wrote the
/// newest decision.
pub(super) async fn settle_verification(app: &App, verify_id: &str) -> Result<(), Error> {
    let mut decision = decision(app, verify_id).await?;
    for _ in 0..ROUNDS {
        for (render_id, sequence) in &decision.renders {
            mark(app, render_id, decision.standing.withdraws(*sequence)).await?;
        }
        let visible = |(_, sequence): &&(String, i64)| !decision.standing.withdraws(*sequence);
        let newest = decision.renders.iter().find(visible);
        let record = VerificationRecord {
            verify_id: verify_id.to_owned(),
            standing: decision.standing,
            withdrawn_at: decision.withdrawn_at,
            render_id: newest.map(|(render_id, _)| render_id.clone()),
        };
        records::save_verification(&app.objects, &record).await?;
        let again = self::decision(app, verify_id).await?;
        if again == decision {
            break;
        }
        decision = again;
    }
    Ok(())
}

/// Reads what the tables say.
pub(super) async fn decision(app: &App, verify_id: &str) -> Result<Decision, Error> {
    let id = verify_id.to_owned();
    app.db
        .read(move |conn: &mut AnyConnection| {
            Ok(Decision {
                standing: verifications::standing(conn, &id)?,
                withdrawn_at: verifications::withdrawn_at(conn, &id)?,
                renders: verifications::renders_of(conn, &id)?,
            })
        })
        .await
}

/// Marks one render's record withdrawn, or done again. Its files stay where they are.
pub(super) async fn mark(app: &App, render_id: &str, withdrawn: bool) -> Result<(), Error> {
    let _alone = app.alone_with(render_id).await;
    let Some(mut record) = records::render(&app.objects, render_id).await? else {
        return Ok(());
    };
    let status = match (record.status, withdrawn) {
        (RenderStatus::Done, true) => RenderStatus::Withdrawn,
        (RenderStatus::Withdrawn, false) if !record.artifacts.is_empty() => RenderStatus::Done,
        _ => return Ok(()),
    };
    record.status = status;
    records::save_render(&app.objects, &record).await?;
    app.shown.forget(render_id);
    Ok(())
}
