//! One process: its services, their listeners, relays and consumers, from start to a graceful stop.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, bail};
use auth::{KeyKind, KeyRing, KeySource, TrustedIssuer, Verifier};
use database::{Db, Options};
use futures_util::future::BoxFuture;
use messaging::{Bus, LocalBus, RabbitBus, Relay, Subscription};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::{
    Clock, Parts, Service, backlog::Observed, configuration::Configuration, health::Needs, keys,
    listener, settings::Common,
};

/// Services that run together, and the bus between them.
#[derive(Default)]
pub struct Assembly {
    /// The bus inside the process; without it each service goes to the broker that it is told of.
    bus: Option<Arc<LocalBus>>,
    relays: Vec<Relay>,
    consumers: Vec<(Arc<dyn Bus>, Subscription)>,
    servers: Vec<(&'static str, actix_web::dev::Server)>,
    background: Vec<BoxFuture<'static, ()>>,
    stop: CancellationToken,
}

/// A service that was added to an [`Assembly`].
pub struct Started<S> {
    pub service: S,
    pub parts: Parts,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Assembly {
    /// Services that hear each other inside this process.
    pub fn together() -> Self {
        Self { bus: Some(Arc::new(LocalBus::default())), ..Self::default() }
    }

    /// Services that hear others by the broker of their configuration. Without one, what they have
    /// to say waits in their outboxes.
    pub fn apart() -> Self {
        Self::default()
    }

    /// Ends [`Assembly::run`] when it is cancelled.
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Makes a service, which listens once it is made, and answers once [`Assembly::run`] runs.
    ///
    /// # Errors
    ///
    /// If the configuration is wrong, the port taken, or the service cannot start.
    pub async fn add<S: Service>(
        &mut self,
        configuration: &Configuration,
    ) -> anyhow::Result<Started<S>> {
        let (common, settings) = configuration.read::<S::Settings>()?;
        let no_port = format!("{} cannot listen on {}", S::NAME, common.http.listen);
        let bound = listener::bind(&common.http).with_context(|| no_port.clone())?;
        let address = bound.address()?;
        let parts = parts::<S>(common, Clock::System).await?;
        let service = S::start(settings, parts.clone()).await?;
        let server = listener::serve(&service, &parts, bound).context(no_port)?;
        self.servers.push((S::NAME, server));
        self.connect::<S>(&service, &parts);
        self.background.extend(service.background(&self.stop));
        info!(service = S::NAME, %address, "listening");
        Ok(Started { service, parts, address })
    }

    /// Puts the service on its bus, if there is one.
    fn connect<S: Service>(&mut self, service: &S, parts: &Parts) {
        let subscription = service.subscription();
        let bus = match &self.bus {
            Some(bus) => Some(Arc::<LocalBus>::clone(bus) as Arc<dyn Bus>),
            None => broker(S::NAME, &parts.common),
        };
        if let Some(bus) = &bus {
            self.relays.push(Relay::new(parts.db.clone(), S::NAME, Arc::clone(bus)));
        }
        if let (Some(bus), Some(subscription)) = (&bus, &subscription) {
            bus.declare(subscription);
            self.consumers.push((Arc::clone(bus), subscription.clone()));
            let bus = Arc::clone(bus);
            parts.needs.add("bus", move || std::future::ready(bus.is_connected()));
        }
        let rings = service.key_rings(parts);
        self.background.push(Box::pin(keys::follow(rings, self.stop.clone())));
        let observed = Observed { service: S::NAME, db: parts.db.clone(), bus, subscription };
        self.background.push(Box::pin(observed.run(self.stop.clone())));
    }

    /// Runs until a signal or [`Assembly::stop`]; then ends what is in flight, and returns.
    ///
    /// # Errors
    ///
    /// If a part of the process ends before it was asked to.
    pub async fn run(self) -> anyhow::Result<()> {
        let stop = self.stop;
        let mut tasks: JoinSet<&'static str> = JoinSet::new();
        let handles: Vec<_> = self.servers.iter().map(|(_, server)| server.handle()).collect();
        for (name, server) in self.servers {
            tasks.spawn(async move {
                if let Err(error) = server.await {
                    error!(service = name, %error, "the listener failed");
                }
                "a listener"
            });
        }
        for relay in self.relays {
            let running = relay.run(stop.clone());
            tasks.spawn(async move {
                running.await;
                "a relay"
            });
        }
        for (bus, subscription) in self.consumers {
            let stop = stop.clone();
            tasks.spawn(async move {
                bus.consume(subscription, stop).await;
                "a consumer"
            });
        }
        for work in self.background {
            tasks.spawn(async move {
                work.await;
                DONE
            });
        }
        // Half a process is worse than none: whoever supervises it should start it anew.
        let broken = tokio::select! {
            () = stopped_by_signal() => None,
            () = stop.cancelled() => None,
            part = first_broken(&mut tasks) => Some(part),
        };
        info!("stopping");
        for handle in handles {
            handle.stop(true).await;
        }
        stop.cancel();
        while tasks.join_next().await.is_some() {}
        match broken {
            Some(part) => bail!("{part} of this process ended by itself"),
            None => Ok(()),
        }
    }
}

/// What chassis has ready for a service with these settings.
///
/// # Errors
///
/// If the database cannot be reached, a key cannot be read, or an issuer is misconfigured.
pub async fn parts<S: Service>(common: Common, clock: Clock) -> anyhow::Result<Parts> {
    auth::install_cryptography();
    let (url, options) =
        (common.database.url.0.clone(), Options { threads: common.database.threads });
    let db = tokio::task::spawn_blocking(move || {
        Db::open(&url, vec![messaging::TABLES, S::tables()], options)
    })
    .await?
    .with_context(|| format!("{} has no database", S::NAME))?;
    let keys = KeyRing::load_or_generate(&common.auth.keys_dir, S::NAME, KeyKind::Ed25519)
        .with_context(|| format!("the keys of {}", S::NAME))?;
    let public_base_url = common.http.public_base_url.clone();
    let verifier = verifier(&common, vec![keys.clone()])?;
    Ok(Parts {
        db,
        clock,
        keys,
        verifier,
        keys_dir: common.auth.keys_dir.clone(),
        public_base_url,
        needs: Needs::default(),
        common,
    })
}

/// The broker that the configuration names, if it names one.
pub(crate) fn broker(name: &str, common: &Common) -> Option<Arc<dyn Bus>> {
    let url = &common.amqp.url.0;
    (!url.is_empty()).then(|| Arc::new(RabbitBus::new(url, name)) as Arc<dyn Bus>)
}

/// Believes the configured issuers, and the service itself with these keys of its own; refuses
/// tokens that were made for others.
///
/// # Errors
///
/// If an issuer of the configuration makes no sense.
pub fn verifier(common: &Common, own: Vec<KeyRing>) -> anyhow::Result<Verifier> {
    let mut issuers = Vec::new();
    for each in &common.auth.trusted_issuers {
        issuers.push(each.trusted().map_err(anyhow::Error::msg)?);
    }
    let me = &common.http.public_base_url;
    issuers.push(TrustedIssuer::new(me, Some(me.clone()), KeySource::Own(own)));
    Ok(Verifier::new(issuers).for_audience(common.audiences()))
}

/// What background work answers that had an end.
const DONE: &str = "background work";

/// The first part that ended although it should go on; background work may have an end.
async fn first_broken(tasks: &mut JoinSet<&'static str>) -> &'static str {
    loop {
        match tasks.join_next().await {
            Some(Ok(DONE)) => {}
            Some(Ok(part)) => return part,
            Some(Err(_)) => return "a part that panicked",
            None => return std::future::pending().await,
        }
    }
}

async fn stopped_by_signal() {
    use tokio::signal::unix::{SignalKind, signal};

    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(error) => {
                error!(%error, "SIGTERM cannot be heard");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
