//! What strangers read, beside a server that has the same bytes in memory.

use std::time::Instant;

use e2e::{
    figures::Figures,
    load::{ceilings, hammer, table::Table},
};

use crate::{Load, PATIENCE};

const CLIENTS: usize = 32;

/// How many pages and assertions are asked for once.
const COLD: usize = 500;

impl Load<'_> {
    /// Page, assertion and PDF of one award: first asked for, asked for again, and not changed.
    pub async fn reads(&self, table: &mut Table) -> anyhow::Result<()> {
        self.teller.introduce("read", "Zoë Marlowe", PATIENCE).await?;
        let award = self.teller.award("read", PATIENCE).await?;
        let findings = self.teller.complete(&award, PATIENCE).await?;
        self.rest().await?;
        let assertion = format!("{}.json", findings.assertion);
        for (what, url) in
            [("assertion JSON", &assertion), ("public page", &award.page), ("PDF", &findings.pdf)]
        {
            self.read(table, what, url).await?;
        }
        self.cold(table, &findings.assertion).await
    }

    async fn read(&self, table: &mut Table, what: &str, url: &str) -> anyhow::Result<()> {
        let answer = self.teller.stranger.get(url).await?;
        let tag = answer.headers.get("ETag").and_then(|tag| tag.to_str().ok());
        let tag = tag.map(str::to_owned);
        let bytes = answer.body.len();
        let (ceiling, server) = ceilings::same_answer(&answer)?;
        let best = hammer::get(&ceiling, "", 200, CLIENTS, self.how_long / 2).await?;
        server.abort();
        let ours = hammer::get(url, "", 200, CLIENTS, self.how_long / 2).await?;
        table.add(
            format!("{what}, hot"),
            format!("{:.0}/s, {}", ours.rate(), ours.times.short()),
            format!(
                "{:.2} of a server with the same headers and {bytes} bytes ({:.0}/s)",
                ours.rate() / best.rate(),
                best.rate()
            ),
            "≥ 0.7",
        );
        if let Some(tag) = tag {
            let header = format!("If-None-Match: {tag}\r\n");
            let unchanged = hammer::get(url, &header, 304, CLIENTS, self.how_long / 2).await?;
            table.add(
                format!("{what}, 304"),
                format!("{:.0}/s, {}", unchanged.rate(), unchanged.times.short()),
                String::new(),
                "",
            );
        }
        Ok(())
    }

    /// Pages and assertions that nobody asked for since the services started.
    async fn cold(&self, table: &mut Table, assertion: &str) -> anyhow::Result<()> {
        let awards = self.teller.all_awards("").await?;
        let assertions = self.teller.assertions_of_class(assertion).await?;
        let live = assertions.iter().filter(|assertion| assertion["revoked"] != true);
        let ids = live.filter_map(|assertion| assertion["entityId"].as_str());
        let badges = &self.teller.addresses.badges;
        let assertions = ids.map(|id| format!("{badges}/public/assertions/{id}.json")).collect();
        let pages = awards.iter().filter(|award| award["status"] == "awarded");
        let pages = pages.filter_map(|award| award["certificate_url"].as_str().map(str::to_owned));
        let pages = pages.collect();
        // A restart empties what the services remember.
        for service in ["credentials-service", "badge-service"] {
            self.suite.restart(service, 1).await?;
        }
        self.suite.ready(&self.teller.stranger, PATIENCE).await?;
        self.each_once(table, "assertion JSON, cold", assertions).await?;
        self.each_once(table, "public page, cold", pages).await
    }

    async fn each_once(
        &self,
        table: &mut Table,
        what: &str,
        mut urls: Vec<String>,
    ) -> anyhow::Result<()> {
        urls.truncate(COLD);
        let mut times = Figures::default();
        for url in &urls {
            let sent = Instant::now();
            self.teller.stranger.text(url).await?;
            times.add(sent.elapsed());
        }
        let beside = format!("{} after a restart, one after the other", urls.len());
        table.add(what, times.short(), beside, "");
        Ok(())
    }
}
