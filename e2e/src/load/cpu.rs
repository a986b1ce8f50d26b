//! Processor time, from the kernel's own count.

use std::{collections::BTreeMap, fs, path::Path};

/// Ticks of the kernel's clock in a second, as Linux has them on every common machine.
const TICKS_PER_S: f64 = 100.0;

/// Whose time is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    Ours,
    Postgres,
    Broker,
}

/// Seconds of processor time so far.
#[derive(Debug, Clone, Default)]
pub struct Spent(BTreeMap<Whose, f64>);

impl Spent {
    /// What all processes under the suite in `folder` have spent.
    pub fn now(folder: &Path) -> Self {
        let processes = processes();
        let mut spent = Self::default();
        let ours = fs::read_dir(folder.join("processes")).into_iter().flatten().flatten();
        for file in ours {
            spent.add(&processes, Whose::Ours, id_in(&file.path()));
        }
        spent.add(&processes, Whose::Postgres, id_in(&folder.join("postgres/data/postmaster.pid")));
        spent.add(&processes, Whose::Broker, id_in(&folder.join("rabbitmq/pid")));
        spent
    }

    /// Milliseconds an operation, between `before` and now.
    #[expect(clippy::cast_precision_loss, reason = "a count of operations is small")]
    pub fn ms_each(&self, before: &Self, whose: Whose, operations: usize) -> f64 {
        let of = |spent: &Self| spent.0.get(&whose).copied().unwrap_or_default();
        (of(self) - of(before)) * 1000.0 / operations.max(1) as f64
    }

    /// Adds a process and all that descend from it.
    fn add(&mut self, processes: &BTreeMap<u32, Process>, whose: Whose, root: Option<u32>) {
        let Some(root) = root else { return };
        let mut family = vec![root];
        let mut at = 0;
        while let Some(parent) = family.get(at).copied() {
            family.extend(
                processes.iter().filter(|(_, each)| each.parent == parent).map(|(id, _)| *id),
            );
            at += 1;
        }
        let seconds: f64 =
            family.iter().filter_map(|id| processes.get(id)).map(|each| each.seconds).sum();
        *self.0.entry(whose).or_default() += seconds;
    }
}

/// How much memory the processes of one service hold, in MiB, without their children.
pub fn memory_mib(folder: &Path, service: &str) -> f64 {
    let of = |number: usize| id_in(&folder.join(format!("processes/{service}-{number}")));
    (1..).map_while(of).filter_map(resident_mib).sum()
}

fn resident_mib(id: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

struct Process {
    parent: u32,
    /// Its own, and of its children that ended.
    seconds: f64,
}

fn processes() -> BTreeMap<u32, Process> {
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id: u32| Some((id, process(id)?))).collect()
}

/// Source: proc(5), `/proc/pid/stat`: fields 4 (parent) and 14 to 17 (times).
fn process(id: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11..15)?.iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    Some(Process { parent: fields.get(1)?.parse().ok()?, seconds: ticks / TICKS_PER_S })
}

fn id_in(file: &Path) -> Option<u32> {
    fs::read_to_string(file).ok()?.lines().next()?.trim().parse().ok()
}
