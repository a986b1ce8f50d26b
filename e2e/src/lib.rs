//! Black-box checks of running services: the story, its speed, and its survival.
//!
//! Everything here goes over HTTP with tokens, as clients do; faults are done to processes, servers and
//! the ways between them. No service's code is linked.

pub mod caller;
pub mod collector;
pub mod faults;
pub mod figures;
pub mod ledger;
pub mod load;
pub mod story;
pub mod suite;
