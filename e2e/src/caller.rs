//! HTTP with a token, and a retry for those who cannot afford to lose an answer.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{bail, ensure};
use auth::{Claims, SigningKey};
use bytes::Bytes;
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url, header::HeaderMap};
use serde_json::Value;

/// How long a token is good for, in seconds: longer than the longest run, also by a clock that is ten
/// minutes ahead.
const GOOD_FOR_S: i64 = 24 * 3600;

/// How long a patient caller repeats a GET whose connection broke.
const UNBROKEN_WITHIN: Duration = Duration::from_secs(30);

/// How long to wait before what was not answered is asked again.
const BREATH: Duration = Duration::from_millis(50);

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
        Ok(self.0.sign(&Claims { iss, iat: now - 1, exp: now + GOOD_FOR_S, ..claims })?)
    }
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Of the last request, where one led to another.
    pub url: Url,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    async fn read(answer: Response) -> reqwest::Result<Self> {
        let (url, status) = (answer.url().clone(), answer.status());
        let headers = answer.headers().clone();
        Ok(Self { url, status, headers, body: answer.bytes().await? })
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The same answer if it is a success.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn successful(self) -> anyhow::Result<Self> {
        ensure!(
            self.status.is_success(),
            "{} answers {}: {:.300}",
            self.url,
            self.status,
            self.text()
        );
        Ok(self)
    }
}

/// Sends requests.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    token: Option<String>,
    traceparent: Option<String>,
    is_patient: bool,
}

impl Caller {
    /// One who shows `token`, if any.
    pub fn new(token: Option<String>) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { http, token, traceparent: None, is_patient: false })
    }

    /// The same caller, who repeats a GET whose connection breaks, for half a minute, as any client may
    /// do (RFC 9110, 9.2.2): where processes are killed and started, that is nobody's fault.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { is_patient: true, ..self }
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

    /// Whatever a GET answers.
    pub async fn get(&self, url: &str) -> reqwest::Result<Answer> {
        let started = Instant::now();
        loop {
            let answered = async { Answer::read(self.send(Method::GET, url, None).await?).await };
            match answered.await {
                Err(error)
                    if self.is_patient
                        && is_broken(&error)
                        && started.elapsed() < UNBROKEN_WITHIN =>
                {
                    tokio::time::sleep(BREATH).await;
                }
                answered => return answered,
            }
        }
    }

    /// GET that wants JSON and success.
    pub async fn json(&self, url: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&self.get(url).await?.successful()?.body)?)
    }

    /// The status and text of a GET.
    pub async fn text(&self, url: &str) -> reqwest::Result<(StatusCode, String)> {
        let answer = self.get(url).await?;
        Ok((answer.status, answer.text()))
    }

    /// Repeats a request until it succeeds, or is refused for good.
    pub async fn until_answered(
        &self,
        method: Method,
        url: &str,
        body: &Value,
        patience: Duration,
    ) -> anyhow::Result<Value> {
        let started = Instant::now();
        loop {
            let answered =
                async { Answer::read(self.send(method.clone(), url, Some(body)).await?).await };
            match answered.await {
                Ok(answer) if answer.status.is_success() => {
                    return Ok(serde_json::from_slice(&answer.body)?);
                }
                Ok(answer) if is_refusal(answer.status) => {
                    bail!("{method} {url} was refused with {}: {}", answer.status, answer.text())
                }
                Ok(_) | Err(_) if started.elapsed() < patience => tokio::time::sleep(BREATH).await,
                Ok(answer) => {
                    bail!("{method} {url} still answers {}: {}", answer.status, answer.text())
                }
                Err(error) => bail!("{method} {url} is still not answered: {error}"),
            }
        }
    }
}

/// Whether a request was not answered, or not to its end.
fn is_broken(error: &reqwest::Error) -> bool {
    error.is_connect() || error.is_request() || error.is_body() || error.is_decode()
}

/// Whether the same request will be refused again: not if it came too slowly, too early or too often.
fn is_refusal(status: StatusCode) -> bool {
    let passes =
        [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    status.is_client_error() && !passes.contains(&status)
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::is_refusal;

    #[test]
    fn what_may_be_answered_next_time_is_no_refusal() {
        for status in [400, 401, 403, 404, 409, 410, 422] {
            assert!(is_refusal(StatusCode::from_u16(status).unwrap()), "{status}");
        }
        for status in [200, 302, 408, 425, 429, 500, 503] {
            assert!(!is_refusal(StatusCode::from_u16(status).unwrap()), "{status}");
        }
    }
}
