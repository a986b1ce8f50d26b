//! Bad input of every kind to every route: an answer, and never a fault of ours.

use reqwest::{Method, RequestBuilder};

use crate::Client;

const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// From how many bytes on an early answer may cut off a body, so that the client hears nothing.
const LONG: usize = 64 * 1024;

/// What one service's routes are tried with, besides bodies that suit no route of any.
pub struct Sweep {
    /// Each with its `?`.
    pub queries: &'static [&'static str],
    /// JSON that is right as JSON, or nearly.
    pub json: &'static [&'static str],
    /// Bodies of other media types.
    pub others: Vec<Body>,
}

/// A media type, and what is said to be of it.
pub type Body = (&'static str, Vec<u8>);

impl Sweep {
    /// Sends every method with every query and body to each path, as each client.
    ///
    /// # Panics
    ///
    /// At the first answer of 500 and more, and where nothing is answered.
    pub async fn over(&self, clients: &[Client], paths: &[String]) {
        let json = self.json.iter().map(|text| ("application/json", text.as_bytes().to_vec()));
        let bodies: Vec<Body> =
            bodies().into_iter().chain(json).chain(self.others.clone()).collect();
        for path in paths {
            for method in METHODS {
                for client in clients {
                    self.queries(client, &method, path).await;
                    send_bodies(client, &method, path, &bodies).await;
                }
            }
        }
    }

    async fn queries(&self, client: &Client, method: &Method, path: &str) {
        for query in self.queries {
            let path = format!("{path}{query}");
            let status = status(client.request(method.clone(), &path)).await;
            assert!(status.is_some_and(|status| status < 500), "{method} {path}: {status:?}");
        }
    }
}

async fn send_bodies(client: &Client, method: &Method, path: &str, bodies: &[Body]) {
    for (kind, body) in bodies {
        let request = client.request(method.clone(), path).header("Content-Type", *kind);
        let status = status(request.body(body.clone())).await;
        let is_answered = status.map_or(body.len() >= LONG, |status| status < 500);
        assert!(is_answered, "{method} {path} {kind}: {status:?}");
    }
}

/// Bodies that no route has a use for.
fn bodies() -> Vec<Body> {
    let json = "application/json";
    vec![
        (json, b"{".to_vec()),
        (json, b"\xff\xfe".to_vec()),
        (json, b"null".to_vec()),
        (json, b"\"\"".to_vec()),
        (json, b"{}".to_vec()),
        (json, b"[1e999]".to_vec()),
        (json, "[".repeat(100_000).into_bytes()),
        (json, vec![b' '; 6 * 1024 * 1024]),
        ("application/x-www-form-urlencoded", b"a[999999999]=1&%ff=%ff&username=%00".to_vec()),
        ("multipart/form-data", b"no boundary".to_vec()),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken".to_vec()),
        ("text/plain", b"text".to_vec()),
        ("no media type", b"text".to_vec()),
    ]
}

/// The status of the answer; nothing if it cut off the body, which an early answer may.
pub async fn status(request: RequestBuilder) -> Option<u16> {
    request.send().await.ok().map(|response| response.status().as_u16())
}
