//! Processor time, from the kernel's own count.

use std::{collections::BTreeMap, fs, path::Path};

use crate::suite::SERVICES;

/// Ticks of the kernel's clock in a second, as Linux has them on every common machine.
const TICKS_PER_S: f64 = 100.0;

/// Whose time is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    Service(&'static str),
    Postgres,
    Broker,
}

impl Whose {
    fn name(self) -> &'static str {
        match self {
            Self::Service(service) => service.trim_end_matches("-service"),
            Self::Postgres => "PostgreSQL",
            Self::Broker => "broker",
        }
    }
}

/// Seconds of processor time so far.
#[derive(Debug, Clone, Default)]
pub struct Spent(BTreeMap<Whose, f64>);

impl Spent {
    /// What all processes under the suite in `folder` have spent.
    pub fn now(folder: &Path) -> Self {
        let processes = processes();
        let mut spent = Self::default();
        for service in SERVICES {
            for id in ids(folder, service) {
                spent.add(&processes, Whose::Service(service), Some(id));
            }
        }
        spent.add(&processes, Whose::Postgres, id_in(&folder.join("postgres/data/postmaster.pid")));
        spent.add(&processes, Whose::Broker, id_in(&folder.join("rabbitmq/pid")));
        spent
    }

    /// Milliseconds an operation that one of them spent, between `before` and now.
    #[expect(clippy::cast_precision_loss, reason = "a count of operations is small")]
    pub fn ms_each(&self, before: &Self, whose: Whose, operations: usize) -> f64 {
        let of = |spent: &Self| spent.0.get(&whose).copied().unwrap_or_default();
        (of(self) - of(before)) * 1000.0 / operations.max(1) as f64
    }

    /// The same of all four services together.
    pub fn ours_ms_each(&self, before: &Self, operations: usize) -> f64 {
        let each = |service| self.ms_each(before, Whose::Service(service), operations);
        SERVICES.into_iter().map(each).sum()
    }

    /// Who spent how much on an operation, in words.
    pub fn told(&self, before: &Self, operations: usize) -> String {
        let told = |whose: &Whose| {
            format!("{} {:.2}", whose.name(), self.ms_each(before, *whose, operations))
        };
        let (services, servers): (Vec<&Whose>, Vec<&Whose>) =
            self.0.keys().partition(|whose| matches!(whose, Whose::Service(_)));
        let list = |whose: Vec<&Whose>| whose.into_iter().map(told).collect::<Vec<_>>().join(", ");
        format!(
            "CPU ms each: ours {:.2} ({}), {}",
            self.ours_ms_each(before, operations),
            list(services),
            list(servers)
        )
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
    ids(folder, service).filter_map(resident_mib).sum()
}

/// How much memory the processes hold that one service's processes started.
pub fn memory_of_children_mib(folder: &Path, service: &str) -> f64 {
    let parents: Vec<u32> = ids(folder, service).collect();
    let children = processes().into_iter().filter(|(_, each)| parents.contains(&each.parent));
    children.filter_map(|(id, _)| resident_mib(id)).sum()
}

/// The processes of one service.
fn ids(folder: &Path, service: &str) -> impl Iterator<Item = u32> {
    (1..).map_while(move |number| id_in(&folder.join(format!("processes/{service}-{number}"))))
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
