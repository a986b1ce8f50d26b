//! One message in a listener's hands, whichever bus brought it.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use model::Timestamp;
use tracing::Instrument;

use crate::{HandlerError, Message, Subscription, inbox, trace};

/// Runs the handler on `message`, guarded, under the trace of what caused it.
pub(crate) async fn deliver(
    subscription: &Subscription,
    message: Message,
) -> Result<(), HandlerError> {
    let consumer = subscription.consumer;
    let span = trace::span_of(consumer, &message);
    let guarded = subscription.db.guarded(inbox::guard(consumer, &message, Timestamp::now));
    let handling = AssertUnwindSafe(subscription.handler.handle(message, guarded)).catch_unwind();
    let outcome = handling.instrument(span).await;
    outcome.unwrap_or_else(|_panic| Err(HandlerError::Retry("the handler panicked".to_owned())))
}
