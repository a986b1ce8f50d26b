//! What the engine makes, looked at from outside: by validators, readers and decoders.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails there and then"
)]

mod conformance;
mod fitting;
mod given;
mod limits;
mod reading;
mod repeatability;
mod requests;
