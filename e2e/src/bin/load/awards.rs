//! Awards one by one: as fast as clients can, at steady rates, and followed to badge and document.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use e2e::{
    figures::Figures,
    load::{ceilings, cpu::Whose, table::Table},
    story::{Award, Teller},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{task::JoinSet, time::MissedTickBehavior};

use crate::{Load, PATIENCE, rate};

/// How many awards a second are answered for, by the aim.
const ANSWERED: u32 = 200;

/// How many awards a second are followed to their badge and their PDF: what two cores carry together
/// with database, broker and clients, and the aim.
const FOLLOWED: [u32; 2] = [20, 50];

/// An award writes about six rows: credential, history, its own and three messages'.
pub const ROWS: usize = 6;

/// Of so many awards at a steady rate one has a stranger who looks at its page: to look costs as much
/// as to award, and few awards have somebody who waits for them.
const WATCHED_OF: usize = 5;

/// How often a stranger looks. A page that waits for its badge or PDF is made anew for each look.
const LOOK: Duration = Duration::from_millis(50);

/// How many learners are introduced side by side.
const INTRODUCED_AT_ONCE: usize = 16;

const FIRST_LETTERS: [&str; 11] = [
    "Zoë",
    "Nguyễn",
    "Łukasz",
    "ليلى",
    "נועה",
    "王",
    "さくら",
    "민준",
    "प्रिया",
    "Ελένη",
    "Дмитрий",
];

/// A name that nobody else has, in one of eleven scripts and spellings.
pub fn name(number: usize) -> String {
    format!("{} {number}", FIRST_LETTERS[number % FIRST_LETTERS.len()])
}

impl Load<'_> {
    /// Awards one by one, as fast as a number of clients can. The learners never called: neither
    /// badge nor document can follow.
    pub async fn single_awards(&self, table: &mut Table) -> anyhow::Result<()> {
        for clients in [1, 8, 64] {
            let (before, started) = (self.spent(), Instant::now());
            let times = stream::iter((0..clients).map(|client| self.client(client, clients)))
                .buffer_unordered(clients)
                .try_collect::<Vec<_>>()
                .await?;
            let took = started.elapsed();
            self.rest().await?;
            let spent = self.spent();
            let mut figures = Figures::default();
            times.into_iter().flatten().for_each(|time| figures.add(time));
            let count = figures.len();
            let database = self.postgres_url();
            let plain = ceilings::plain_sql(&database, clients, ROWS, Duration::from_secs(3)).await;
            table.add(
                format!("single award, {clients} clients"),
                format!("{:.0}/s, {}", rate(count, took), figures.short()),
                format!("{}; {}", of_plain(rate(count, took), plain), spent.told(&before, count)),
                "",
            );
        }
        self.answered(table).await
    }

    async fn client(&self, client: usize, clients: usize) -> anyhow::Result<Vec<Duration>> {
        let started = Instant::now();
        let mut times = Vec::new();
        while started.elapsed() < self.how_long {
            let username = format!("single-{clients}-{client}-{}", times.len());
            let sent = Instant::now();
            self.teller.award(&username, PATIENCE).await?;
            times.push(sent.elapsed());
        }
        Ok(times)
    }

    /// Awards at a steady rate of learners who never called.
    async fn answered(&self, table: &mut Table) -> anyhow::Result<()> {
        let before = self.spent();
        let made = self.at_rate(ANSWERED, "answered").await?;
        self.rest().await?;
        let spent = self.spent();
        let mut answered = Figures::default();
        made.iter().for_each(|(_, time)| answered.add(*time));
        let credentials = spent.ms_each(&before, Whose::Service("credentials-service"), made.len());
        table.add(
            format!("single award at {ANSWERED}/s, answered"),
            format!("{}, {credentials:.2} ms CPU of credentials-service", answered.short()),
            spent.told(&before, made.len()),
            "p99 ≤ 50 ms, ≤ 1.0 ms CPU",
        );
        Ok(())
    }

    /// Awards at steady rates, each followed to its badge and its PDF; then some revocations.
    pub async fn steady_awards(&self, table: &mut Table) -> anyhow::Result<()> {
        for rate in FOLLOWED {
            self.followed(table, rate).await?;
        }
        self.revocations(table).await
    }

    async fn followed(&self, table: &mut Table, rate: u32) -> anyhow::Result<()> {
        let count = self.count_of(rate)?;
        let introductions = (0..count).map(|number| {
            let username = followed(rate, number);
            async move { self.teller.introduce(&username, &name(number), PATIENCE).await }
        });
        stream::iter(introductions)
            .buffer_unordered(INTRODUCED_AT_ONCE)
            .try_collect::<Vec<()>>()
            .await?;
        self.rest().await?;

        let before = self.spent();
        let started = Instant::now();
        let mut due = interval(rate);
        let mut following = JoinSet::new();
        for number in 0..count {
            due.tick().await;
            let (teller, username) = (Arc::clone(&self.teller), followed(rate, number));
            let is_watched = number.is_multiple_of(WATCHED_OF);
            following.spawn(async move { follow(&teller, &username, is_watched).await });
        }
        let posted = started.elapsed();
        let (mut answered, mut badge, mut whole) =
            (Figures::default(), Figures::default(), Figures::default());
        while let Some(ended) = following.join_next().await {
            let (first, seen) = ended??;
            answered.add(first);
            if let Some((second, third)) = seen {
                badge.add(second);
                whole.add(third);
            }
        }
        ensure!(posted < self.how_long * 2, "{rate} awards a second could not be posted");
        self.rest().await?;
        let spent = self.spent().told(&before, count);
        let what = |what: &str| format!("award at {rate}/s, {what}");
        table.add(what("answered"), answered.short(), spent, "p99 ≤ 50 ms");
        let looked = format!(
            "on its page, seen by a stranger who looks every {LOOK:?}; one of {WATCHED_OF} awards"
        );
        table.add(what("to its badge"), badge.short(), looked.clone(), "p99 ≤ 250 ms");
        table.add(what("to its PDF too"), whole.short(), looked, "p99 ≤ 1 s");
        Ok(())
    }

    /// Looks at the previews of some of what was followed, and revokes it, until page, PDF and
    /// assertion are dead.
    async fn revocations(&self, table: &mut Table) -> anyhow::Result<()> {
        let (mut seen, mut dead) = (Figures::default(), Figures::default());
        let [rate, ..] = FOLLOWED;
        for number in 0..100.min(self.count_of(rate)?) {
            let award = self.teller.award(&followed(rate, number), PATIENCE).await?;
            let findings = self.teller.complete(&award, PATIENCE).await?;
            let sent = Instant::now();
            self.teller.preview(&award, PATIENCE).await?;
            seen.add(sent.elapsed());
            let sent = Instant::now();
            self.teller.set_status(&award, "revoked", PATIENCE).await?;
            self.teller.dead(&award, &findings, PATIENCE).await?;
            dead.add(sent.elapsed());
        }
        table.add(
            "first look at the picture for social networks",
            seen.short(),
            "made meanwhile; one after the other".to_owned(),
            "",
        );
        table.add(
            "revocation to page, PDF and badge dead",
            dead.short(),
            "one after the other".to_owned(),
            "",
        );
        Ok(())
    }

    /// Awards at this rate, as long as a load lasts; who is due does not wait for who is late.
    async fn at_rate(&self, rate: u32, name: &str) -> anyhow::Result<Vec<(Award, Duration)>> {
        let mut due = interval(rate);
        let mut posting = JoinSet::new();
        let started = Instant::now();
        for number in 0..self.count_of(rate)? {
            due.tick().await;
            let (teller, username) = (Arc::clone(&self.teller), format!("{name}-{number}"));
            posting.spawn(async move {
                let sent = Instant::now();
                let award = teller.award(&username, PATIENCE).await?;
                Ok::<_, anyhow::Error>((award, sent.elapsed()))
            });
        }
        ensure!(started.elapsed() < self.how_long * 2, "{rate} a second could not be posted");
        let mut made = Vec::new();
        while let Some(ended) = posting.join_next().await {
            made.push(ended??);
        }
        Ok(made)
    }

    fn count_of(&self, rate: u32) -> anyhow::Result<usize> {
        Ok(usize::try_from(self.how_long.as_secs())? * usize::try_from(rate)?)
    }
}

/// Awards to a learner who is known: how long the answer took, and for whom somebody watches how long
/// badge and PDF took after it.
async fn follow(
    teller: &Teller,
    username: &str,
    is_watched: bool,
) -> anyhow::Result<(Duration, Option<(Duration, Duration)>)> {
    let sent = Instant::now();
    let award = teller.award(username, PATIENCE).await?;
    let answered = sent.elapsed();
    if !is_watched {
        return Ok((answered, None));
    }
    badge_of(teller, &award).await?;
    let badge = sent.elapsed();
    while teller.findings(&award).await?.is_none() {
        ensure!(sent.elapsed() < PATIENCE, "{} has no PDF", award.page);
        tokio::time::sleep(LOOK).await;
    }
    Ok((answered, Some((badge, sent.elapsed()))))
}

/// The username of one whose award is followed at this rate.
fn followed(rate: u32, number: usize) -> String {
    format!("followed-{rate}-{number}")
}

/// Waits until the page links to a badge.
async fn badge_of(teller: &Teller, award: &Award) -> anyhow::Result<()> {
    let started = Instant::now();
    while !teller.stranger.text(&award.page).await?.1.contains("/badge/assertions/") {
        ensure!(started.elapsed() < PATIENCE, "{} has no badge", award.page);
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

fn interval(rate: u32) -> tokio::time::Interval {
    let mut due = tokio::time::interval(Duration::from_secs(1) / rate);
    due.set_missed_tick_behavior(MissedTickBehavior::Burst);
    due
}

/// A rate beside that of plain SQL.
pub fn of_plain(ours: f64, plain: Option<f64>) -> String {
    plain.map_or_else(
        || "plain SQL not measured".to_owned(),
        |plain| format!("{:.2} of plain SQL ({plain:.0}/s)", ours / plain),
    )
}
