//! What can go wrong around a running suite, a module for each, and how it is judged afterwards.

pub mod broker;
pub mod check;
pub mod clients;
pub mod clocks;
pub mod disk;
pub mod doubles;
pub mod kills;
pub mod learners;
pub mod network;
pub mod proxy;
pub mod school;
pub mod tally;

use clap::ValueEnum;

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Fault {
    /// `kill -9` of services, broker and database.
    Kills,
    /// Ways from services to broker, database and each other are cut, silent or slow.
    Network,
    /// Every message is delivered twice, in no order.
    Doubles,
    /// The renderer's store has no room left.
    Disk,
    /// Some processes' clocks are ten minutes ahead.
    Clocks,
}

impl Fault {
    /// As the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kills => "kills",
            Self::Network => "network",
            Self::Doubles => "doubles",
            Self::Disk => "disk",
            Self::Clocks => "clocks",
        }
    }
}
