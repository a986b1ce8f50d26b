//! A file that is sent while it is written, and taken back unless it is finished.

mod parts;

use std::{mem, sync::Arc};

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutPayloadMut, Result, path::Path};
use tokio_util::task::TaskTracker;

use self::parts::Parts;

/// Bytes held before they go to the store, in parts of this size: S3 takes no smaller ones.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// A file that appears when it is finished, whole. Dropped before, wherever it stands, it leaves
/// nothing: its parts are taken back ([`crate::Files::settled`] waits for that). Those of a process
/// that was killed are never seen, and a rule of the bucket ends them.
pub struct Upload {
    store: Arc<dyn ObjectStore>,
    path: Path,
    unfinished: TaskTracker,
    /// None while all that was written is shorter than one.
    parts: Option<Parts>,
    /// What belongs to no part yet.
    rest: PutPayloadMut,
}

impl Upload {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, path: Path, unfinished: TaskTracker) -> Self {
        Self { store, path, unfinished, parts: None, rest: PutPayloadMut::new() }
    }

    /// Appends bytes. Memory holds a few parts, and waits for the store when it is slow.
    ///
    /// # Errors
    ///
    /// If the store refuses; then there is nothing to go on with.
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<()> {
        loop {
            let free = PART_BYTES - self.rest.content_length();
            if bytes.len() < free {
                self.rest.push(bytes);
                return Ok(());
            }
            self.rest.push(bytes.split_to(free));
            self.send_part().await?;
        }
    }

    /// Makes the file visible, in place of one that has its name.
    ///
    /// # Errors
    ///
    /// If the store refuses; then nothing is to be seen.
    pub async fn finish(mut self) -> Result<()> {
        if self.parts.is_some() && !self.rest.is_empty() {
            self.send_part().await?;
        }
        match self.parts {
            Some(parts) => parts.complete().await,
            None => self.store.put(&self.path, self.rest.freeze()).await.map(drop),
        }
    }

    async fn send_part(&mut self) -> Result<()> {
        let parts = match self.parts.take() {
            Some(parts) => parts,
            None => parts::begin(&self.store, &self.path, &self.unfinished).await?,
        };
        self.parts.insert(parts).send(mem::take(&mut self.rest).freeze()).await
    }
}

#[cfg(test)]
mod tests;
