//! A store that speaks S3, and one that is away. What is the same in a folder is in `artifacts`.

use diesel::RunQueryDsl;
use events::renderer::RenderingFinished;
use messaging::HandlerError;
use testkit::store_of_a_test::{nowhere, s3_toml, s3_url};

use crate::given::{
    App, app_on_store, app_with, eventually, operator, path_of, request, request_verified_by,
};
use crate::jobs::job;

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// How many renders the database knows.
async fn renders(app: &App) -> i64 {
    let query = diesel::sql_query("SELECT count(*) AS number FROM renders");
    let read = app
        .db()
        .read(move |conn| Ok::<_, database::Error>(query.get_result::<Count>(conn)?.number));
    read.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn services_that_share_a_store_serve_each_others_files_until_they_are_removed() {
    let app = app_on_store().await;
    let other = app.another().await;
    let made = operator(&app)
        .post("/v1/renders", request_verified_by("0199c0de000070008000000000000001"))
        .await;
    let path = path_of(&app, &made.json, "pdf");

    let (here, there) = (app.anonymous().get(&path).await, other.anonymous().get(&path).await);
    assert_eq!((here.status, there.status), (200, 200));
    assert_eq!(here.bytes, there.bytes);

    assert_eq!(operator(&other).delete(made.header("Location")).await.status, 204);
    eventually(&app.anonymous(), &path, |answer| answer.status == 410).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_away_nothing_is_half_recorded_and_nobody_is_sent_here() {
    if s3_url().is_none() {
        println!("Not run: TEST_S3_URL names no store, so there are no credentials");
        return;
    }
    let app = app_with(&format!("[store]\n{}", s3_toml(&nowhere()))).await;

    let answer = operator(&app).post("/v1/renders", request("Ada")).await;
    assert_eq!((answer.status, answer.json["code"].as_str()), (503, Some("store_unavailable")));
    assert_eq!(answer.header("Retry-After"), "5");
    let job = app.receives(&job(1, request("Ada"))).await;
    assert!(matches!(job, Err(HandlerError::Retry(_))), "{job:?}");
    assert!(app.said::<RenderingFinished>().await.is_empty());
    assert_eq!(renders(&app).await, 0);

    let ready = app.anonymous().get("/readyz").await;
    assert_eq!((ready.status, ready.json["checks"]["store"].as_str()), (503, Some("unavailable")));
    let ready = app.anonymous().get("/health/ready").await;
    assert_eq!((ready.status, ready.json["checks"]["files"].as_str()), (503, Some("UNAVAILABLE")));
    assert_eq!(app.anonymous().get("/health/live").await.status, 200);
}
