//! Awards by the thousand.

use std::time::{Duration, Instant};

use anyhow::ensure;
use e2e::{
    figures::Figures,
    load::{ceilings, table::Table},
    story::COURSE,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    Load,
    awards::{ROWS, of_plain},
    rate,
};

const A_REQUEST: usize = 1000;

impl Load<'_> {
    /// Awards 1,000 a request, from one client, and says whether the last cost what the first did.
    pub async fn bulk(&self, table: &mut Table, count: usize) -> anyhow::Result<()> {
        let url = format!("{}/api/v1/user-credentials/", self.teller.addresses.credentials);
        let (before, started) = (self.spent(), Instant::now());
        let mut took = Vec::new();
        for request in 0..count / A_REQUEST {
            let sent = Instant::now();
            self.bulk_request(&url, request).await?;
            took.push(sent.elapsed());
            if took.len().is_multiple_of(100) {
                let last: Duration = took.iter().rev().take(100).sum();
                println!("… {} awards, the last 100,000 in {last:.1?}", took.len() * A_REQUEST);
            }
        }
        let count = took.len() * A_REQUEST;
        let whole = started.elapsed();
        let settled = self.rest().await?;
        let spent = self.spent();
        let a_part = took.len().div_ceil(10);
        let first: Duration = took.iter().take(a_part).sum();
        let last: Duration = took.iter().rev().take(a_part).sum();
        let mut times = Figures::default();
        took.into_iter().for_each(|time| times.add(time));

        let (database, rows) = (self.postgres_url(), ROWS * A_REQUEST);
        let plain = ceilings::plain_sql(&database, 1, rows, Duration::from_secs(5)).await;
        let plain = plain.map(|requests| requests * 1000.0);
        let ours = rate(count, whole);
        table.add(
            format!("bulk award, {count} by 1,000 from one client"),
            format!("{ours:.0}/s, a request {}", times.short()),
            format!("{}; {}", of_plain(ours, plain), spent.told(&before, count)),
            "≥ 2,000/s",
        );
        table.add(
            "bulk award, the last tenth after the first",
            format!("{:.2} × the time", last.as_secs_f64() / first.as_secs_f64()),
            format!("all events handled {:.0} s after the last answer", settled.as_secs_f64()),
            "≤ 1.2 ×",
        );
        Ok(())
    }

    async fn bulk_request(&self, url: &str, request: usize) -> anyhow::Result<()> {
        let body: Vec<Value> = (0..A_REQUEST)
            .map(|n| {
                json!({ "username": format!("bulk-{request}-{n}"), "course_id": COURSE,
                    "certificate_type": "verified", "attributes": [] })
            })
            .collect();
        let administrator = &self.teller.administrator;
        let answer = administrator.send(Method::POST, url, Some(&Value::Array(body))).await?;
        ensure!(answer.status() == 207, "a bulk request was answered with {}", answer.status());
        let outcomes: Vec<Value> = answer.json().await?;
        ensure!(outcomes.iter().all(|each| each["status"] == 201), "{:?}", outcomes.first());
        Ok(())
    }
}
