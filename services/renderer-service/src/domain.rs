//! What a render is: requests, ids, records and the ways they fail. Pure; no file, clock or network.

pub mod address;
pub mod certificate;
pub mod dates;
pub mod fault;
pub mod fields;
pub mod ids;
pub mod image;
pub mod locale;
pub mod output;
pub mod page;
pub mod record;
pub mod request;
pub mod template;
pub mod text;
pub mod verification;
pub mod verified;
pub mod violation;

pub use fault::{Fault, FaultCode};
pub use output::Output;
pub use page::PageFormat;
pub use record::{Artifact, RenderRecord, RenderStatus, Verify, Warning};
pub use request::{Parsed, RenderRequest, Surroundings};
pub use verification::{Deletion, Standing};
pub use verified::{VerificationStatus, VerifiedCertificate};
pub use violation::{Code, Violation};

/// Changes only when a release changes output bytes for a request that was already answered.
pub const EPOCH: u32 = 2;
