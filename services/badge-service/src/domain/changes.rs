//! Which public documents a change concerns.
//!
//! Objects fall into a few stripes, and each change counts in the stripe of its object. So a few
//! numbers tell what changed, and any process can ask for all of them every second.

use std::collections::BTreeSet;

use crate::domain::entity_id::EntityId;

/// One of the groups into which all objects fall, by the last byte of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stripe(u8);

impl Stripe {
    /// How many there are: enough that a change seldom concerns strangers.
    pub const COUNT: usize = 256;

    /// The stripe of an object.
    pub fn of(id: EntityId) -> Self {
        let [.., last] = id.uuid().into_bytes();
        Self(last)
    }

    /// From 0.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Its place among [`Stripe::COUNT`].
    pub fn index(self) -> usize {
        self.0.into()
    }
}

impl From<u8> for Stripe {
    fn from(number: u8) -> Self {
        Self(number)
    }
}

/// What a transaction changed of what public documents show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(BTreeSet<Stripe>);

impl Changes {
    /// Notes that documents about this object, or with it in them, are no longer true.
    ///
    /// A new object needs no note: that there is none is not remembered.
    pub fn note(&mut self, id: EntityId) {
        self.0.insert(Stripe::of(id));
    }

    /// Each stripe once, in one order for everybody.
    pub fn stripes(&self) -> impl Iterator<Item = Stripe> {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::open_badges::samples::id;

    #[test]
    fn changes_name_each_stripe_once_and_in_order() {
        let mut changes = Changes::default();
        for number in [7, 3, 256 + 7] {
            changes.note(id(number));
        }

        let numbers: Vec<u8> = changes.stripes().map(Stripe::number).collect();
        assert_eq!(numbers, [3, 7]);
    }
}
