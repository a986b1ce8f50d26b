//! The same request gives the same bytes, in whichever process.

use renderer_service::engine::{Limits, Priority};
use serde_json::json;

use crate::given::{NAMES, job, pool, rendered, request};

#[tokio::test]
async fn two_processes_make_the_same_bytes() {
    let (one, two) = (pool(1, Limits::default()), pool(1, Limits::default()));
    for (script, name) in [NAMES[0], NAMES[2], NAMES[5]] {
        let mut request = request(name);
        request["outputs"] = json!(["pdf", "png", "svg", "card"]);
        let first = one.render(job(request.clone()), Priority::Interactive).await.unwrap();
        // The second process has other documents in its caches.
        two.render(job(crate::given::request("Someone Else")), Priority::Bulk).await.unwrap();
        let second = two.render(job(request.clone()), Priority::Bulk).await.unwrap();
        assert_eq!(first.files, second.files, "{script}");
        assert_eq!(first.files, rendered(request).unwrap().files, "{script}");
    }
}
