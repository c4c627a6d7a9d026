//! Taking away what nobody needs any more.

use super::files::Found;
use super::{BLOBS, BlobId, is_used};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{SignedDuration, Timestamp};
use crate::store::read::{Dir, ReadExt, Span};
use crate::store::{Read, Stamp, Store, StoreError};

/// Rows looked at in one write.
const STEP: usize = 500;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Collected {
    /// Blobs that nobody named any more.
    pub unused: u64,
    /// Files removed: those of the unused, and what crashes left over.
    pub files: u64,
}

impl Store {
    /// Forgets the blobs that no row has needed for `grace`, then removes every file without a row. While a backup is
    /// being made no file goes; the next round comes.
    pub async fn collect_blobs(&self, stamp: Stamp, grace: SignedDuration) -> Outcome<Collected> {
        let mut unused = 0;
        let mut from = None;
        loop {
            let step = self.write(stamp, move |tx| {
                let span = from.as_ref().map_or_else(Span::all, Span::after);
                let rows = tx.scan(&BLOBS, span, STEP, Dir::Up)?;
                let (mut gone, last) = (0, rows.last().map(|(id, _)| *id).filter(|_| rows.len() == STEP));
                for (id, blob) in rows {
                    if due(tx.now(), blob.put_at, grace) && !is_used(tx, id)? {
                        tx.delete(&BLOBS, &id)?;
                        gone += 1;
                    }
                }
                Ok((gone, last))
            });
            let (gone, last): (u64, Option<BlobId>) = step.await?;
            unused += gone;
            if last.is_none() {
                break;
            }
            from = last;
        }
        let store = self.clone();
        let swept = tokio::task::spawn_blocking(move || store.sweep_files()).await;
        Ok(Collected { unused, files: swept.map_err(Refusal::internal)?? })
    }

    /// Removes files without a row. Under the turn no file is being put in, and whoever puts one in after it wrote its
    /// row before.
    fn sweep_files(&self) -> Result<u64, StoreError> {
        let Some(_no_copy) = self.files.try_hold() else { return Ok(0) };
        let mut removed = 0;
        for found in self.files.list()? {
            let _turn = self.files.turn();
            match found {
                Found::Unfinished(path) => {
                    drop(std::fs::remove_file(path));
                    removed += 1;
                }
                Found::Blob(id) => {
                    let read = self.snapshot().map_err(|e| StoreError::corrupt("the store", e))?;
                    if read.get_bytes(&BLOBS.physical(&id))?.is_none() {
                        self.files.remove(id)?;
                        removed += 1;
                    }
                }
            }
        }
        Ok(removed)
    }
}

fn due(now: Timestamp, put_at: Timestamp, grace: SignedDuration) -> bool {
    now.duration_since(put_at) >= grace
}
