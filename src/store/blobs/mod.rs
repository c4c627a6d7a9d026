//! Blobs: files too large for a row (photos, documents, attachments), named by what is in them.
//!
//! Guarantees
//! - A blob is on disk, whole and synced, before [`Store::put_blob`] answers its name; so whatever refers to it does so
//!   rightly after every crash. The same bytes are kept once.
//! - It stays as long as a row of [`USES`] names it. What nobody names is collected after a time of grace, in which
//!   the write that wants it can still come.
//! - Backups, exports and `verify` treat blobs as part of the data.
//!
//! How a room uses it: `let id = site.store.put_blob(site.stamp(), bytes).await?`, then [`keep`] in the write that
//! stores `id` in a row, and [`release`] in the one that takes it out again.

mod collect;
mod files;
mod id;

pub use collect::Collected;
pub(super) use files::Files;
pub use id::BlobId;

use serde::{Deserialize, Serialize};

use super::read::{Dir, ReadExt, Span};
use super::table::Table;
use super::{Read, Stamp, Store, StoreError, Tx};
use crate::base::limits::BLOB_BYTES;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    pub bytes: u64,
    /// When it was last handed in; the time of grace counts from here.
    pub put_at: Timestamp,
}

/// What was handed in and not collected yet. The row is there before the file, so a file without a row is left over.
pub static BLOBS: Table<BlobId, Blob> = Table::new(0x0103, "blobid_blob");
/// Who needs a blob (`reviews.photo|<id>`), and since when.
pub static USES: Table<(BlobId, String), Timestamp> = Table::new(0x0104, "blobid_place_since");

/// Says in the write that stores a blob's name that it is needed, under a name that only this use has.
pub fn keep(tx: &mut Tx, id: BlobId, place: &str) -> Outcome<()> {
    if !tx.has(&BLOBS, &id)? {
        return Err(Refusal::conflict("BLOB_GONE", "This file was handed in too long ago. Upload it again."));
    }
    let now = tx.now();
    tx.put(&USES, &(id, place.to_owned()), &now)
}

/// Takes a use back; the blob goes some time after its last one.
pub fn release(tx: &mut Tx, id: BlobId, place: &str) -> Outcome<()> {
    // The time of grace counts from here: an answer that shows the blob may still be on its way.
    if let Some(blob) = tx.get(&BLOBS, &id)? {
        let put_at = tx.now();
        tx.put(&BLOBS, &id, &Blob { put_at, ..blob })?;
    }
    tx.delete(&USES, &(id, place.to_owned()))
}

pub fn is_used(read: &dyn Read, id: BlobId) -> Outcome<bool> {
    Ok(!read.scan(&USES, Span::prefix(&(id,)), 1, Dir::Up)?.is_empty())
}

impl Store {
    /// Keeps bytes and answers their name. Until some write [`keep`]s it, it lives for the time of grace.
    pub async fn put_blob(&self, stamp: Stamp, bytes: Vec<u8>) -> Outcome<BlobId> {
        if bytes.is_empty() || bytes.len() > BLOB_BYTES {
            let most = BLOB_BYTES / 1024 / 1024;
            return Err(Refusal::new(413, "FILE_TOO_LARGE", format!("A file has between 1 byte and {most} MB.")));
        }
        let (id, size) = (BlobId::of(&bytes), bytes.len() as u64);
        // Said before it is done: from here on the collector leaves the file alone.
        self.write(stamp, move |tx| {
            let blob = Blob { bytes: size, put_at: tx.now() };
            tx.put(&BLOBS, &id, &blob)
        })
        .await?;
        let files = self.files.clone();
        let saved = tokio::task::spawn_blocking(move || files.save(id, &bytes)).await;
        saved.map_err(Refusal::internal)??;
        Ok(id)
    }

    /// The bytes of a blob, if it is there and still what its name says.
    pub fn blob(&self, id: BlobId) -> Outcome<Option<Vec<u8>>> {
        Ok(self.files.load(id)?)
    }
}

/// Every blob a state needs, with its size, in order of names.
pub(super) fn needed(read: &dyn Read, mut visit: impl FnMut(BlobId, u64) -> Result<(), StoreError>) -> Outcome<()> {
    read.each(&BLOBS, |id, blob| if is_used(read, id)? { Ok(visit(id, blob.bytes)?) } else { Ok(()) })
}

/// Every use names a blob that was handed in. Whether its file is whole, [`Store::verify`] looks at.
pub(super) fn uses_have_blobs(read: &dyn Read) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    super::table::each(read, USES.id(), |key, _| {
        // What does not decode was told when the table was walked.
        let Ok((id, place)) = <(BlobId, String) as super::Key>::read(&mut &key[2..]) else { return Ok(()) };
        if read.get_bytes(&BLOBS.physical(&id))?.is_none() {
            wrong.push(format!("{place} needs blob {id}, which was never handed in"));
        }
        Ok(())
    })?;
    Ok(wrong)
}
