//! The bus between processes, on a real broker: `TEST_AMQP_URL`.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use database::{Db, Error, Options};
use messaging::{
    Backlog, Bus, BusError, Handler, HandlerError, Message, PublishError, Queue, RabbitBus,
    Subscription,
};
use model::Id;
use serde_json::json;
use testkit::TestDatabase;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long a test waits for what must come. The first retry is due after five seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A bus, a listener on it, and names that no other test uses.
struct Stage {
    bus: Arc<RabbitBus>,
    listener: Arc<Listener>,
    subscription: Subscription,
    routing_key: &'static str,
    stop: CancellationToken,
    consuming: Option<JoinHandle<()>>,
    _database: TestDatabase,
}

/// Notes what it was told, and how often; fails as its plan says, last entry first.
#[derive(Default)]
struct Listener {
    handled: Mutex<Vec<(Id<Message>, u32)>>,
    plan: Mutex<Vec<HandlerError>>,
}

#[async_trait]
impl Handler for Listener {
    async fn handle(&self, message: Message, db: Db) -> Result<(), HandlerError> {
        if let Some(error) = self.plan.lock().unwrap().pop() {
            return Err(error);
        }
        db.write(|_| Ok::<_, Error>(())).await?;
        self.handled.lock().unwrap().push((message.id, message.attempt));
        Ok(())
    }
}

impl Stage {
    /// `None`, with a word about it, where there is no broker.
    fn set() -> Option<Self> {
        let Ok(url) = std::env::var("TEST_AMQP_URL") else {
            eprintln!("not run: TEST_AMQP_URL names no broker");
            return None;
        };
        let name: &'static str = format!("test-{}", uuid::Uuid::new_v4().simple()).leak();
        let routing_key: &'static str = format!("{name}.noun.done.v1").leak();
        let routing_keys: &'static [&'static str] = vec![routing_key].leak();
        let database = TestDatabase::create();
        let tables = vec![messaging::TABLES];
        let db = Db::open(database.url(), tables, Options { threads: 2 }).unwrap();
        let listener = Arc::new(Listener::default());
        let subscription = Subscription {
            consumer: name,
            family: name,
            queues: vec![Queue { name, routing_keys, concurrency: 8 }],
            db,
            handler: Arc::<Listener>::clone(&listener),
        };
        Some(Self {
            bus: Arc::new(RabbitBus::new(&url, name)),
            listener,
            subscription,
            routing_key,
            stop: CancellationToken::new(),
            consuming: None,
            _database: database,
        })
    }

    async fn listen(mut self) -> Self {
        let (bus, subscription) = (Arc::clone(&self.bus), self.subscription.clone());
        let stop = self.stop.clone();
        self.consuming = Some(tokio::spawn(async move { bus.consume(subscription, stop).await }));
        until("the broker is heard", || async { self.bus.is_connected() }).await;
        self
    }

    fn message(&self) -> Message {
        let body = json!({ "said": "something" });
        let routing_key = self.routing_key.to_owned();
        Message { id: Id::fresh(), routing_key, body, traceparent: None, attempt: 1 }
    }

    async fn handled(&self, count: usize) -> Vec<(Id<Message>, u32)> {
        until("messages are handled", || async {
            self.listener.handled.lock().unwrap().len() >= count
        })
        .await;
        self.listener.handled.lock().unwrap().clone()
    }

    async fn end(mut self) {
        self.stop.cancel();
        if let Some(consuming) = self.consuming.take() {
            consuming.await.unwrap();
        }
    }
}

async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let started = Instant::now();
    while !is_so().await {
        assert!(started.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_messages_is_confirmed_and_each_is_handled_once() {
    let Some(stage) = Stage::set() else { return };
    let stage = stage.listen().await;
    let batch: Vec<Message> = (0..200).map(|_| stage.message()).collect();

    let answers = stage.bus.publish(&batch).await;
    let again = stage.bus.publish(&batch).await;

    assert!(answers.iter().chain(&again).all(Result::is_ok), "{answers:?}");
    let mut handled = stage.handled(200).await;
    until("nothing waits", || async {
        let backlog = stage.bus.backlog(&stage.subscription).await.unwrap();
        backlog == Backlog::default()
    })
    .await;
    handled.sort();
    assert_eq!(handled.len(), 200);
    handled.dedup();
    assert_eq!(handled.len(), 200);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_listens_to_is_not_confirmed() {
    let Some(stage) = Stage::set() else { return };

    let answers = stage.bus.publish(&[stage.message()]).await;

    assert_eq!(answers, [Err(PublishError::Unroutable)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_window_just_what_nobody_listens_to_is_not_confirmed() {
    let Some(stage) = Stage::set() else { return };
    let stage = stage.listen().await;
    let mut batch: Vec<Message> = (0..200).map(|_| stage.message()).collect();
    for message in batch.iter_mut().skip(3).step_by(7) {
        message.routing_key.push_str(".unheard");
    }

    let answers = stage.bus.publish(&batch).await;

    let unheard = |n: usize| n % 7 == 3;
    for (n, answer) in answers.iter().enumerate() {
        let expected = if unheard(n) { Err(PublishError::Unroutable) } else { Ok(()) };
        assert_eq!(*answer, expected, "message {n}");
    }
    let heard = (0..200).filter(|n| !unheard(*n)).count();
    assert_eq!(stage.handled(heard).await.len(), heard);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_while_nobody_was_there_is_heard_on_return() {
    let Some(stage) = Stage::set() else { return };
    let mut stage = stage.listen().await;
    stage.stop.cancel();
    stage.consuming.take().unwrap().await.unwrap();

    assert_eq!(stage.bus.publish(&[stage.message()]).await, [Ok(())]);
    stage.stop = CancellationToken::new();
    let stage = stage.listen().await;

    assert_eq!(stage.handled(1).await.len(), 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_message_comes_back_after_its_delay_as_its_second_attempt() {
    let Some(stage) = Stage::set() else { return };
    let stage = stage.listen().await;
    stage.listener.plan.lock().unwrap().push(HandlerError::Retry("not yet".into()));
    let (message, told) = (stage.message(), Instant::now());

    stage.bus.publish(std::slice::from_ref(&message)).await;

    assert_eq!(stage.handled(1).await, [(message.id, 2)]);
    assert!(told.elapsed() >= Duration::from_secs(5), "{:?}", told.elapsed());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_waits_for_the_listeners_database_without_counting_attempts() {
    let Some(stage) = Stage::set() else { return };
    let stage = stage.listen().await;
    stage.listener.plan.lock().unwrap().push(HandlerError::Unavailable("away".into()));
    let message = stage.message();

    stage.bus.publish(std::slice::from_ref(&message)).await;

    assert_eq!(stage.handled(1).await, [(message.id, 1)]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_message_is_a_dead_letter_with_its_reason_until_it_is_replayed() {
    let Some(stage) = Stage::set() else { return };
    let stage = stage.listen().await;
    stage.listener.plan.lock().unwrap().push(HandlerError::Reject("no such program".into()));
    let message = stage.message();
    stage.bus.publish(std::slice::from_ref(&message)).await;
    until("there is a dead letter", || async {
        stage.bus.backlog(&stage.subscription).await.unwrap().dead == 1
    })
    .await;

    let letters = stage.bus.dead_letters(&stage.subscription, 10).await.unwrap();
    let other = stage.bus.replay(&stage.subscription, Id::fresh()).await;
    stage.bus.replay(&stage.subscription, message.id).await.unwrap();

    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].message_id, message.id);
    assert_eq!(letters[0].routing_key, stage.routing_key);
    assert_eq!(letters[0].reason.as_deref(), Some("no such program"));
    assert_eq!(letters[0].body, Some(message.body));
    assert!(letters[0].dead_at.is_some());
    assert!(matches!(other, Err(BusError::NoSuchLetter(_))));
    assert_eq!(stage.handled(1).await, [(message.id, 1)]);
    until("the letter is gone", || async {
        stage.bus.backlog(&stage.subscription).await.unwrap() == Backlog::default()
    })
    .await;
    stage.end().await;
}
