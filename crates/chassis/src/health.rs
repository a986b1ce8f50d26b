//! Whether the process lives, and whether it can work.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{HttpResponse, web};
use database::{AnyConnection, Db, Error};
use serde_json::{Map, Value, json};

/// What a service wants beside its database; each check says whether it is there at this moment.
///
/// Without one of them the service still does its work, though not all of it: what it has to say
/// waits. That is no reason to send nobody to it, so it counts as degraded, not as unready.
#[derive(Clone, Default)]
pub struct Needs(Arc<Mutex<Vec<Need>>>);

type Need = (&'static str, Arc<dyn Fn() -> bool + Send + Sync>);

impl Needs {
    /// Adds a check; its name is what a probe reads.
    pub fn add(&self, name: &'static str, is_there: impl Fn() -> bool + Send + Sync + 'static) {
        let mut needs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        needs.push((name, Arc::new(is_there)));
    }

    fn look(&self) -> Vec<(&'static str, bool)> {
        let needs = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        needs.into_iter().map(|(name, is_there)| (name, is_there())).collect()
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

/// 503 without the database; 200 otherwise, and the body names what is missing.
async fn ready(db: web::Data<Db>, needs: web::Data<Needs>) -> HttpResponse {
    let works = database_is_reachable(&db).await;
    let mut found = vec![("database", works)];
    found.extend(needs.look());
    let all = found.iter().all(|(_, fine)| *fine);
    let word = |fine: bool| json!(if fine { "OK" } else { "UNAVAILABLE" });
    let checks: Map<String, Value> =
        found.into_iter().map(|(name, fine)| (name.to_owned(), word(fine))).collect();
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
