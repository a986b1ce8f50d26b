//! How services tell each other things without losing any.
//!
//! A change and its message are one transaction ([`outbox`]). The [`Relay`] publishes what the
//! outbox holds and marks what the [`Bus`] confirmed. A consumer marks its [`inbox`] in the
//! transaction of its effect, so that at-least-once on the wire is once in effect.

mod bus;
mod delivery;
pub mod inbox;
mod local;
mod message;
pub mod outbox;
pub mod rabbit;
mod relay;
pub mod retry;
mod schema;
pub mod trace;

pub use bus::{
    Backlog, Bus, BusError, DeadLetter, Handler, HandlerError, PublishError, Queue, Subscription,
};
pub use local::LocalBus;
pub use message::Message;
pub use rabbit::RabbitBus;
pub use relay::Relay;

use database::Migrations;

/// The two tables of messages, in every service's database.
pub const TABLES: Migrations = Migrations {
    postgres: diesel_migrations::embed_migrations!("migrations/postgres"),
    sqlite: diesel_migrations::embed_migrations!("migrations/sqlite"),
};
