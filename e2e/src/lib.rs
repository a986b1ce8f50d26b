//! Black-box checks of running services: the story, its speed, and its survival.
//!
//! Everything here goes over HTTP with tokens, as clients do; no service's code is linked.

pub mod caller;
pub mod figures;
pub mod ledger;
pub mod load;
pub mod story;
pub mod suite;
