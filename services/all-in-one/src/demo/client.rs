//! HTTP as the demo's school and LMS speak it.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::bail;
use auth::Claims;
use reqwest::Method;
use serde_json::Value;

use crate::layout::{LMS_ISSUER, Layout, SCHOOL_CLIENT};

/// How long an operator's token is good, in seconds.
const OPERATOR_LIFE_S: i64 = 7 * 24 * 3600;

/// Calls the four services.
pub struct Client<'a> {
    http: reqwest::Client,
    layout: &'a Layout,
}

impl<'a> Client<'a> {
    pub fn new(layout: &'a Layout) -> Self {
        Self { http: reqwest::Client::new(), layout }
    }

    /// A token that the demo LMS signed for its own account.
    pub fn operator_token(&self) -> anyhow::Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().try_into()?;
        let claims = Claims {
            iss: LMS_ISSUER.to_owned(),
            iat: now,
            exp: now + OPERATOR_LIFE_S,
            preferred_username: Some("demo_lms".to_owned()),
            email: Some("lms@demo.invalid".to_owned()),
            administrator: Some(true),
            scope: Some("renderer.render renderer.read renderer.manage".to_owned()),
            ..Claims::default()
        };
        Ok(self.layout.lms.sign(&claims)?)
    }

    /// The token that the registrar gives the school for its secret.
    pub async fn school_token(&self, secret: &str) -> anyhow::Result<String> {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", SCHOOL_CLIENT),
            ("client_secret", secret),
            ("token_type", "jwt"),
        ];
        let url = format!("{}/oauth2/access_token/", self.registrar());
        let answer = self.http.post(url).form(&fields).send().await?;
        let body: Value = answer.error_for_status()?.json().await?;
        Ok(body["access_token"].as_str().unwrap_or_default().to_owned())
    }

    pub fn credentials(&self) -> String {
        self.layout.url(self.layout.ports.credentials)
    }

    pub fn registrar(&self) -> String {
        self.layout.url(self.layout.ports.registrar)
    }

    /// Sends JSON with a token, and wants a success.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        token: &str,
        body: &Value,
    ) -> anyhow::Result<Value> {
        let request =
            self.http.request(method.clone(), url).header("Authorization", format!("JWT {token}"));
        let answer = request.json(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() || status.as_u16() == 207 {
            bail!("{method} {url} answered {status}: {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Fetches a public page's text; `None` unless it answers 200.
    pub async fn page(&self, url: &str) -> anyhow::Result<Option<String>> {
        let answer = self.http.get(url).header("Accept", "text/html").send().await?;
        Ok(if answer.status().is_success() { Some(answer.text().await?) } else { None })
    }
}
