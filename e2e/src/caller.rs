//! HTTP with a token, and a retry for those who cannot afford to lose an answer.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::bail;
use auth::{Claims, SigningKey};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

/// Signs as the demo LMS.
pub struct Lms(pub SigningKey);

impl Lms {
    /// What it calls itself in its tokens.
    pub const ISSUER: &'static str = "https://lms.demo.invalid/oauth2";

    /// A token of the LMS's own account.
    pub fn administrator(&self) -> anyhow::Result<String> {
        self.token(Claims {
            preferred_username: Some("demo_lms".to_owned()),
            administrator: Some(true),
            scope: Some("renderer.render renderer.read renderer.manage".to_owned()),
            ..Claims::default()
        })
    }

    /// A learner's token; it tells name and address.
    pub fn learner(&self, username: &str, name: &str, email: &str) -> anyhow::Result<String> {
        self.token(Claims {
            preferred_username: Some(username.to_owned()),
            name: Some(name.to_owned()),
            email: Some(email.to_owned()),
            ..Claims::default()
        })
    }

    fn token(&self, claims: Claims) -> anyhow::Result<String> {
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
        let iss = Self::ISSUER.to_owned();
        Ok(self.0.sign(&Claims { iss, iat: now - 1, exp: now + 3600, ..claims })?)
    }
}

/// Sends requests.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    token: Option<String>,
    traceparent: Option<String>,
}

impl Caller {
    /// One who shows `token`, if any.
    pub fn new(token: Option<String>) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { http, token, traceparent: None })
    }

    /// The same caller with another token.
    #[must_use]
    pub fn with(&self, token: String) -> Self {
        Self { token: Some(token), ..self.clone() }
    }

    /// The same caller, whose requests are part of a trace (W3C Trace Context).
    #[must_use]
    pub fn traced(&self, traceparent: &str) -> Self {
        Self { traceparent: Some(traceparent.to_owned()), ..self.clone() }
    }

    /// One request, whatever it answers.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<Response> {
        let request = self.request(method, url);
        match body {
            Some(body) => request.json(body).send().await,
            None => request.send().await,
        }
    }

    /// One request with a body that is not JSON.
    pub async fn send_text(
        &self,
        method: Method,
        url: &str,
        media_type: &str,
        body: String,
    ) -> reqwest::Result<Response> {
        self.request(method, url).header("Content-Type", media_type).body(body).send().await
    }

    fn request(&self, method: Method, url: &str) -> RequestBuilder {
        let mut request = self.http.request(method, url);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("JWT {token}"));
        }
        if let Some(traceparent) = &self.traceparent {
            request = request.header("traceparent", traceparent);
        }
        request
    }

    /// GET that wants JSON and success.
    pub async fn json(&self, url: &str) -> anyhow::Result<Value> {
        Ok(self.send(Method::GET, url, None).await?.error_for_status()?.json().await?)
    }

    /// The status and text of a GET.
    pub async fn text(&self, url: &str) -> anyhow::Result<(StatusCode, String)> {
        let answer = self.send(Method::GET, url, None).await?;
        Ok((answer.status(), answer.text().await?))
    }

    /// Repeats a request until it is answered with something other than a fault of the server's.
    pub async fn until_answered(
        &self,
        method: Method,
        url: &str,
        body: &Value,
        patience: Duration,
    ) -> anyhow::Result<Value> {
        let started = Instant::now();
        loop {
            let answered = async {
                let answer = self.send(method.clone(), url, Some(body)).await?;
                Ok::<_, reqwest::Error>((answer.status(), answer.text().await?))
            };
            match answered.await {
                Ok((status, text)) if status.is_success() => {
                    return Ok(serde_json::from_str(&text)?);
                }
                Ok((status, text)) if status.is_client_error() => {
                    bail!("{method} {url} was refused with {status}: {text}")
                }
                Ok(_) | Err(_) if started.elapsed() < patience => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Ok((status, text)) => bail!("{method} {url} still answers {status}: {text}"),
                Err(error) => bail!("{method} {url} is still not answered: {error}"),
            }
        }
    }
}
