//! The badge service as its clients and its neighbours meet it: over HTTP and by events.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on stops"
)]

mod assertions;
mod awards;
mod bad_input;
mod cors;
mod documents;
mod given;
mod import;
mod instances;
mod issuers_and_badges;
mod negotiation;
mod operation;
mod pages;
mod pictures;
mod v2;
