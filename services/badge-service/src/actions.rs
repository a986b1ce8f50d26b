//! What the service can do: a file a verb. HTTP and events alike call these.

pub mod award_badge;
pub mod bake_picture;
mod change;
pub mod import_document;
pub mod revoke_badge;
