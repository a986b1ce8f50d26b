//! The parts of a file that a store has and nobody sees, until they are made one or taken back.

use std::{mem, sync::Arc};

use object_store::{
    Error, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, Result, path::Path,
};
use tokio::{runtime::Handle, task::JoinSet};
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};
use tracing::warn;

use crate::Failure;

/// Parts on their way at a time: memory holds as many, and the one that is being filled.
const PARTS_UNDER_WAY: usize = 2;

/// Parts that are taken back when this is dropped.
pub(super) struct Parts {
    /// Until it is complete.
    upload: Option<Box<dyn MultipartUpload>>,
    under_way: JoinSet<Result<()>>,
    unfinished: TaskTrackerToken,
    /// Where they are taken back: whoever drops them may have no runtime.
    runtime: Handle,
}

/// Asks the store to take parts. That goes on without whoever waits for it: a store that was asked may
/// have begun, and only its answer says what there is to take back.
pub(super) async fn begin(
    store: &Arc<dyn ObjectStore>,
    path: &Path,
    unfinished: &TaskTracker,
) -> Result<Parts> {
    let (store, path, unfinished) = (Arc::clone(store), path.clone(), unfinished.token());
    let beginning = tokio::spawn(async move {
        let upload = Some(store.put_multipart(&path).await?);
        let under_way = JoinSet::new();
        Ok::<_, Error>(Parts { upload, under_way, unfinished, runtime: Handle::current() })
    });
    beginning.await?
}

impl Parts {
    /// Sends the next part, once there are few enough under way.
    pub(super) async fn send(&mut self, part: PutPayload) -> Result<()> {
        self.wait_for_fewer_than(PARTS_UNDER_WAY).await?;
        if let Some(upload) = &mut self.upload {
            self.under_way.spawn(upload.put_part(part));
        }
        Ok(())
    }

    /// Makes the parts one file.
    pub(super) async fn complete(mut self) -> Result<()> {
        self.wait_for_fewer_than(1).await?;
        if let Some(upload) = &mut self.upload {
            upload.complete().await?;
        }
        self.upload = None;
        Ok(())
    }

    async fn wait_for_fewer_than(&mut self, most: usize) -> Result<()> {
        while self.under_way.len() >= most
            && let Some(sent) = self.under_way.join_next().await
        {
            sent??;
        }
        Ok(())
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        let Some(upload) = self.upload.take() else { return };
        let under_way = mem::take(&mut self.under_way);
        let unfinished = self.unfinished.clone();
        self.runtime.spawn(async move {
            taken_back(upload, under_way).await;
            drop(unfinished);
        });
    }
}

/// Ends what is under way first: a part that comes later might stay.
async fn taken_back(mut upload: Box<dyn MultipartUpload>, mut under_way: JoinSet<Result<()>>) {
    under_way.shutdown().await;
    match upload.abort().await {
        // Whoever was dropped while the file was completed may find that it was.
        Ok(()) | Err(Error::NotFound { .. }) => {}
        Err(error) => {
            let error = Failure::from(error);
            warn!(%error, "the parts of an unfinished file were not taken back");
        }
    }
}
