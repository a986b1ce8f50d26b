//! The ways from each service to the broker, its database and the registrar, and what happens to them.

use std::time::{Duration, Instant};

use anyhow::ensure;
use rand::{RngExt, rngs::StdRng};
use tokio_util::sync::CancellationToken;

use super::{
    proxy::{State, Wire},
    tally::Tally,
};
use crate::suite::{SERVICES, Suite};

/// How long the broker is unreachable once in each run; shorter in a short run.
const LONG_SILENCE: Duration = Duration::from_secs(60);

/// Where a way leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Towards {
    Broker,
    Database,
    /// Whose keys the others fetch.
    Registrar,
}

impl Towards {
    const ALL: [Self; 3] = [Self::Broker, Self::Database, Self::Registrar];

    fn name(self) -> &'static str {
        match self {
            Self::Broker => "RabbitMQ",
            Self::Database => "PostgreSQL",
            Self::Registrar => "the registrar",
        }
    }
}

/// All ways of a suite.
pub struct Network(Vec<Link>);

struct Link {
    from: &'static str,
    towards: Towards,
    wire: Wire,
}

/// What happens to some ways for a while.
struct Trouble {
    towards: Towards,
    /// One service's way alone, or all.
    from: Option<&'static str>,
    state: State,
    how_long: Duration,
}

impl Network {
    /// Makes a way between each service and what it needs, and writes it into the service's
    /// configuration: it is taken from the next start on.
    pub async fn between(suite: &Suite) -> anyhow::Result<Self> {
        let (broker, database) = (suite.server_port("rabbitmq")?, suite.server_port("postgres")?);
        let registrar = suite.addresses().registrar;
        let registrar_port = url::Url::parse(&registrar)?.port().unwrap_or_default();
        let mut links = Vec::new();
        for from in SERVICES {
            let file = suite.configuration(from);
            let mut text = std::fs::read_to_string(&file)?;
            for (towards, port, direct) in [
                (Towards::Broker, broker, format!("@127.0.0.1:{broker}/")),
                (Towards::Database, database, format!("@127.0.0.1:{database}/")),
                (Towards::Registrar, registrar_port, format!("jwks_url = '{registrar}/")),
            ] {
                // It needs nobody to know its own keys.
                if towards == Towards::Registrar && from == "registrar-service" {
                    continue;
                }
                ensure!(text.contains(&direct), "{} has no {direct}", file.display());
                let wire = Wire::to(port).await?;
                let indirect = match towards {
                    Towards::Registrar => format!("jwks_url = 'http://127.0.0.1:{}/", wire.port),
                    Towards::Broker | Towards::Database => format!("@127.0.0.1:{}/", wire.port),
                };
                text = text.replace(&direct, &indirect);
                links.push(Link { from, towards, wire });
            }
            std::fs::write(&file, text)?;
        }
        Ok(Self(links))
    }

    /// Troubles some ways again and again until `over`; all of them are open then.
    pub async fn run(
        &self,
        mut random: StdRng,
        length: Duration,
        over: &CancellationToken,
        tally: &Tally,
    ) {
        let begun = Instant::now();
        let mut silence = Some(Trouble {
            towards: Towards::Broker,
            from: None,
            state: State::Silent,
            how_long: LONG_SILENCE.min(length / 4),
        });
        loop {
            let (pause, any) = (random.random_range(1000..5000), Trouble::any(&mut random));
            let wait = tokio::time::sleep(Duration::from_millis(pause));
            if over.run_until_cancelled(wait).await.is_none() {
                return;
            }
            let due = silence.take_if(|_| begun.elapsed() > length / 3);
            let trouble = due.unwrap_or(any);
            self.set(&trouble, trouble.state);
            tally.count(trouble.name());
            over.run_until_cancelled(tokio::time::sleep(trouble.how_long)).await;
            self.set(&trouble, State::Open);
        }
    }

    fn set(&self, trouble: &Trouble, state: State) {
        let meant = |link: &&Link| {
            link.towards == trouble.towards && trouble.from.is_none_or(|from| from == link.from)
        };
        self.0.iter().filter(meant).for_each(|link| link.wire.set(state));
    }
}

impl Trouble {
    fn any(random: &mut StdRng) -> Self {
        let from = SERVICES[random.random_range(0..SERVICES.len())];
        Self {
            towards: Towards::ALL[random.random_range(0..Towards::ALL.len())],
            from: random.random_ratio(2, 3).then_some(from),
            state: [State::Cut, State::Silent, State::Slow][random.random_range(0..3)],
            how_long: Duration::from_millis(random.random_range(500..8000)),
        }
    }

    fn name(&self) -> String {
        let state = match self.state {
            State::Cut => "cut",
            State::Silent => "silent",
            State::Slow => "slow",
            State::Open => "open",
        };
        let for_long = if self.how_long > Duration::from_secs(8) {
            format!(" for {} s", self.how_long.as_secs())
        } else {
            String::new()
        };
        let whose = self.from.map_or("all ways", |_| "a service's way");
        format!("{whose} to {} {state}{for_long}", self.towards.name())
    }
}
