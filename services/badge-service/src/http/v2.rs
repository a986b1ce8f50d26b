//! The API that manages badges, second version.

pub(super) mod assertions;
pub(super) mod cursor;
pub(super) mod envelope;
