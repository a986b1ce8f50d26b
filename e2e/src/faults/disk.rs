//! A full disk under the renderer's store: a file system in memory whose size is taken away.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use rand::{RngExt, rngs::StdRng};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use super::tally::Tally;

/// Room for the documents of a long run; only what is used takes memory.
const ROOMY: &str = "size=2g";

/// How long the disk is full at most: later tries of a message are minutes apart.
const FULL_FOR: Duration = Duration::from_secs(20);

/// How long it has room between two such times, in seconds.
const ROOM_S: std::ops::Range<u64> = 60..120;

/// How often it is tried to take away the room, or to give it back, while others write.
const TRIES: usize = 50;

/// How long between two tries.
const BREATH: Duration = Duration::from_millis(20);

/// A folder on a file system of its own, until it is dropped.
pub struct Disk(PathBuf);

impl Disk {
    /// Makes `folder` such a place.
    ///
    /// # Errors
    ///
    /// Where mounting is not permitted.
    pub async fn mount(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", ROOMY, "tmpfs"]).arg(folder);
        let output = mount.output().await.context("there is no program mount")?;
        let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        ensure!(output.status.success(), "{complaint}");
        Ok(Self(folder.to_owned()))
    }

    /// Fills it for a while, again and again, until `over`.
    pub async fn run(
        &self,
        mut random: StdRng,
        length: Duration,
        over: &CancellationToken,
        tally: &Tally,
    ) -> anyhow::Result<()> {
        let mut room = length / 4;
        while over.run_until_cancelled(tokio::time::sleep(room)).await.is_some() {
            self.fill().await?;
            tally.count("disk of the renderer's store full");
            over.run_until_cancelled(tokio::time::sleep(FULL_FOR.min(length / 4))).await;
            self.free().await?;
            room = Duration::from_secs(random.random_range(ROOM_S));
        }
        Ok(())
    }

    /// Takes away all room that is not used.
    async fn fill(&self) -> anyhow::Result<()> {
        for _ in 0..TRIES {
            let size = format!("size={}", self.used().await?);
            // Refused if more is used by now.
            if self.remount(&size).await? && self.is_full()? {
                return Ok(());
            }
            tokio::time::sleep(BREATH).await;
        }
        bail!("{} does not become full", self.0.display())
    }

    async fn free(&self) -> anyhow::Result<()> {
        for _ in 0..TRIES {
            if self.remount(ROOMY).await? {
                return Ok(());
            }
            tokio::time::sleep(BREATH).await;
        }
        bail!("{} stays full", self.0.display())
    }

    async fn remount(&self, size: &str) -> anyhow::Result<bool> {
        let mut mount = Command::new("mount");
        mount.arg("-o").arg(format!("remount,{size}")).arg(&self.0);
        Ok(mount.output().await?.status.success())
    }

    /// In bytes. A size of none would be no limit.
    async fn used(&self) -> anyhow::Result<u64> {
        let mut df = Command::new("df");
        let output = df.args(["--output=used", "--block-size=1"]).arg(&self.0).output().await?;
        let text = String::from_utf8(output.stdout)?;
        let used: u64 = text.lines().nth(1).context("df says how much is used")?.trim().parse()?;
        Ok(used.max(4096))
    }

    /// Whether nothing can be written: the fault is what it says.
    fn is_full(&self) -> anyhow::Result<bool> {
        let probe = self.0.join(".probe");
        let written = fs::write(&probe, [0_u8; 64 * 1024]);
        drop(fs::remove_file(&probe));
        match written {
            Err(error) if error.kind() == ErrorKind::StorageFull => Ok(true),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(false),
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a process that has not ended yet may hold a file.
        drop(std::process::Command::new("umount").arg("-l").arg(&self.0).status());
    }
}
