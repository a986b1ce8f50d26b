//! The suite as one thing: its layout on a disk, and the demo that fills it.
//!
//! The binary `testamur` runs the four services in one process; `testamur-apart` starts and stops
//! them as processes of their own.

pub mod apart;
pub mod demo;
pub mod layout;
