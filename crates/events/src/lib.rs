//! What the services say to each other: facts (events) and requests (jobs). No I/O.
//!
//! One file a speaker. A type that was released is never edited: it gets a `v2`.

pub mod badges;
pub mod credentials;
mod envelope;
pub mod registrar;
pub mod renderer;

pub use envelope::{Envelope, Event, Job};
