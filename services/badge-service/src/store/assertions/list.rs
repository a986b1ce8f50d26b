//! The assertions of a badge class, newest first, a page at a time.

use database::{AnyConnection, Error};
use diesel::prelude::*;
use model::{Id, Timestamp};

use super::{
    super::{
        column,
        schema::{assertions, badge_classes},
    },
    KeptAssertion,
    row::Row,
};
use crate::domain::{assertion::Assertion, badge_class::BadgeClass, entity_id::EntityId};

/// Which assertions are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Exact identities, as they are stored; all when empty.
    pub recipients: Vec<String>,
    pub include_revoked: bool,
    pub include_expired: bool,
}

/// A place in the list: between this assertion and the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub created_at: Timestamp,
    pub id: EntityId,
}

/// Which way to go from a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To older assertions.
    Forward,
    /// To newer ones.
    Back,
}

/// A piece of the list, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    pub assertions: Vec<KeptAssertion>,
    /// Whether there is more in the direction that was gone.
    pub more: bool,
}

/// At most `limit` assertions of a badge class from a place on, or from the newest.
pub fn of_badge_class(
    conn: &mut AnyConnection,
    class: EntityId,
    filter: &Filter,
    from: Option<(Position, Direction)>,
    limit: i64,
    now: Timestamp,
) -> Result<Page, Error> {
    let mut query = assertions::table
        .inner_join(badge_classes::table)
        .filter(assertions::badge_class_id.eq(column::<BadgeClass>(class)))
        .select((Row::as_select(), badge_classes::issuer_id))
        .limit(limit + 1)
        .into_boxed();
    if !filter.recipients.is_empty() {
        query = query.filter(assertions::recipient_identity.eq_any(&filter.recipients));
    }
    if !filter.include_revoked {
        query = query.filter(assertions::revoked_at.is_null());
    }
    if !filter.include_expired {
        query = query.filter(assertions::expires.is_null().or(assertions::expires.ge(now)));
    }
    let direction = from.map_or(Direction::Forward, |(_, direction)| direction);
    if let Some((at, direction)) = from {
        let (instant, id) = (at.created_at, column::<Assertion>(at.id));
        query = match direction {
            Direction::Forward => query.filter(
                assertions::created_at
                    .lt(instant)
                    .or(assertions::created_at.eq(instant).and(assertions::id.lt(id))),
            ),
            Direction::Back => query.filter(
                assertions::created_at
                    .gt(instant)
                    .or(assertions::created_at.eq(instant).and(assertions::id.gt(id))),
            ),
        };
    }
    query = match direction {
        Direction::Forward => query.order((assertions::created_at.desc(), assertions::id.desc())),
        Direction::Back => query.order((assertions::created_at.asc(), assertions::id.asc())),
    };
    let rows: Vec<(Row, Id<crate::domain::issuer::Issuer>)> = query.load(conn)?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    let mut assertions = rows
        .into_iter()
        .take(wanted)
        .map(|(row, issuer)| row.kept(issuer))
        .collect::<Result<Vec<_>, _>>()?;
    if direction == Direction::Back {
        assertions.reverse();
    }
    Ok(Page { assertions, more })
}
