//! The service as its callers meet it: over HTTP, and by the messages it hears and says.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails there and then"
)]

mod artifacts;
mod assets;
mod bad_input;
mod crash;
mod deletions;
mod documents;
mod given;
mod jobs;
mod operation;
mod renders;
mod store;
mod templates;
mod verifications;
mod withdrawal;
