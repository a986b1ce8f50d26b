//! The nouns and rules of the service: pure, without a clock, a database or a network.

pub mod announcement;
pub mod award;
pub mod catalog;
pub mod certificate;
pub mod configuration;
pub mod document;
pub mod media;
pub mod rendering;
pub mod role;
pub mod signatory;
pub mod site;
pub mod text;
pub mod user;
pub mod user_credential;
pub mod visibility;
