//! No message waits anywhere, and none was given up.

use std::time::{Duration, Instant};

use anyhow::ensure;

use super::Check;
use crate::{
    faults::{broker, doubles},
    suite::SERVICES,
};

/// How long nothing must have been seen waiting: services bring their figures up to date every ten
/// seconds.
const QUIET_FOR: Duration = Duration::from_secs(12);

/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What a service without dead letters says.
const NO_LETTERS: &str = "There are no dead letters.";

/// The figure of a service's outbox.
const OUTBOX: &str = "outbox_messages_waiting";

/// Waits until queues and outboxes have been empty for a while, no message is in anybody's hands, and
/// none is dead.
pub(super) async fn settled(check: &Check<'_>, patience: Duration) -> anyhow::Result<()> {
    let until = Instant::now() + patience;
    loop {
        quiet(check, until).await?;
        // The broker says a little late who has acknowledged what.
        let Some(busy) = busy(held(check).await) else { break };
        ensure!(Instant::now() < until, "queues without a message that waits hold some: {busy}");
    }
    none_dead(check).await
}

/// Waits until queues and outboxes have been empty for a while.
async fn quiet(check: &Check<'_>, until: Instant) -> anyhow::Result<()> {
    let mut quiet_since = Instant::now();
    while quiet_since.elapsed() < QUIET_FOR {
        if let Some(busy) = busy(waiting(check).await) {
            ensure!(Instant::now() < until, "messages still wait: {busy}");
            quiet_since = Instant::now();
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// What there is, in words, if there is anything. Who does not answer cannot be called quiet.
fn busy(places: anyhow::Result<Vec<String>>) -> Option<String> {
    match places {
        Ok(places) if places.is_empty() => None,
        Ok(places) => Some(places.join(", ")),
        Err(error) => Some(format!("{error:#}")),
    }
}

/// No service has given up a message.
pub(super) async fn none_dead(check: &Check<'_>) -> anyhow::Result<()> {
    for service in SERVICES {
        let letters = check.suite.command(service, &["dead-letters"]).await?;
        ensure!(letters.trim() == NO_LETTERS, "{service} gave up messages:\n{letters}");
    }
    Ok(())
}

/// What waits and what is dead, in words: why a page may not have settled.
pub(super) async fn state(check: &Check<'_>) -> String {
    let waiting = match waiting(check).await {
        Ok(waiting) if waiting.is_empty() => "no message waits".to_owned(),
        Ok(waiting) => format!("waiting: {}", waiting.join(", ")),
        Err(error) => format!("what waits cannot be seen: {error}"),
    };
    let held = match held(check).await {
        Ok(held) => format!("queues hold: {}", held.join(", ")),
        Err(error) => error.to_string(),
    };
    let dead = none_dead(check).await.err().map(|error| format!("; {error:#}"));
    format!("{waiting}; {held}{}", dead.unwrap_or_default())
}

/// The queues of services that hold messages, and how many: those included that were handed to a
/// process, or are on their way from one queue to another.
async fn held(check: &Check<'_>) -> anyhow::Result<Vec<String>> {
    let mut queues = check.suite.queues().await?;
    let of_services =
        |queue: &String| check.broker.queues.contains(queue) && !queue.ends_with(".dead");
    queues.retain(|(queue, messages)| *messages > 0 && of_services(queue));
    Ok(queues.into_iter().map(|(queue, messages)| format!("{queue} {messages}")).collect())
}

/// Each place where something waits, and how much.
async fn waiting(check: &Check<'_>) -> anyhow::Result<Vec<String>> {
    let mut places: Vec<(String, u64)> = Vec::new();
    let connection = check.broker.connect().await?;
    let channel = connection.create_channel().await?;
    if let Some(doubles) = check.doubles {
        let waits = broker::depth(&channel, doubles::WAITING).await?;
        places.push(("to be doubled".to_owned(), u64::from(waits)));
        places.push(("held back".to_owned(), u64::try_from(doubles.held())?));
    }
    for queue in check.broker.queues.iter().filter(|queue| !queue.ends_with(".dead")) {
        let waits = broker::depth(&channel, queue).await?;
        places.push((format!("queue {queue}"), u64::from(waits)));
    }
    for service in SERVICES {
        places.push((format!("outbox of {service}"), outbox(check, service).await?));
    }
    places.retain(|(_, waits)| *waits > 0);
    Ok(places.into_iter().map(|(place, waits)| format!("{place} {waits}")).collect())
}

/// How much one process of a service saw waiting; another connection may find another process.
async fn outbox(check: &Check<'_>, service: &str) -> anyhow::Result<u64> {
    let url = format!("{}/metrics", check.suite.addresses().of(service));
    let text = reqwest::get(url).await?.error_for_status()?.text().await?;
    let figure = figure(&text, OUTBOX);
    // Before its first look a service has no figure.
    figure.ok_or_else(|| anyhow::anyhow!("{service} has not looked at its outbox yet"))
}

/// The value of a gauge in Prometheus's text.
fn figure(text: &str, name: &str) -> Option<u64> {
    let line = text
        .lines()
        .find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{OUTBOX, figure};

    #[test]
    fn a_figure_is_read_by_its_whole_name() {
        let text = "# HELP outbox_messages_waiting Messages not yet confirmed\n\
                    outbox_messages_waiting_long{service=\"a\"} 9\n\
                    outbox_messages_waiting{service=\"badge-service\"} 7\n";

        assert_eq!(figure(text, OUTBOX), Some(7));
        assert_eq!(figure(text, "outbox"), None);
    }
}
