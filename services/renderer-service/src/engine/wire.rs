//! How a service and its workers talk: frames over pipes.
//!
//! A frame is its length in four bytes, little-endian, then a JSON header with its own length
//! before it, then blobs, each with its length before it.

use std::io;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::image::Picture;
use crate::domain::record::Warning;
use crate::domain::{Fault, Output, RenderRequest};

use super::conformance::Conformance;
use super::job::{Artifacts, Job, Timings};
use super::package::{Files, Package};
use super::render::Bounds;

/// The largest frame either side reads: all pictures and a whole package, and room to spare.
pub const MAX_FRAME: usize = 96 * 1024 * 1024;

#[derive(Serialize)]
struct JobHeader<'a> {
    request: &'a RenderRequest,
    conformance: Conformance,
    pages: usize,
    output_bytes: usize,
    digest: &'a str,
    files: Option<Vec<&'a str>>,
    slots: Vec<&'a str>,
}

#[derive(Deserialize)]
struct JobHeaderOwned {
    request: RenderRequest,
    conformance: Conformance,
    pages: usize,
    output_bytes: usize,
    digest: String,
    files: Option<Vec<String>>,
    slots: Vec<String>,
}

/// A job as the worker reads it.
pub struct ReceivedJob {
    pub request: RenderRequest,
    pub conformance: Conformance,
    pub bounds: Bounds,
    pub digest: String,
    /// Those of the template, unless the worker has them.
    pub files: Option<Files>,
    pub pictures: Vec<Picture>,
}

/// What a worker says.
#[derive(Debug)]
pub enum Reply {
    /// Fonts are loaded; jobs may come.
    Ready,
    Done(Artifacts),
    Failed(Fault),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReplyHeader {
    Ready,
    Done { outputs: Vec<Output>, warnings: Vec<Warning>, timings: Timings },
    Failed(Fault),
}

impl Job {
    /// The frame for a worker that keeps the template already, or for one that needs it.
    pub fn encode(&self, bounds: Bounds, keeps_template: bool) -> Vec<u8> {
        let files = (!keeps_template).then_some(&self.package.files);
        let header = JobHeader {
            request: &self.request,
            conformance: self.conformance,
            pages: bounds.pages,
            output_bytes: bounds.output_bytes,
            digest: &self.package.digest,
            files: files.map(|files| files.keys().map(String::as_str).collect()),
            slots: self.pictures.iter().map(|picture| picture.slot.as_str()).collect(),
        };
        let files = files.into_iter().flat_map(|files| files.values()).map(|file| &file[..]);
        let pictures = self.pictures.iter().map(|picture| &picture.bytes[..]);
        encode(&header, files.chain(pictures))
    }
}

impl ReceivedJob {
    pub fn decode(body: &[u8]) -> io::Result<Self> {
        let (header, mut blobs): (JobHeaderOwned, _) = decode(body)?;
        let count = header.files.as_ref().map_or(0, Vec::len);
        if blobs.len() != count + header.slots.len() {
            return Err(malformed());
        }
        let pictures = blobs.split_off(count);
        let files = header
            .files
            .map(|paths| paths.into_iter().zip(blobs.into_iter().map(Arc::from)).collect());
        let pictures = header
            .slots
            .into_iter()
            .zip(pictures)
            .map(|(slot, bytes)| Picture { slot, bytes: bytes.into() })
            .collect();
        Ok(Self {
            request: header.request,
            conformance: header.conformance,
            bounds: Bounds { pages: header.pages, output_bytes: header.output_bytes },
            digest: header.digest,
            files,
            pictures,
        })
    }
}

impl Reply {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Ready => encode(&ReplyHeader::Ready, []),
            Self::Failed(fault) => encode(&ReplyHeader::Failed(fault.clone()), []),
            Self::Done(artifacts) => {
                let header = ReplyHeader::Done {
                    outputs: artifacts.files.iter().map(|(output, _)| *output).collect(),
                    warnings: artifacts.warnings.clone(),
                    timings: artifacts.timings,
                };
                encode(&header, artifacts.files.iter().map(|(_, file)| &file[..]))
            }
        }
    }

    pub fn decode(body: &[u8]) -> io::Result<Self> {
        let (header, blobs): (ReplyHeader, _) = decode(body)?;
        Ok(match header {
            ReplyHeader::Ready => Self::Ready,
            ReplyHeader::Failed(fault) => Self::Failed(fault),
            ReplyHeader::Done { outputs, warnings, timings } => {
                if outputs.len() != blobs.len() {
                    return Err(malformed());
                }
                let files = outputs.into_iter().zip(blobs).collect();
                Self::Done(Artifacts { files, warnings, timings })
            }
        })
    }
}

/// The package a job carries.
pub fn package(files: Files) -> io::Result<Package> {
    Package::new(files).map_err(|_| malformed())
}

/// The length that a frame begins with, if it is one that may be read.
pub fn frame_length(prefix: [u8; 4], max: usize) -> io::Result<usize> {
    usize::try_from(u32::from_le_bytes(prefix))
        .ok()
        .filter(|&length| length <= max)
        .ok_or_else(malformed)
}

#[expect(clippy::expect_used, reason = "headers can be written; limits keep frames under 4 GiB")]
fn encode<'a>(header: &impl Serialize, blobs: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let header = serde_json::to_vec(header).expect("headers have string keys");
    let mut frame = vec![0; 4];
    push(&mut frame, &header);
    for blob in blobs {
        push(&mut frame, blob);
    }
    let length = u32::try_from(frame.len() - 4).expect("limits keep frames under 4 GiB");
    frame[..4].copy_from_slice(&length.to_le_bytes());
    frame
}

#[expect(clippy::expect_used, reason = "limits keep parts under 4 GiB")]
fn push(frame: &mut Vec<u8>, part: &[u8]) {
    let length = u32::try_from(part.len()).expect("limits keep parts under 4 GiB");
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(part);
}

fn decode<T: DeserializeOwned>(mut body: &[u8]) -> io::Result<(T, Vec<Vec<u8>>)> {
    let header = take(&mut body)?;
    let header = serde_json::from_slice(header).map_err(|_| malformed())?;
    let mut blobs = Vec::new();
    while !body.is_empty() {
        blobs.push(take(&mut body)?.to_vec());
    }
    Ok((header, blobs))
}

fn take<'a>(body: &mut &'a [u8]) -> io::Result<&'a [u8]> {
    let (prefix, rest) = body.split_first_chunk::<4>().ok_or_else(malformed)?;
    let length = frame_length(*prefix, rest.len())?;
    let (part, rest) = rest.split_at(length);
    *body = rest;
    Ok(part)
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "malformed frame")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;
    use crate::domain::ids::IdSecret;
    use crate::domain::{FaultCode, Surroundings};
    use crate::engine::package::Templates;

    #[test]
    fn a_reply_arrives_as_it_was_sent() {
        let artifacts = Artifacts {
            files: vec![(Output::Pdf, vec![1, 2]), (Output::Png, vec![])],
            warnings: vec![],
            timings: Timings::default(),
        };
        let frame = Reply::Done(artifacts.clone()).encode();
        let length = frame_length(frame[..4].try_into().unwrap(), MAX_FRAME).unwrap();
        assert_eq!(length, frame.len() - 4);
        let received = Reply::decode(&frame[4..]).unwrap();
        assert!(matches!(received, Reply::Done(found) if found == artifacts));
    }

    #[test]
    fn a_worker_that_keeps_the_template_is_not_sent_it_again() {
        let job = job();
        let bounds = Bounds { pages: 1, output_bytes: 1 };
        let received = |keeps| ReceivedJob::decode(&job.encode(bounds, keeps)[4..]).unwrap();

        assert_eq!(received(false).files.as_ref(), Some(&job.package.files));
        assert_eq!(received(true).files, None);
        for keeps in [false, true] {
            assert_eq!(received(keeps).digest, job.package.digest);
            assert_eq!(received(keeps).pictures, job.pictures);
        }
    }

    fn job() -> Job {
        let templates = Templates::bundled();
        let request = json!({
            "kind": "certificate", "template": "classic",
            "data": {
                "recipient": {"name": "Ada"}, "achievement": {"title": "Logic"},
                "issuer": {"name": "Example"}, "issued_text": "Spring 2026"
            }
        });
        let around = Surroundings {
            templates: &templates,
            assets: &HashMap::new(),
            secret: &IdSecret::zero(),
            default_locale: "en",
            public_base_url: None,
            can_sign: false,
        };
        let parsed = RenderRequest::parse(request, &around).unwrap();
        let pictures = vec![Picture { slot: "background".to_owned(), bytes: (*b"picture").into() }];
        let conformance = Conformance::default();
        Job { request: parsed.request, package: Package::classic(), pictures, conformance }
    }

    #[test]
    fn a_frame_cut_anywhere_is_malformed() {
        let frame = Reply::Failed(Fault::new(FaultCode::Internal, "x")).encode();
        for end in 0..frame.len() - 4 {
            assert!(Reply::decode(&frame[4..4 + end]).is_err(), "{end}");
        }
        assert!(frame_length([0xFF; 4], MAX_FRAME).is_err());
    }
}
