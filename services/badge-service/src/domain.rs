//! What badges are, and the rules they live by: pure, so that it can be read and tested alone.

pub mod achievement;
pub mod announcement;
pub mod assertion;
pub mod award;
pub mod badge_class;
pub mod baking;
pub mod changes;
pub mod drawing;
pub mod entity_id;
pub mod escape;
pub mod fonts;
pub mod image;
pub mod integer;
pub mod issuer;
pub mod key;
pub mod negotiation;
pub mod oembed;
pub mod open_badges;
pub mod origin;
pub mod picture;
pub mod profile;
pub mod recipient;
pub mod stub;
pub mod text;
pub mod time;
