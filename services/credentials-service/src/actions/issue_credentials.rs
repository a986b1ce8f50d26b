//! Issues credentials of configurations that exist: the v1 API's call, for one or a thousand.

mod lookup;

use database::AnyConnection;

use self::lookup::Lookup;
use super::{
    Actor, Awarded, Urgency,
    award_all::{By, award_all},
};
use crate::{
    app::App,
    domain::{
        award::{Award, Issuable, Named},
        role::Roles,
        site::Site,
    },
    error::Error,
    store,
};

/// Issues what can be issued, in one transaction, and says of each of the others what is wrong with
/// it. The outcomes are those of the awards coming one after the other.
///
/// # Errors
///
/// If the database refuses; then nothing was issued.
pub async fn issue_credentials(
    app: &App,
    site: &Site,
    roles: Roles,
    awards: Vec<Award<Issuable>>,
    urgency: Urgency,
    actor: Actor,
) -> Result<Vec<Result<Awarded, Error>>, Error> {
    let (inner, site_id) = (app.clone(), site.id);
    let by = By { actor, urgency, now: app.clock.now() };
    let (outcomes, after_commit) = app
        .db
        .write(move |conn| {
            let mut lookup = Lookup::new(site_id, roles);
            let (mut found, mut refusals) = (Vec::new(), Vec::with_capacity(awards.len()));
            for award in awards {
                refusals.push(match lookup.find(conn, &award.what)? {
                    Ok(configured) => {
                        found.push(award.of(configured));
                        None
                    }
                    Err(reason) => Some(reason.of(&award.what)),
                });
            }
            store::learners::lock_all(conn, found.iter().map(|award| award.username.as_str()))?;
            let (awarded, after_commit) = award_all(conn, &inner, &found, &by)?;
            let mut awarded = awarded.into_iter();
            let outcome = |refusal: Option<Error>| match refusal {
                Some(error) => Some(Err(error)),
                None => awarded.next().map(Ok),
            };
            Ok::<_, Error>((refusals.into_iter().filter_map(outcome).collect(), after_commit))
        })
        .await?;
    after_commit.run(app);
    Ok(outcomes)
}

/// Says of each of these whether this caller could issue it; nothing else is looked at.
pub fn check_issuable(
    conn: &mut AnyConnection,
    site_id: i64,
    roles: Roles,
    all: &[Named],
) -> Result<Vec<Result<(), Error>>, Error> {
    let mut lookup = Lookup::new(site_id, roles);
    let check = |named: &Named| match named {
        Named::Whole(what) => {
            Ok(lookup.find(conn, what)?.map(drop).map_err(|reason| reason.of(what)))
        }
        Named::Course(course_id) => {
            let is_inside = lookup.is_inside(conn, course_id)?;
            Ok(if is_inside { Ok(()) } else { Err(Error::NotAllowed) })
        }
    };
    all.iter().map(check).collect()
}
