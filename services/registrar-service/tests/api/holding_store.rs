//! A store that speaks a little S3 and never says that it has kept what it was given: whoever writes a
//! file there is held until the test lets go.

use std::{sync::Arc, time::Duration};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    http::Method,
    web::{self, Data},
};
use tokio::sync::Notify;

/// How long to wait for somebody who writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// What it says to whoever begins a file that comes in parts, and to whoever looks whether it is there.
const BEGUN: &str = "<InitiateMultipartUploadResult><UploadId>one</UploadId>\
                     </InitiateMultipartUploadResult>";
const NOTHING: &str = "<ListBucketResult></ListBucketResult>";

pub struct HoldingStore {
    url: String,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    was_given: Notify,
    took_back: Notify,
}

impl HoldingStore {
    pub fn start() -> Self {
        let seen = Arc::<Seen>::default();
        let data = Data::from(Arc::clone(&seen));
        let app = move || App::new().app_data(Data::clone(&data)).default_service(web::to(answer));
        let server = HttpServer::new(app).workers(1).disable_signals();
        let server = server.bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        tokio::spawn(server.run());
        Self { url, seen }
    }

    /// What a registrar is told that keeps its files there.
    pub fn environment(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("REGISTRAR__STORAGE__URL", "s3://bucket"),
            ("REGISTRAR__STORAGE__S3_ENDPOINT", &self.url),
            ("REGISTRAR__STORAGE__S3_PATH_STYLE", "true"),
            ("REGISTRAR__STORAGE__S3_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ]
    }

    /// Until somebody is held.
    pub async fn holds_somebody(&self) {
        let given = tokio::time::timeout(PATIENCE, self.seen.was_given.notified()).await;
        given.expect("somebody writes a file");
    }

    /// Until somebody takes the parts of an unfinished file back.
    pub async fn took_back(&self) {
        let taken = tokio::time::timeout(PATIENCE, self.seen.took_back.notified()).await;
        taken.expect("somebody takes back what is unfinished");
    }
}

async fn answer(seen: Data<Seen>, request: HttpRequest) -> HttpResponse {
    match *request.method() {
        Method::PUT => {
            seen.was_given.notify_one();
            std::future::pending().await
        }
        Method::POST => HttpResponse::Ok().body(BEGUN),
        Method::DELETE => {
            seen.took_back.notify_one();
            HttpResponse::NoContent().finish()
        }
        _ => HttpResponse::Ok().body(NOTHING),
    }
}
