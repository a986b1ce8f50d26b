//! Typesetting: a template, its data and the bundled fonts become files.
//!
//! Everything here is deterministic and reads memory only. [`worker`] runs it in a process of its
//! own, [`pool`] keeps such processes and hands them jobs.

pub mod blame;
pub mod conformance;
pub mod export;
pub mod fonts;
pub mod job;
pub mod layout;
pub mod localise;
pub mod package;
pub mod pool;
pub mod qr;
pub mod render;
pub mod sheet;
pub mod stream_ends;
pub mod whole;
pub mod wire;
pub mod wording;
pub mod worker;
pub mod world;

pub use conformance::Conformance;
pub use job::{Artifacts, Job, Limits};
pub use package::{Package, Templates};
pub use pool::{Pool, PoolSettings, Priority, Stats};
