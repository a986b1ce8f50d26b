//! Makes trouble around a suite that is apart while completions are posted and revoked; then compares
//! what clients were told with what every service keeps.

use std::{
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use clap::Parser;
use e2e::{
    caller::Lms,
    faults::{
        Fault,
        broker::Broker,
        check::{Check, Report},
        clients::Clients,
        clocks::Clocks,
        disk::Disk,
        doubles::Doubles,
        kills, learners,
        network::Network,
        school::{Believed, School},
        tally::Tally,
    },
    ledger::{Ledger, Status},
    story::Teller,
    suite::{Suite, Way},
};
use rand::{SeedableRng, rngs::StdRng};
use tokio_util::sync::CancellationToken;

#[derive(Parser)]
#[command(
    about = "Makes trouble around a suite under load, and compares with what clients were told"
)]
struct Arguments {
    #[command(flatten)]
    way: Way,
    /// Which trouble.
    #[arg(long, value_delimiter = ',', default_value = "kills,network,doubles,disk,clocks")]
    faults: Vec<Fault>,
    /// How long completions are posted and trouble is made.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Completions a second; of seven, one is revoked, and of three revoked ones, one is awarded again.
    #[arg(long, default_value_t = 100)]
    rate: u32,
    /// Of so many learners one is known by name and address: badge and document follow that one's award.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    known_of: u64,
    /// Ends earlier after so many kills.
    #[arg(long)]
    kills: Option<usize>,
    /// Chooses what happens and when; printed, so that a run can be repeated.
    #[arg(long)]
    seed: Option<u64>,
    /// Added to each port.
    #[arg(long, default_value_t = 4000)]
    port_offset: u16,
}

impl Arguments {
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn length(&self) -> Duration {
        Duration::from_secs(self.minutes * 60)
    }
}

/// How long everything may take to settle once there is no trouble any more.
const SETTLED_WITHIN: Duration = Duration::from_secs(900);

/// How many of those who hold something in the end are revoked with their documents seen.
const REVOKED_LAST: usize = 10;

#[tokio::main]
async fn main() -> ExitCode {
    e2e::run(carry_out(Arguments::parse())).await
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<()> {
    let seed = arguments.seed.unwrap_or_else(rand::random);
    println!("seed {seed}");
    let folder = tempfile::tempdir()?;
    let run = Run::prepare(arguments, seed, folder.path()).await?;
    let summary = tokio::select! {
        never = kills::supervise(&run.suite, &run.tally) => never.map(|never| match never {}),
        summary = run.tell() => summary,
    };
    match summary {
        Ok(summary) => println!("{summary}"),
        Err(error) => {
            // A failure may need a hundred thousand awards to come again.
            println!("{:#?}", run.tally.rows());
            println!("everything is kept in {}", folder.keep().display());
            return Err(error);
        }
    }
    run.end().await
}

/// The renderer's disk, where one may be mounted.
async fn disk(folder: &Path, tally: &Tally) -> Option<Disk> {
    let mounted = Disk::mount(folder).await;
    let given_up = |error: &anyhow::Error| {
        println!("no full disk in this run: {error:#}");
        tally.count("no full disk: it could not be mounted");
    };
    mounted.inspect_err(given_up).ok()
}

/// A suite, and what makes trouble around it.
struct Run {
    // Ended before what is around it is taken away.
    suite: Suite,
    disk: Option<Disk>,
    network: Option<Network>,
    doubles: Option<Doubles>,
    /// Kept until no process has such a clock any more.
    _clocks: Option<Clocks>,
    broker: Broker,
    teller: Arc<Teller>,
    tally: Tally,
    arguments: Arguments,
    seed: u64,
}

impl Run {
    /// A suite with its demo told, its learners enrolled, and all trouble ready to begin.
    async fn prepare(arguments: Arguments, seed: u64, folder: &Path) -> anyhow::Result<Self> {
        let tally = Tally::default();
        let disk = match arguments.has(Fault::Disk) {
            true => disk(&folder.join("renderer"), &tally).await,
            false => None,
        };
        let way = Way { apart: true, ..arguments.way.clone() };
        let mut suite = Suite::new(way, folder, arguments.port_offset);
        suite.start_with_demo().await?;
        let broker = Broker::of(&suite)?;
        let doubles = match arguments.has(Fault::Doubles) {
            true => Some(Doubles::begin(broker.clone(), tally.clone()).await?),
            false => None,
        };
        let most = arguments.length().as_secs() * u64::from(arguments.rate);
        learners::enrol(&suite, most / arguments.known_of).await?;
        let network = match arguments.has(Fault::Network) {
            true => Some(Network::between(&suite).await?),
            false => None,
        };
        let clocks = match arguments.has(Fault::Clocks) {
            true => {
                let mut random = StdRng::seed_from_u64(seed ^ 2);
                Some(Clocks::apart(&mut suite, &mut random, &tally)?)
            }
            false => None,
        };
        // From now on they go the troubled ways, by their own clocks.
        if network.is_some() || clocks.is_some() {
            for (name, number) in suite.processes() {
                suite.restart(name, number).await?;
            }
        }
        let teller = Teller::new(Lms(suite.lms_key()?), suite.addresses())?.patient();
        let teller = Arc::new(teller);
        suite.ready(&teller.stranger, SETTLED_WITHIN).await?;
        if let Some(clocks) = &clocks {
            clocks.heard(&suite).await?;
        }
        Ok(Self {
            suite,
            disk,
            network,
            doubles,
            _clocks: clocks,
            broker,
            teller,
            tally,
            arguments,
            seed,
        })
    }

    async fn end(mut self) -> anyhow::Result<()> {
        self.suite.end().await
    }

    /// The trouble, and what came of it, as Markdown.
    async fn tell(&self) -> anyhow::Result<String> {
        let clients = Clients::new(Arc::clone(&self.teller), self.arguments.known_of);
        self.storm(clients.clone()).await?;
        let calm_since = Instant::now();
        self.suite.ready(&self.teller.stranger, SETTLED_WITHIN).await?;
        clients.revoke_seen(REVOKED_LAST, SETTLED_WITHIN).await?;
        let ledger = clients.ledger();
        println!(
            "told: {} awarded, {} revoked; now everything may settle",
            ledger.count(Status::Awarded),
            ledger.count(Status::Revoked)
        );
        let check = Check {
            suite: &self.suite,
            teller: &self.teller,
            ledger: &ledger,
            broker: &self.broker,
            doubles: self.doubles.as_ref(),
            calm_since,
            patience: SETTLED_WITHIN,
        };
        let report = check.all().await?;
        let believed = School::new(&self.suite, &self.teller)?.show_tokens().await?;
        let refused: usize = believed.values().map(|(_, refused)| refused).sum();
        ensure!(
            refused == 0 || self.arguments.has(Fault::Clocks),
            "new tokens of the registrar are refused although all clocks agree: {believed:?}"
        );
        Ok(self.summary(&ledger, &report, &believed))
    }

    /// Posts and makes trouble until the time is over, or enough was killed.
    async fn storm(&self, clients: Clients) -> anyhow::Result<()> {
        let (length, over) = (self.arguments.length(), CancellationToken::new());
        let post = tokio::spawn(clients.post(self.random(1), self.arguments.rate, over.clone()));
        let posting = async { post.await? };
        let until = async {
            over.run_until_cancelled(tokio::time::sleep(length)).await;
            over.cancel();
            anyhow::Ok(())
        };
        let kills = async {
            if self.arguments.has(Fault::Kills) {
                let most = self.arguments.kills;
                kills::run(&self.suite, self.random(0), most, &over, &self.tally).await?;
            }
            Ok(())
        };
        let network = async {
            if let Some(network) = &self.network {
                network.run(self.random(3), length, &over, &self.tally).await;
            }
            Ok(())
        };
        let disk = async {
            match &self.disk {
                Some(disk) => disk.run(self.random(4), length, &over, &self.tally).await,
                None => Ok(()),
            }
        };
        tokio::try_join!(posting, until, kills, network, disk)?;
        Ok(())
    }

    /// Chances of a kind of trouble, which no other kind disturbs.
    fn random(&self, kind: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed ^ kind)
    }

    fn summary(&self, ledger: &Ledger, report: &Report, believed: &Believed) -> String {
        let (awarded, revoked) = (ledger.count(Status::Awarded), ledger.count(Status::Revoked));
        let mut lines = vec![
            format!("\n### Fault run, seed {}\n", self.seed),
            format!("`{}`\n", self.command()),
            "| what | how often |".to_owned(),
            "| --- | --- |".to_owned(),
        ];
        let row = |what: &str, count: usize| format!("| {what} | {count} |");
        lines.extend(self.tally.rows().iter().map(|(what, count)| row(what, *count)));
        lines.push(row("told: awarded", awarded));
        lines.push(row("told: revoked", revoked));
        lines
            .extend(report.held.iter().map(|(what, count)| row(&format!("agree: {what}"), *count)));
        lines.push(row("lies told to the checks, and noticed", report.lies));
        for (service, (shown, refused)) in believed {
            let what = format!("new tokens of the registrar refused by {service}, of {shown}");
            lines.push(row(&what, *refused));
        }
        lines.push(format!(
            "\n0 lost, 0 doubled, 0 wrong states; pages settled {:.1?} after the last trouble, \
             messages {:.1?} after it.",
            report.pages_settled, report.messages_settled
        ));
        lines.join("\n")
    }

    /// What repeats this run.
    fn command(&self) -> String {
        let Arguments { way, faults, minutes, rate, known_of, kills, .. } = &self.arguments;
        let faults: Vec<&str> = faults.iter().map(|fault| fault.name()).collect();
        let kills = kills.map(|kills| format!(" --kills {kills}")).unwrap_or_default();
        format!(
            "{programs}/faults --programs {programs} --instances {instances} --minutes {minutes} \
             --rate {rate} --known-of {known_of}{kills} --faults {faults} --seed {seed}",
            programs = way.programs.display(),
            instances = way.instances,
            faults = faults.join(","),
            seed = self.seed
        )
    }
}
