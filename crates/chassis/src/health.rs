//! Whether the process lives, and whether it can work.

use actix_web::{HttpResponse, web};
use database::{AnyConnection, Db, Error};
use serde_json::json;

pub(crate) fn mount(config: &mut web::ServiceConfig, db: Db) {
    config
        .route("/health/live", web::get().to(HttpResponse::Ok))
        .route("/health/live/", web::get().to(HttpResponse::Ok))
        .service(
            web::resource(["/health/ready", "/health/ready/"])
                .app_data(web::Data::new(db))
                .route(web::get().to(ready)),
        );
}

/// 503 names what is missing.
async fn ready(db: web::Data<Db>) -> HttpResponse {
    let reachable = database_is_reachable(&db).await;
    let status = |fine: bool| if fine { "OK" } else { "UNAVAILABLE" };
    let body = json!({ "status": status(reachable), "checks": { "database": status(reachable) } });
    if reachable {
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
