//! What schools send and fetch: enrollments and exports.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use e2e::{
    caller::Caller,
    figures::Figures,
    load::{cpu, table::Table},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{Load, PATIENCE, rate};

const PROGRAM: &str = "masters-in-data-science";

const SERVICE: &str = "registrar-service";

/// What one request to v1 takes.
const FEW: usize = 25;

impl Load<'_> {
    /// Enrolls by 25 and by 1,000, then by 10,000 until there are `enrollments`, and exports them.
    pub async fn schools(&self, table: &mut Table, enrollments: usize) -> anyhow::Result<()> {
        let school = self.teller.school(&self.suite.school_secret()?).await?;
        let mut enrolled = 0;
        for (version, a_request) in [("v1", FEW), ("v3", 1000), ("v3", 10_000)] {
            let most = match a_request {
                10_000 => enrollments.saturating_sub(enrolled),
                a_request => 10 * a_request,
            };
            let (before, started) = (self.spent(), Instant::now());
            let (mut times, mut count) = (Figures::default(), 0);
            while count < most {
                let sent = Instant::now();
                self.enroll(&school, version, enrolled + count, a_request).await?;
                times.add(sent.elapsed());
                count += a_request;
            }
            let took = started.elapsed();
            self.rest().await?;
            enrolled += count;
            table.add(
                format!("enrollments, {a_request} a request ({version})"),
                format!("{:.0}/s, a request {}", rate(count, took), times.short()),
                self.spent().told(&before, count),
                "",
            );
        }
        self.export(table, &school, enrolled).await
    }

    async fn enroll(
        &self,
        school: &Caller,
        version: &str,
        first: usize,
        count: usize,
    ) -> anyhow::Result<()> {
        let registrar = &self.teller.addresses.registrar;
        let url = format!("{registrar}/api/{version}/programs/{PROGRAM}/enrollments");
        let rows = (first..first + count)
            .map(|n| json!({ "student_key": format!("L-{n:07}"), "status": "enrolled" }));
        let answer = if version == "v1" {
            let url = format!("{url}/");
            school.send(Method::POST, &url, Some(&rows.collect())).await?
        } else {
            let lines: String = rows.map(|row| format!("{row}\n")).collect();
            school.send_text(Method::POST, &url, "application/x-ndjson", lines).await?
        };
        let status = answer.status();
        ensure!(status == StatusCode::OK, "{status}: {:.300}", answer.text().await?);
        Ok(())
    }

    /// One job, from the request to the whole file.
    async fn export(
        &self,
        table: &mut Table,
        school: &Caller,
        enrolled: usize,
    ) -> anyhow::Result<()> {
        let registrar = &self.teller.addresses.registrar;
        for format in ["json", "csv"] {
            let url = format!("{registrar}/api/v1/programs/{PROGRAM}/enrollments/?fmt={format}");
            let idle = cpu::memory_mib(self.folder, SERVICE);
            let (started, mut most) = (Instant::now(), idle);
            let job = school.json(&url).await?;
            let job = job["job_url"].as_str().context("a job has an address")?.to_owned();
            let result = loop {
                most = most.max(cpu::memory_mib(self.folder, SERVICE));
                let job: Value = school.json(&job).await?;
                if let Some(result) = job["result"].as_str() {
                    break result.to_owned();
                }
                ensure!(job["state"] != "Failed", "the export failed");
                ensure!(started.elapsed() < PATIENCE, "the export does not end");
                tokio::time::sleep(Duration::from_millis(20)).await;
            };
            let made = started.elapsed();
            let (status, text) = self.teller.stranger.text(&result).await?;
            let rows = text.matches("L-").count();
            ensure!(status == StatusCode::OK && rows == enrolled, "{rows} of {enrolled}: {status}");
            most = most.max(cpu::memory_mib(self.folder, SERVICE));
            table.add(
                format!("export of {enrolled} enrollments as {format}"),
                format!("{:.1} s", made.as_secs_f64()),
                format!(
                    "{} KiB; {:.1} s until it was fetched; memory {idle:.0} MiB before, {most:.0} MiB at most",
                    text.len() / 1024,
                    started.elapsed().as_secs_f64()
                ),
                "≤ 10 s",
            );
        }
        Ok(())
    }
}
