//! The command that shows what a service gave up on, and lets it be tried again.

use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use messaging::{Bus, DeadLetter, LocalBus, Message, Subscription};
use model::Id;

use crate::command::outln;

/// How many letters are listed, or tried again, at most.
const MOST: usize = 1000;

/// What is asked of the dead letters; nothing: to list them.
#[derive(Args)]
pub struct DeadLetters {
    /// Show this one whole, as JSON.
    #[arg(long, value_name = "ID", conflicts_with_all = ["replay", "replay_all"])]
    show: Option<Id<Message>>,
    /// Try this one again.
    #[arg(long, value_name = "ID")]
    replay: Option<Id<Message>>,
    /// Try all of them again.
    #[arg(long, conflicts_with = "replay")]
    replay_all: bool,
}

impl DeadLetters {
    /// Asks the broker, or the service's own inbox where there is none.
    pub(crate) async fn answer(
        self,
        bus: Option<Arc<dyn Bus>>,
        subscription: Option<Subscription>,
    ) -> anyhow::Result<()> {
        let bus = bus.unwrap_or_else(|| Arc::new(LocalBus::default()));
        let subscription = subscription.context("this service listens to nothing")?;
        if let Some(id) = self.replay {
            bus.replay(&subscription, id).await?;
            outln("It will be tried again.");
            return Ok(());
        }
        let letters = bus.dead_letters(&subscription, MOST).await?;
        if let Some(id) = self.show {
            return show(&letters, id);
        }
        if self.replay_all {
            for letter in &letters {
                bus.replay(&subscription, letter.message_id).await?;
            }
            outln(&format!("{} will be tried again.", letters.len()));
            return Ok(());
        }
        list(&letters);
        Ok(())
    }
}

fn list(letters: &[DeadLetter]) {
    if letters.is_empty() {
        outln("There are no dead letters.");
    }
    for letter in letters {
        let at = letter.dead_at.map(|at| at.seconds()).unwrap_or_default();
        let reason = letter.reason.as_deref().unwrap_or_default();
        outln(&format!("{}\t{at}\t{}\t{reason}", letter.message_id, letter.routing_key));
    }
}

fn show(letters: &[DeadLetter], id: Id<Message>) -> anyhow::Result<()> {
    let Some(letter) = letters.iter().find(|letter| letter.message_id == id) else {
        bail!("there is no dead letter {id} among the first {MOST}");
    };
    outln(&serde_json::to_string_pretty(&letter.body)?);
    Ok(())
}
