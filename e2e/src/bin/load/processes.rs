//! What each process costs before it does anything: memory, and the time until it is ready.

use std::time::{Duration, Instant};

use e2e::{
    load::{cpu, table::Table},
    suite::{Part, SERVICES},
};

use crate::{Load, PATIENCE};

impl Load<'_> {
    /// How much memory each service holds.
    pub fn memory(&self, table: &mut Table, when: &str, aim: &'static str) {
        for service in SERVICES {
            let mib = cpu::memory_mib(self.folder, service);
            let workers = cpu::memory_of_children_mib(self.folder, service);
            let beside = match workers {
                0.0 => String::new(),
                workers => format!("its workers, together: {workers:.0} MiB"),
            };
            table.add(format!("{service}, {when}"), format!("{mib:.0} MiB"), beside, aim);
        }
    }

    /// How long each service takes from its start to its first "ready", one after the other.
    pub async fn start(&self, table: &mut Table) -> anyhow::Result<()> {
        for service in SERVICES {
            let started = Instant::now();
            let part = Part::Service { name: service, number: 1 };
            self.suite.break_part(part, Duration::ZERO).await?;
            self.suite.ready(&self.teller.stranger, PATIENCE).await?;
            table.add(
                format!("{service}, from start to ready"),
                format!("{:.2} s", started.elapsed().as_secs_f64()),
                "after `kill -9`, with database and broker; looked at every 20 ms".to_owned(),
                "≤ 1 s",
            );
        }
        Ok(())
    }
}
