//! `renderer-service`: turns structured data into documents.
//!
//! It decides nothing about who earned what. [`domain`] reads requests and knows ids and records,
//! [`engine`] sets and exports documents in worker processes.

pub mod domain;
pub mod engine;
