//! The checks that come before everything else, in the order that tells a stranger least:
//! who, whether allowed, how often.

use std::{
    sync::{Arc, atomic::AtomicU32, atomic::Ordering},
    time::Instant,
};

use actix_web::HttpRequest;
use web::Refusal;

use super::{caller, negotiation};
use crate::{
    app::{App, CallCount},
    domain::user::User,
};

/// The window in which calls are counted, in seconds.
const WINDOW_S: u64 = 60;

/// Lets a caller in who may do what is asked.
///
/// # Errors
///
/// 406, 401, 403 or 429. Only calls that were allowed are counted.
pub async fn admit(
    app: &App,
    request: &HttpRequest,
    allowed: impl FnOnce(&User) -> bool,
) -> Result<User, Refusal> {
    negotiation::accepts_json(request)?;
    let user = caller::authenticate(app, request).await?;
    if !allowed(&user) {
        return Err(Refusal::forbidden());
    }
    count(app, &user)?;
    Ok(user)
}

fn count(app: &App, user: &User) -> Result<(), Refusal> {
    let most = app.settings.throttles.credential_view;
    if most == 0 || user.is_unthrottled() {
        return Ok(());
    }
    let fresh = || Arc::new(CallCount { since: Instant::now(), calls: AtomicU32::new(0) });
    let count = app.calls.get_with(user.profile.username.clone(), fresh);
    if count.calls.fetch_add(1, Ordering::Relaxed) < most {
        return Ok(());
    }
    let elapsed = count.since.elapsed().as_secs();
    Err(Refusal::Throttled { seconds: WINDOW_S.saturating_sub(elapsed).max(1) })
}
