//! The body of a request as it comes, its size, and its digest.

use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};

use super::hold::Hold;
use crate::{domain::bulk::splitter::RowKind, error::Error};

/// A body of which a part has been read.
pub(super) struct Intake<B> {
    body: B,
    /// How many bytes may still come.
    left: usize,
    digest: Sha256,
}

impl<B, T> Intake<B>
where
    B: Stream<Item = Result<T, Error>> + Unpin,
    T: AsRef<[u8]>,
{
    /// Begins a body of at most `most_bytes`. The same bytes of another kind are another body.
    pub fn new(kind: RowKind, most_bytes: usize, body: B) -> Self {
        let kind: &[u8] = match kind {
            RowKind::JsonLines => b"jsonl:",
            RowKind::Csv => b"csv:",
        };
        Self { body, left: most_bytes, digest: Sha256::new_with_prefix(kind) }
    }

    /// The next bytes; nothing at the end.
    ///
    /// # Errors
    ///
    /// If the caller is gone, or has too much to say.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        let Some(bytes) = self.body.next().await.transpose()? else { return Ok(None) };
        let length = bytes.as_ref().len();
        self.left = self.left.checked_sub(length).ok_or(Error::BodyTooLarge)?;
        self.digest.update(bytes.as_ref());
        Ok(Some(bytes))
    }

    /// Reads what is left, so that the caller hears why its request was refused. Returns that
    /// reason, unless there is a worse one.
    pub async fn rest(&mut self, reason: Error) -> Error {
        self.skip().await.err().unwrap_or(reason)
    }

    /// Reads what is left.
    ///
    /// # Errors
    ///
    /// As [`Intake::next`].
    pub async fn skip(&mut self) -> Result<(), Error> {
        while self.next().await?.is_some() {}
        Ok(())
    }

    /// The digest of all that was read.
    pub fn digest(&self) -> String {
        hex::encode(self.digest.clone().finalize())
    }

    /// Reads the whole body, keeping hold of its request.
    ///
    /// # Errors
    ///
    /// [`Error::KeyReused`] if it has another digest.
    pub async fn is_the_same(
        &mut self,
        digest: &str,
        mut hold: Option<&mut Hold>,
    ) -> Result<(), Error> {
        while self.next().await?.is_some() {
            match &mut hold {
                Some(hold) if hold.should_speak() => hold.write(|_| Ok(())).await?,
                _ => {}
            }
        }
        if self.digest() == digest { Ok(()) } else { Err(Error::KeyReused) }
    }
}
