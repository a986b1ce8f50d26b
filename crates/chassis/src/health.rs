//! Whether the process lives, and whether it can work.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{HttpResponse, web};
use database::{AnyConnection, Db, Error};
use files::Files;
use futures_util::future::{BoxFuture, join_all};
use serde_json::{Map, Value, json};

/// What a service wants beside its database; each check says whether it is there at this moment.
#[derive(Clone, Default)]
pub struct Needs(Arc<Mutex<Vec<Need>>>);

#[derive(Clone)]
struct Need {
    name: &'static str,
    /// Whether nothing can be done without it.
    is_required: bool,
    is_there: Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>,
}

impl Needs {
    /// Adds a check; its name is what a probe reads.
    ///
    /// Without what it looks for the service still does its work, though not all of it. That is no
    /// reason to send nobody to it, so it counts as degraded, not as unready.
    pub fn add<F>(&self, name: &'static str, is_there: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = bool> + Send + 'static,
    {
        self.push(name, false, is_there);
    }

    /// Adds the place of files, without which some work cannot be done.
    pub async fn add_files(&self, files: &Files) {
        self.push_files(files, false).await;
    }

    /// Adds the place of files, without which nothing can be done.
    pub async fn require_files(&self, files: &Files) {
        self.push_files(files, true).await;
    }

    async fn push_files(&self, files: &Files, is_required: bool) {
        // What is wrong is in the log before anybody asks.
        files.is_reachable().await;
        let files = files.clone();
        self.push("files", is_required, move || {
            let files = files.clone();
            async move { files.is_reachable().await }
        });
    }

    fn push<F>(
        &self,
        name: &'static str,
        is_required: bool,
        is_there: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = bool> + Send + 'static,
    {
        let mut needs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_there = Arc::new(move || -> BoxFuture<'static, bool> { Box::pin(is_there()) });
        needs.push(Need { name, is_required, is_there });
    }

    /// Name, whether it is required, and whether it is there.
    async fn look(&self) -> Vec<(&'static str, bool, bool)> {
        let needs = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let looks = needs
            .into_iter()
            .map(|need| async move { (need.name, need.is_required, (need.is_there)().await) });
        join_all(looks).await
    }
}

pub(crate) fn mount(config: &mut web::ServiceConfig, db: Db, needs: Needs) {
    config
        .route("/health/live", web::get().to(HttpResponse::Ok))
        .route("/health/live/", web::get().to(HttpResponse::Ok))
        .service(
            web::resource(["/health/ready", "/health/ready/"])
                .app_data(web::Data::new(db))
                .app_data(web::Data::new(needs))
                .route(web::get().to(ready)),
        );
}

/// 503 without the database, or without what else is required; 200 otherwise, and the body names what
/// is missing.
async fn ready(db: web::Data<Db>, needs: web::Data<Needs>) -> HttpResponse {
    let mut found = vec![("database", true, database_is_reachable(&db).await)];
    found.extend(needs.look().await);
    let works = found.iter().all(|(_, is_required, fine)| *fine || !is_required);
    let all = found.iter().all(|(_, _, fine)| *fine);
    let word = |fine: bool| json!(if fine { "OK" } else { "UNAVAILABLE" });
    let checks: Map<String, Value> =
        found.into_iter().map(|(name, _, fine)| (name.to_owned(), word(fine))).collect();
    let status = match (works, all) {
        (true, true) => "OK",
        (true, false) => "DEGRADED",
        (false, _) => "UNAVAILABLE",
    };
    let body = json!({ "status": status, "checks": checks });
    if works {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// Whether the database answers.
pub async fn database_is_reachable(db: &Db) -> bool {
    db.read(|conn: &mut AnyConnection| conn.execute_batch("SELECT 1"))
        .await
        .map_err(|_: Error| ())
        .is_ok()
}
