//! One award and everything that follows from it, as a stranger can see it.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use reqwest::{Method, StatusCode, header::RETRY_AFTER};
use serde_json::{Value, json};

use crate::{
    caller::{Answer, Caller, Lms},
    suite::Addresses,
};

/// A course that the demo configured.
pub const COURSE: &str = "course-v1:Northlake+DS101+2026";

/// Calls the services as the LMS and as a stranger.
pub struct Teller {
    pub lms: Lms,
    pub administrator: Caller,
    pub stranger: Caller,
    pub addresses: Addresses,
}

/// A credential that was awarded, and where it is.
#[derive(Debug, Clone)]
pub struct Award {
    pub username: String,
    pub uuid: String,
    pub page: String,
}

/// What a stranger finds from the page of a complete award.
#[derive(Debug, Clone)]
pub struct Findings {
    pub pdf: String,
    /// The assertion's JSON.
    pub assertion: String,
}

impl Teller {
    pub fn new(lms: Lms, addresses: Addresses) -> anyhow::Result<Self> {
        let administrator = Caller::new(Some(lms.administrator()?))?;
        let stranger = Caller::new(None)?;
        Ok(Self { lms, administrator, stranger, addresses })
    }

    /// The same, for a suite whose processes are killed: see [`Caller::patient`].
    #[must_use]
    pub fn patient(self) -> Self {
        Self {
            administrator: self.administrator.patient(),
            stranger: self.stranger.patient(),
            ..self
        }
    }

    /// Lets a learner call once, so that the suite knows name and address.
    pub async fn introduce(
        &self,
        username: &str,
        name: &str,
        patience: Duration,
    ) -> anyhow::Result<()> {
        let token =
            self.lms.learner(username, name, &format!("{username}@learners.example.org"))?;
        let url = format!("{}/api/v2/credentials/?username={username}", self.addresses.credentials);
        self.administrator
            .with(token)
            .until_answered(Method::GET, &url, &Value::Null, patience)
            .await
            .map(drop)
    }

    /// The demo school, with a token that the registrar gave it.
    pub async fn school(&self, secret: &str) -> anyhow::Result<Caller> {
        Ok(self.stranger.with(self.school_token(secret).await?))
    }

    /// A token that the registrar gives the demo school.
    pub async fn school_token(&self, secret: &str) -> anyhow::Result<String> {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", "demo-school"),
            ("client_secret", secret),
            ("token_type", "jwt"),
        ];
        let url = format!("{}/oauth2/access_token/", self.addresses.registrar);
        let answer = reqwest::Client::new().post(url).form(&fields).send().await?;
        let answer: Value = answer.error_for_status()?.json().await?;
        Ok(answer["access_token"].as_str().context("a token is text")?.to_owned())
    }

    /// All rows of the school's export of a program's completions.
    pub async fn completions(
        &self,
        secret: &str,
        program: &str,
        patience: Duration,
    ) -> anyhow::Result<Vec<Value>> {
        let school = self.school(secret).await?;
        let registrar = &self.addresses.registrar;
        let url = format!("{registrar}/api/v3/programs/{program}/completions");
        let job = school.json(&url).await?;
        let job_url = job["job_url"].as_str().context("a job has an address")?.to_owned();
        let started = Instant::now();
        loop {
            let job = school.json(&job_url).await?;
            match job["state"].as_str() {
                Some("Succeeded") => {
                    let result = job["result"].as_str().unwrap_or_default();
                    let rows = self.stranger.json(result).await?;
                    return Ok(rows.as_array().cloned().unwrap_or_default());
                }
                Some("Failed") => bail!("the completions job failed"),
                _ => ensure!(started.elapsed() < patience, "the completions job does not end"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Posts a completion until it is answered.
    pub async fn award(&self, username: &str, patience: Duration) -> anyhow::Result<Award> {
        let body = json!({
            "username": username,
            "credential": { "course_run_key": COURSE, "mode": "verified" },
        });
        let url = format!("{}/api/v2/credentials/", self.addresses.credentials);
        let made = self.administrator.until_answered(Method::POST, &url, &body, patience).await?;
        let text =
            |key: &str| made[key].as_str().map(str::to_owned).with_context(|| key.to_owned());
        Ok(Award {
            username: username.to_owned(),
            uuid: text("uuid")?,
            page: text("certificate_url")?,
        })
    }

    /// Changes the status of an award.
    pub async fn set_status(
        &self,
        award: &Award,
        status: &str,
        patience: Duration,
    ) -> anyhow::Result<()> {
        let url = format!("{}/api/v2/credentials/{}/", self.addresses.credentials, award.uuid);
        let body = json!({ "status": status });
        let answered = self.administrator.until_answered(Method::PATCH, &url, &body, patience);
        answered.await.map(drop)
    }

    /// What the page links to, once it has both PDF and badge and both answer.
    pub async fn findings(&self, award: &Award) -> anyhow::Result<Option<Findings>> {
        let (status, page) = self.stranger.text(&award.page).await?;
        let badge = link_to(&page, "/badge/assertions/");
        let (true, Some(badge)) =
            (status == StatusCode::OK && page.contains("certificate.pdf\""), badge)
        else {
            return Ok(None);
        };
        let id = badge.rsplit('/').next().unwrap_or_default();
        let assertion = format!("{}/public/assertions/{id}", self.addresses.badges);
        let pdf = format!("{}certificate.pdf", award.page);
        let pdf = self.stranger.get(&pdf).await?;
        let (assertion_status, _) = self.stranger.text(&assertion).await?;
        let whole = pdf.status.is_success()
            && pdf.body.starts_with(b"%PDF")
            && assertion_status.is_success();
        Ok(whole.then(|| Findings { pdf: pdf.url.to_string(), assertion }))
    }

    /// Waits for [`Teller::findings`].
    pub async fn complete(&self, award: &Award, patience: Duration) -> anyhow::Result<Findings> {
        let started = Instant::now();
        loop {
            if let Some(findings) = self.findings(award).await? {
                return Ok(findings);
            }
            if started.elapsed() >= patience {
                let (status, page) = self.stranger.text(&award.page).await?;
                let has = |what: &str| if page.contains(what) { "yes" } else { "no" };
                bail!(
                    "{} is not complete after {patience:?}: it answers {status}; PDF {}, given up {}, \
                     badge {}",
                    award.page,
                    has("certificate.pdf\""),
                    has("There is no PDF of this certificate."),
                    has("/badge/assertions/"),
                );
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Looks at the picture that social networks show, which is made for whoever looks first; answers
    /// where it is.
    pub async fn preview(&self, award: &Award, patience: Duration) -> anyhow::Result<String> {
        let started = Instant::now();
        loop {
            let url = format!("{}preview.png", award.page);
            let Answer { url, status, headers, body } = self.stranger.get(&url).await?;
            if status == StatusCode::OK {
                ensure!(body.starts_with(b"\x89PNG"), "{url} is no picture");
                return Ok(url.to_string());
            }
            ensure!(headers.contains_key(RETRY_AFTER), "{url} answers {status}");
            ensure!(started.elapsed() < patience, "{url} is not there after {patience:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until page, PDF and assertion are dead.
    pub async fn dead(
        &self,
        award: &Award,
        findings: &Findings,
        patience: Duration,
    ) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let (page, _) = self.stranger.text(&award.page).await?;
            let (pdf, _) = self.stranger.text(&findings.pdf).await?;
            let (assertion, _) = self.stranger.text(&findings.assertion).await?;
            if (page, pdf, assertion) == (StatusCode::NOT_FOUND, StatusCode::GONE, StatusCode::GONE)
            {
                return Ok(());
            }
            if started.elapsed() > patience {
                bail!("after {patience:?}: page {page}, PDF {pdf}, assertion {assertion}");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until the page is gone, whatever it once showed.
    pub async fn gone(&self, award: &Award, patience: Duration) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let (page, _) = self.stranger.text(&award.page).await?;
            if page == StatusCode::NOT_FOUND {
                return Ok(());
            }
            ensure!(started.elapsed() < patience, "{} is revoked and answers {page}", award.page);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a file answers that it was taken away.
    pub async fn gone_for_good(&self, url: &str, patience: Duration) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let (status, _) = self.stranger.text(url).await?;
            if status == StatusCode::GONE {
                return Ok(());
            }
            ensure!(started.elapsed() < patience, "{url} should be gone and answers {status}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// All credentials that the service knows of learners whose names begin with `prefix`.
    pub async fn all_awards(&self, prefix: &str) -> anyhow::Result<Vec<Value>> {
        let mut next = Some(format!("{}/api/v2/credentials/", self.addresses.credentials));
        let mut all = Vec::new();
        while let Some(url) = next {
            let page = self.administrator.json(&url).await?;
            let results = page["results"].as_array().cloned().unwrap_or_default();
            let ours = |credential: &Value| {
                credential["username"].as_str().is_some_and(|name| name.starts_with(prefix))
            };
            all.extend(results.into_iter().filter(ours));
            next = page["next"].as_str().map(str::to_owned);
        }
        Ok(all)
    }

    /// All assertions of the badge class of this assertion, revoked ones too.
    pub async fn assertions_of_class(&self, assertion: &str) -> anyhow::Result<Vec<Value>> {
        let document = self.stranger.json(&format!("{assertion}.json")).await?;
        let badge = document["badge"].as_str().context("an assertion names its badge class")?;
        let id = badge.rsplit('/').next().unwrap_or_default();
        let mut next = Some(format!(
            "{}/v2/badgeclasses/{id}/assertions?include_revoked=1&include_expired=1&num=500",
            self.addresses.badges
        ));
        let mut all = Vec::new();
        while let Some(url) = next {
            let answer = self.administrator.get(&url).await?.successful()?;
            next = next_page(&answer);
            let page: Value = serde_json::from_slice(&answer.body)?;
            all.extend(page["result"].as_array().cloned().unwrap_or_default());
        }
        Ok(all)
    }

    /// How many of the demo's learners hold [`COURSE`].
    pub async fn demo_holders(&self) -> anyhow::Result<usize> {
        let all = self.all_awards("").await?;
        let ours = |credential: &&Value| {
            let username = credential["username"].as_str().unwrap_or_default();
            credential["credential"]["course_run_key"] == COURSE && username.contains('.')
        };
        Ok(all.iter().filter(ours).count())
    }
}

/// The neighbour that the header `Link` names as next (RFC 8288).
fn next_page(answer: &Answer) -> Option<String> {
    let links = answer.headers.get("Link")?.to_str().ok()?;
    let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    let (_, rest) = next.split_once('<')?;
    rest.split_once('>').map(|(url, _)| url.to_owned())
}

/// The first link of a page whose address contains `part`.
fn link_to(page: &str, part: &str) -> Option<String> {
    let mut links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.find(|link| link.contains(part)).map(str::to_owned)
}
