//! What a worker is asked for, and what it answers.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::image::Picture;
use crate::domain::record::Warning;
use crate::domain::{Output, RenderRequest};

use super::conformance::Conformance;
use super::package::Package;

/// One document to make.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which outputs are made is `request.outputs`; `sig` is not the engine's.
    pub request: RenderRequest,
    pub package: Arc<Package>,
    pub pictures: Vec<Picture>,
    pub conformance: Conformance,
}

/// What one document may cost. Contract B8.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub wall: Duration,
    pub memory_mib: u64,
    pub output_bytes: usize,
    pub pages: usize,
    /// Waiting jobs, beyond which callers are told `busy`.
    pub queue: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall: Duration::from_millis(5000),
            memory_mib: 768,
            output_bytes: 20_971_520,
            pages: 10,
            queue: 1000,
        }
    }
}

/// The files of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifacts {
    pub files: Vec<(Output, Vec<u8>)>,
    pub warnings: Vec<Warning>,
    pub timings: Timings,
}

/// Where the time went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// Between the caller's question and the worker's start, in microseconds.
    #[serde(default)]
    pub wait_us: u64,
    pub layout_us: u64,
    pub export_us: u64,
}
