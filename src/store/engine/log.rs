//! The log in front of the file: groups of changes, one record each, made durable by one sync.
//!
//! A record begins at a multiple of [`BLOCK`], so that writing one never touches the sectors of another:
//!
//! | Bytes | What |
//! |---|---|
//! | 16 | the lap: drawn anew whenever the log begins again; the file says which one counts |
//! | 8 | the record's number in its lap, from 0 |
//! | 8 | the length of the changes |
//! | 32 | SHA-256 of all of the above and the changes |
//! | … | the changes: length of the key, length of the value (all ones: it is deleted), key, value |
//!
//! Guarantees: what [`whole`] answers are the records of one lap, each as it was written, none left out between them. A
//! record that was being written when the power went was never acknowledged, and is dropped. One that is broken although
//! a later one is there was acknowledged, and is told.
//!
//! Not guaranteed: that damage to the very last record is told, for it looks like one that was never finished.

use std::io;

use redb::StorageBackend;
use sha2::{Digest as _, Sha256};

use crate::base::secret::Entropy;
use crate::store::tx::Overlay;

pub const BLOCK: usize = 4096;
/// What a new log reserves; it grows by doubling.
const ROOM: u64 = 256 * 1024;
const HEAD: usize = 64;
const SUMMED: usize = 32;
const DELETED: u32 = u32::MAX;

pub type Lap = [u8; 16];

/// Something is missing between records that are there.
#[derive(Debug, PartialEq, Eq)]
pub struct Hole {
    /// Where the record should begin.
    pub at: usize,
}

/// Where the next record goes.
pub struct Log {
    disk: Box<dyn StorageBackend>,
    /// None until something was made durable beside the log: what it holds does not count.
    lap: Option<Lap>,
    number: u64,
    end: u64,
    /// Bytes that are allocated on the disk: writing there changes nothing but them.
    room: u64,
    most: u64,
}

impl Log {
    pub fn on(disk: Box<dyn StorageBackend>, most: u64) -> io::Result<Self> {
        let room = disk.len()?;
        Ok(Self { disk, lap: None, number: 0, end: 0, room, most })
    }

    /// Everything that lies on the disk.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        let len = usize::try_from(self.room).map_err(io::Error::other)?;
        let mut bytes = vec![0; len];
        self.disk.read(0, &mut bytes)?;
        Ok(bytes)
    }

    pub fn lap(&self) -> Option<&Lap> {
        self.lap.as_ref()
    }

    /// The name of the next lap.
    pub fn draw() -> Lap {
        Entropy::system().bytes()
    }

    /// From here on `lap` counts, and nothing is in it yet.
    pub fn begin(&mut self, lap: Lap) {
        (self.lap, self.number, self.end) = (Some(lap), 0, 0);
    }

    /// Whether this lap holds anything.
    pub fn is_begun(&self) -> bool {
        self.number > 0
    }

    /// Puts a record behind the last one; durable after [`Log::sync`]. False when there is no room for it, and none can
    /// be made.
    pub fn append(&mut self, changes: &Overlay) -> io::Result<bool> {
        let end = self.end + length(changes).next_multiple_of(BLOCK) as u64;
        let Some(lap) = self.lap.filter(|_| end <= self.most && self.reserve(end)) else { return Ok(false) };
        self.disk.write(self.end, &record(&lap, self.number, changes))?;
        (self.number, self.end) = (self.number + 1, end);
        Ok(true)
    }

    pub fn sync(&self) -> io::Result<()> {
        self.disk.sync_data()
    }

    /// Makes the disk allocate up to `end`, well ahead: a sync that only has to write bytes is the shortest.
    fn reserve(&mut self, end: u64) -> bool {
        const STEP: usize = 256 * 1024;
        if end <= self.room {
            return true;
        }
        let room = end.max(self.room * 2).max(ROOM).min(self.most);
        let zeros = vec![0; STEP];
        let grown = self.disk.set_len(room).and_then(|()| {
            (self.room..room).step_by(STEP).try_for_each(|at| {
                let rest = usize::try_from(room - at).unwrap_or(STEP).min(STEP);
                self.disk.write(at, &zeros[..rest])
            })
        });
        // A disk that is full takes the file's changes yet, or tells its own story.
        if grown.is_ok() {
            self.room = room;
        }
        grown.is_ok()
    }
}

/// Bytes of a record with these changes.
fn length(changes: &Overlay) -> usize {
    let each = |(key, value): (&Vec<u8>, &Option<Vec<u8>>)| 8 + key.len() + value.as_ref().map_or(0, Vec::len);
    HEAD + changes.iter().map(each).sum::<usize>()
}

fn record(lap: &Lap, number: u64, changes: &Overlay) -> Vec<u8> {
    let mut record = Vec::with_capacity(length(changes).next_multiple_of(BLOCK));
    record.resize(HEAD, 0);
    for (key, value) in changes {
        let value_len = value.as_ref().map_or(DELETED, |value| value.len() as u32);
        record.extend_from_slice(&(key.len() as u32).to_le_bytes());
        record.extend_from_slice(&value_len.to_le_bytes());
        record.extend_from_slice(key);
        record.extend_from_slice(value.as_deref().unwrap_or_default());
    }
    let length = (record.len() - HEAD) as u64;
    record[..16].copy_from_slice(lap);
    record[16..24].copy_from_slice(&number.to_le_bytes());
    record[24..32].copy_from_slice(&length.to_le_bytes());
    let sum = sum(&record[..SUMMED], &record[HEAD..]);
    record[SUMMED..HEAD].copy_from_slice(&sum);
    record.resize(record.len().next_multiple_of(BLOCK), 0);
    record
}

fn sum(head: &[u8], changes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(head).chain_update(changes).finalize().into()
}

/// The number and the changes of the record that begins these bytes, if a whole one of this lap does.
fn read<'a>(bytes: &'a [u8], lap: &Lap) -> Option<(u64, &'a [u8])> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    if head[..16] != lap[..] {
        return None;
    }
    let number = u64::from_le_bytes(head[16..24].try_into().ok()?);
    let length = u64::from_le_bytes(head[24..32].try_into().ok()?);
    let changes = rest.get(..usize::try_from(length).ok()?)?;
    (head[SUMMED..] == sum(&head[..SUMMED], changes)).then_some((number, changes))
}

/// The changes of every whole record of a lap, in order.
pub fn whole<'a>(bytes: &'a [u8], lap: &Lap) -> Result<Vec<&'a [u8]>, Hole> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some((number, changes)) = bytes.get(at..).and_then(|rest| read(rest, lap)) {
        if number != found.len() as u64 {
            return Err(Hole { at });
        }
        found.push(changes);
        at += (HEAD + changes.len()).next_multiple_of(BLOCK);
    }
    // What follows is what earlier laps left, or a record that was not finished. Nothing of this lap can come later.
    let later = (at..bytes.len()).step_by(BLOCK).any(|from| read(&bytes[from..], lap).is_some());
    if later { Err(Hole { at }) } else { Ok(found) }
}

/// The changes as they were handed in; `None` when these bytes are none.
pub fn changes(mut bytes: &[u8]) -> Option<Overlay> {
    let mut changes = Overlay::new();
    while !bytes.is_empty() {
        let (lengths, rest) = bytes.split_at_checked(8)?;
        let key_len = u32::from_le_bytes(lengths[..4].try_into().ok()?);
        let value_len = u32::from_le_bytes(lengths[4..].try_into().ok()?);
        let (key, rest) = rest.split_at_checked(key_len as usize)?;
        let kept = if value_len == DELETED { 0 } else { value_len as usize };
        let (value, rest) = rest.split_at_checked(kept)?;
        changes.insert(key.to_vec(), (value_len != DELETED).then(|| value.to_vec()));
        bytes = rest;
    }
    Some(changes)
}
