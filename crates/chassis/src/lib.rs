//! What every `main()` needs: configuration, telemetry, health, listeners and a graceful stop.
//!
//! A service implements [`Service`]; [`run`] makes a program of one, [`Assembly`] of several.

mod backlog;
mod clock;
mod command;
pub mod configuration;
mod dead_letters;
mod doctor;
mod documents;
pub mod health;
mod keys;
mod listener;
mod metrics;
pub mod process;
mod routes;
mod service;
mod settings;
mod span;
mod telemetry;

pub use clock::Clock;
pub use command::{ended, run};
pub use listener::mount;
pub use process::{Assembly, Started, verifier};
pub use routes::RouteTable;
pub use service::{Parts, Service};
pub use settings::{Amqp, Auth, Common, Database, Http, Log, Telemetry, TrustedIssuerSettings};
pub use telemetry::{Recording, start as start_telemetry};
