//! From an outbox to an inbox: told twice, done once; refused, retried or given up; never lost.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use database::{Db, Error, Options};
use events::registrar::EnrollmentChanged;
use messaging::{
    Backlog, Bus, BusError, DeadLetter, Handler, HandlerError, LocalBus, Message, PublishError,
    Queue, Relay, Subscription, inbox, outbox,
};
use model::{Id, Timestamp};
use testkit::TestDatabase;
use tokio_util::sync::CancellationToken;

const CONSUMER: &str = "listener";
const KEY: &str = "registrar.enrollment.changed.v1";

fn open(database: &TestDatabase) -> Db {
    Db::open(database.url(), vec![messaging::TABLES], Options { threads: 2 }).unwrap()
}

fn event(student_key: &str) -> EnrollmentChanged {
    EnrollmentChanged {
        enrollment_id: Id::<()>::fresh().uuid(),
        sequence: 1,
        program_key: "p".into(),
        program_uuid: None,
        organization_key: "o".into(),
        student_key: student_key.into(),
        status: "enrolled".into(),
        account: None,
        changed_at: Timestamp::now(),
    }
}

fn message(student_key: &str) -> Message {
    let id = Id::fresh();
    let envelope = events::Envelope::new(id.uuid(), Timestamp::now(), None, event(student_key));
    let body = serde_json::to_value(envelope).unwrap();
    Message { id, routing_key: KEY.into(), body, traceparent: None, attempt: 1 }
}

/// Notes what it handled; fails as its plan says, first entry first.
#[derive(Default)]
struct Listener {
    handled: Mutex<Vec<String>>,
    plan: Mutex<Vec<HandlerError>>,
}

#[async_trait]
impl Handler for Listener {
    async fn handle(&self, message: Message, db: Db) -> Result<(), HandlerError> {
        if let Some(error) = self.plan.lock().unwrap().pop() {
            return Err(error);
        }
        let key = message.event::<EnrollmentChanged>()?.data.student_key;
        db.write(|_| Ok::<_, Error>(())).await?;
        self.handled.lock().unwrap().push(key);
        Ok(())
    }
}

impl Listener {
    async fn has_handled(&self, count: usize) -> Vec<String> {
        for _ in 0..500 {
            let handled = self.handled.lock().unwrap().clone();
            if handled.len() >= count {
                return handled;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("handled {:?}, not {count}", self.handled.lock().unwrap());
    }
}

fn subscription(db: &Db, listener: &Arc<Listener>) -> Subscription {
    Subscription {
        consumer: CONSUMER,
        family: CONSUMER,
        queues: vec![Queue { name: CONSUMER, routing_keys: &[KEY], concurrency: 4 }],
        db: db.clone(),
        handler: Arc::<Listener>::clone(listener),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_appended_in_a_transaction_is_handled_by_the_listener() {
    let (speaker_database, listener_database) = (TestDatabase::create(), TestDatabase::create());
    let (speaker, heard) = (open(&speaker_database), open(&listener_database));
    let listener = Arc::new(Listener::default());
    let (bus, stop) = (Arc::new(LocalBus::default()), CancellationToken::new());
    bus.declare(&subscription(&heard, &listener));
    let consuming = {
        let (bus, subscription, stop) =
            (bus.clone(), subscription(&heard, &listener), stop.clone());
        tokio::spawn(async move { bus.consume(subscription, stop).await })
    };
    let relaying =
        tokio::spawn(Relay::new(speaker.clone(), "speaker", bus.clone()).run(stop.clone()));

    speaker.write(|conn| outbox::append(conn, event("kept"), Timestamp::now())).await.unwrap();
    let lost: Result<(), Error> = speaker
        .write(|conn| {
            outbox::append(conn, event("rolled back"), Timestamp::now())?;
            Err(Error::Overloaded)
        })
        .await;

    assert!(lost.is_err());
    assert_eq!(listener.has_handled(1).await, ["kept"]);
    let backlog = speaker.read(outbox::backlog);
    stop.cancel();
    consuming.await.unwrap();
    relaying.await.unwrap();
    assert_eq!(backlog.await.unwrap().0, 0);
    assert_eq!(listener.has_handled(1).await, ["kept"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_clock_that_is_ahead_left_behind_is_told_at_once() {
    let (speaker_database, listener_database) = (TestDatabase::create(), TestDatabase::create());
    let (speaker, heard) = (open(&speaker_database), open(&listener_database));
    let listener = Arc::new(Listener::default());
    let (bus, stop) = (Arc::new(LocalBus::default()), CancellationToken::new());
    bus.declare(&subscription(&heard, &listener));
    let ahead = Timestamp::now().plus(chrono::Duration::minutes(10));
    let append = speaker.write(move |conn| {
        outbox::append(conn, event("one"), ahead)?;
        outbox::append_all(conn, [event("another")], ahead)
    });
    append.await.unwrap();

    let consuming = {
        let (bus, subscription, stop) =
            (bus.clone(), subscription(&heard, &listener), stop.clone());
        tokio::spawn(async move { bus.consume(subscription, stop).await })
    };
    let relaying = tokio::spawn(Relay::new(speaker, "speaker", bus).run(stop.clone()));
    let mut handled = listener.has_handled(2).await;
    handled.sort_unstable();
    assert_eq!(handled, ["another", "one"]);
    stop.cancel();
    relaying.await.unwrap();
    consuming.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_told_twice_is_handled_once() {
    let database = TestDatabase::create();
    let db = open(&database);
    let listener = Arc::new(Listener::default());
    let (bus, stop) = (Arc::new(LocalBus::default()), CancellationToken::new());
    bus.declare(&subscription(&db, &listener));
    let message = message("once");
    assert_eq!(bus.publish(&[message.clone(), message.clone()]).await, [Ok(()), Ok(())]);
    let consuming = {
        let (bus, subscription, stop) = (bus.clone(), subscription(&db, &listener), stop.clone());
        tokio::spawn(async move { bus.consume(subscription, stop).await })
    };
    listener.has_handled(1).await;

    bus.publish(std::slice::from_ref(&message)).await;
    bus.publish(&[self::message("another")]).await;

    assert_eq!(listener.has_handled(2).await, ["once", "another"]);
    stop.cancel();
    consuming.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guard_refuses_a_second_transaction_for_the_same_message() {
    let database = TestDatabase::create();
    let db = open(&database);
    let guarded = db.guarded(inbox::guard(CONSUMER, &message("x"), Timestamp::now));

    let first: Result<(), Error> = guarded.write(|_| Ok(())).await;
    let second: Result<(), Error> = guarded.write(|_| panic!("the work must not begin")).await;

    assert!(first.is_ok());
    assert!(matches!(second, Err(Error::AlreadyHandled)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_message_is_a_dead_letter_until_it_is_replayed() {
    let database = TestDatabase::create();
    let db = open(&database);
    let listener = Arc::new(Listener::default());
    listener.plan.lock().unwrap().push(HandlerError::Reject("no such program".into()));
    let (bus, stop) = (Arc::new(LocalBus::default()), CancellationToken::new());
    bus.declare(&subscription(&db, &listener));
    let message = message("replayed");
    bus.publish(std::slice::from_ref(&message)).await;
    let consuming = {
        let (bus, subscription, stop) = (bus.clone(), subscription(&db, &listener), stop.clone());
        tokio::spawn(async move { bus.consume(subscription, stop).await })
    };

    let dead = loop {
        match bus.dead_letters(&subscription(&db, &listener), 10).await.unwrap() {
            dead if dead.is_empty() => tokio::time::sleep(Duration::from_millis(10)).await,
            dead => break dead,
        }
    };
    let replayed = bus.replay(&subscription(&db, &listener), message.id).await;

    assert_eq!(dead[0].reason.as_deref(), Some("no such program"));
    assert!(replayed.is_ok());
    assert_eq!(listener.has_handled(1).await, ["replayed"]);
    stop.cancel();
    consuming.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_message_waits_and_is_not_lost() {
    let database = TestDatabase::create();
    let db = open(&database);
    let listener = Arc::new(Listener::default());
    listener.plan.lock().unwrap().push(HandlerError::Retry("not yet".into()));
    let (bus, stop) = (Arc::new(LocalBus::default()), CancellationToken::new());
    bus.declare(&subscription(&db, &listener));
    bus.publish(&[message("late"), message("next")]).await;
    let consuming = {
        let (bus, subscription, stop) = (bus.clone(), subscription(&db, &listener), stop.clone());
        tokio::spawn(async move { bus.consume(subscription, stop).await })
    };

    listener.has_handled(1).await;
    stop.cancel();
    consuming.await.unwrap();
    let backlog = bus.backlog(&subscription(&db, &listener)).await;

    assert_eq!(backlog.unwrap(), Backlog { waiting: 1, dead: 0 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_nobody_listens_to_is_not_confirmed() {
    let bus = LocalBus::default();

    assert_eq!(bus.publish(&[message("x")]).await, [Err(PublishError::Unroutable)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_share_an_outbox_and_publish_each_message_once() {
    let database = TestDatabase::create();
    let (one, other) = (open(&database), open(&database));
    if !one.is_shared() {
        return;
    }
    let listener_database = TestDatabase::create();
    let heard = open(&listener_database);
    let listener = Arc::new(Listener::default());
    let (bus, stop) = (Arc::new(Counting::default()), CancellationToken::new());
    bus.local.declare(&subscription(&heard, &listener));
    for n in 0..200 {
        let event = event(&n.to_string());
        one.write(|conn| outbox::append(conn, event, Timestamp::now())).await.unwrap();
    }
    let relays = [one.clone(), other]
        .map(|db| tokio::spawn(Relay::new(db, "speaker", bus.clone()).run(stop.clone())));

    while one.read(outbox::backlog).await.unwrap().0 > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    stop.cancel();
    for relay in relays {
        relay.await.unwrap();
    }
    assert_eq!(bus.published.load(Ordering::Relaxed), 200);
}

/// Counts what is published on its way to the listeners.
#[derive(Default)]
struct Counting {
    local: LocalBus,
    published: AtomicUsize,
}

#[async_trait]
impl Bus for Counting {
    fn declare(&self, subscription: &Subscription) {
        self.local.declare(subscription);
    }

    async fn publish(&self, batch: &[Message]) -> Vec<Result<(), PublishError>> {
        self.published.fetch_add(batch.len(), Ordering::Relaxed);
        self.local.publish(batch).await
    }

    async fn consume(&self, subscription: Subscription, stop: CancellationToken) {
        self.local.consume(subscription, stop).await;
    }

    fn is_connected(&self) -> bool {
        self.local.is_connected()
    }

    async fn backlog(&self, subscription: &Subscription) -> Result<Backlog, BusError> {
        self.local.backlog(subscription).await
    }

    async fn dead_letters(
        &self,
        subscription: &Subscription,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, BusError> {
        self.local.dead_letters(subscription, limit).await
    }

    async fn replay(&self, subscription: &Subscription, id: Id<Message>) -> Result<(), BusError> {
        self.local.replay(subscription, id).await
    }
}

#[test]
fn both_databases_have_the_same_tables() {
    let differences = testkit::schema::differences(|| vec![messaging::TABLES]);
    assert!(differences.unwrap_or_default().is_empty());
}
