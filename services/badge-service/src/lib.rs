//! badge-service: issuers, badge classes and assertions, as Open Badges 2.0.

pub mod domain;
