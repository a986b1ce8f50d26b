//! Whether the checks can fail: each is told something that is not true, and must notice.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use lapin::{BasicProperties, options::BasicPublishOptions};

use super::{Check, Kept, Shown, completions, credentials, documents, messages, pages};
use crate::{
    faults::learners,
    ledger::{Ledger, Status},
    story::{Award, Findings},
};

/// How long a lie about a page may take to be found out.
const SOON: Duration = Duration::from_secs(1);

/// How long a service may take to give up what makes no sense.
const GIVEN_UP_WITHIN: Duration = Duration::from_secs(30);

/// Tells every lie; returns how many were noticed.
///
/// # Errors
///
/// The first lie that a check believes.
pub(super) async fn notice(check: &Check<'_>, kept: &Kept) -> anyhow::Result<usize> {
    Ok(about_awards(check, kept).await?
        + about_assertions(kept)?
        + about_documents(check, &kept.shown).await?
        + nonsense_in_a_queue(check).await?)
}

/// What somebody is falsely said to have been told.
struct Lie {
    what: &'static str,
    award: Award,
    told: Status,
    /// Whether the award's page shows that it is none.
    shows: bool,
}

async fn about_awards(check: &Check<'_>, kept: &Kept) -> anyhow::Result<usize> {
    let mut noticed = 0;
    for lie in lies(check)? {
        let mut ledger = check.ledger.clone();
        ledger.note(&lie.award, lie.told);
        noticed +=
            must_fail(lie.what, "credentials", credentials::agree(&kept.credentials, &ledger))?;
        noticed +=
            must_fail(lie.what, "completions", completions::agree(&kept.completions, &ledger))?;
        if lie.shows {
            let mut alone = Ledger::default();
            alone.note(&lie.award, lie.told);
            let verdict = pages::settled(check.teller, &alone, SOON).await;
            noticed += must_fail(lie.what, "pages", verdict)?;
        }
    }
    let mut ledger = check.ledger.clone();
    ledger.forget(&of_school(&ledger, Status::Awarded).context("nobody holds anything")?.username);
    let what = "somebody holds what nobody was told of";
    noticed += must_fail(what, "credentials", credentials::agree(&kept.credentials, &ledger))?;
    noticed += must_fail(what, "completions", completions::agree(&kept.completions, &ledger))?;
    Ok(noticed)
}

fn lies(check: &Check<'_>) -> anyhow::Result<Vec<Lie>> {
    let award = of_school(check.ledger, Status::Awarded).context("nobody holds anything")?;
    let nobodys = "0".repeat(32);
    let page = format!("{}/credentials/{nobodys}/", check.teller.addresses.credentials);
    let never = Award { username: learners::username(0), uuid: nobodys.clone(), page };
    let another = Award { uuid: nobodys, ..award.clone() };
    let (awarded, revoked) = (Status::Awarded, Status::Revoked);
    let mut lies = vec![
        Lie { what: "an award is said to be revoked", award, told: revoked, shows: true },
        Lie { what: "an award is lost", award: never, told: awarded, shows: true },
        Lie { what: "an award has another id", award: another, told: awarded, shows: false },
    ];
    if let Some(award) = of_school(check.ledger, Status::Revoked) {
        lies.push(Lie { what: "a revocation is lost", award, told: awarded, shows: true });
    }
    Ok(lies)
}

/// A learner of the school who was told this last.
fn of_school(ledger: &Ledger, status: Status) -> Option<Award> {
    let mut told = ledger.entries().filter(|(_, each)| *each == status);
    let found = told.find(|(award, _)| learners::is_of_school(&award.username));
    found.map(|(award, _)| award.clone())
}

fn about_assertions(kept: &Kept) -> anyhow::Result<usize> {
    let (first, second) = two(&kept.shown)?;
    let with = |findings: Findings| {
        let mut shown = kept.shown.clone();
        shown.insert(first.0.clone(), findings);
        kept.assertions.agree(&shown)
    };
    let unknown = Findings { assertion: format!("{}x", first.1.assertion), ..first.1.clone() };
    let mut fewer = kept.shown.clone();
    fewer.remove(first.0);
    let what = "assertions";
    Ok(must_fail("two certificates share one", what, with(second.1.clone()))?
        + must_fail("a certificate shows none that is live", what, with(unknown))?
        + must_fail("one is on no certificate", what, kept.assertions.agree(&fewer))?)
}

async fn about_documents(check: &Check<'_>, shown: &Shown) -> anyhow::Result<usize> {
    let ((username, findings), another) = two(shown)?;
    let name = learners::name(another.0);
    let says = documents::says(check.teller, &findings.pdf, &name).await;
    let (award, _) = check.ledger.of(username).context("it was told")?;
    let mut seen = Ledger::default();
    seen.note_seen(award, findings.clone());
    // Of somebody who holds nothing any more, the assertion must be dead; the document, if that somebody
    // stayed revoked.
    let assertion = documents::withdrawn(check.teller, &seen, &Shown::new()).await;
    seen.note(award, Status::Revoked);
    let document = documents::withdrawn(check.teller, &seen, shown).await;
    Ok(must_fail("a document names somebody else", "documents", says)?
        + must_fail("a revoked assertion lives", "withdrawn", assertion)?
        + must_fail("a revoked document is served", "withdrawn", document)?)
}

/// A message that its listener can only give up.
async fn nonsense_in_a_queue(check: &Check<'_>) -> anyhow::Result<usize> {
    let channel = check.broker.connect().await?.create_channel().await?;
    let queue = &check.broker.bindings.first().context("services listen")?.queue;
    let (options, none) = (BasicPublishOptions::default(), BasicProperties::default());
    channel.basic_publish("".into(), queue.as_str().into(), options, b"{}", none).await?;
    let started = Instant::now();
    while messages::none_dead(check).await.is_ok() {
        ensure!(started.elapsed() < GIVEN_UP_WITHIN, "messages: a dead one was not noticed");
    }
    Ok(1)
}

/// A learner who holds something, and what the page shows.
type Holder<'a> = (&'a String, &'a Findings);

fn two(shown: &Shown) -> anyhow::Result<(Holder<'_>, Holder<'_>)> {
    let mut shown = shown.iter();
    shown.next().zip(shown.next()).context("two learners hold something")
}

/// A check must fail, and say what it was told to look for: a service that does not answer is no lie
/// that was noticed.
fn must_fail<T>(lie: &str, check: &str, verdict: anyhow::Result<T>) -> anyhow::Result<usize> {
    let words: &[&str] = match check {
        "credentials" => &["told of", "another uuid", "was told", "credentials for"],
        "completions" => &["the school sees"],
        "pages" => &["is revoked and answers", "is not complete", "has no page"],
        "assertions" => &["share assertions", "not live", "on no certificate"],
        "documents" => &["does not say"],
        _ => &["answers"],
    };
    let error = verdict.err().with_context(|| format!("{check}: not noticed that {lie}"))?;
    let said = format!("{error:#}");
    let is_it = words.iter().any(|words| said.contains(words));
    ensure!(is_it, "{check}: failed for another reason than that {lie}: {said}");
    Ok(1)
}
