//! A disk that freezes: at its n-th sync it loses what a power cut would lose, and answers nothing from then on.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use redb::StorageBackend;

/// What of the writes since the last finished sync is on the platter when the power goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tail {
    /// All of it; only the answer was lost.
    Durable,
    /// Any sectors of it, in no order.
    Torn,
    /// Only the file's first page, without what it points to; the file did not even grow.
    HeaderOnly,
}

const SECTOR: usize = 512;
const HEADER: u64 = 4096;

#[derive(Clone)]
pub struct Disk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// What a reader sees, and what would survive.
    seen: Vec<u8>,
    safe: Vec<u8>,
    since: Vec<Change>,
    syncs: u64,
    freeze: Option<(u64, Tail)>,
    frozen: bool,
}

enum Change {
    Len(usize),
    Bytes(usize, Vec<u8>),
}

impl Disk {
    /// Holds `content`; freezes at the given sync, counted from here.
    pub fn new(content: Vec<u8>, freeze: Option<(u64, Tail)>) -> Self {
        Self(Arc::new(Mutex::new(State { seen: content.clone(), safe: content, freeze, ..State::default() })))
    }
    /// What is left after the power cut.
    pub fn left(&self) -> Vec<u8> {
        self.0.lock().unwrap().safe.clone()
    }
    pub fn is_frozen(&self) -> bool {
        self.0.lock().unwrap().frozen
    }
    fn awake(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.0.lock().unwrap();
        if state.frozen { Err(io::Error::other("the disk is frozen")) } else { Ok(state) }
    }
}

impl State {
    fn settle(&mut self, tail: Tail) {
        for (n, change) in std::mem::take(&mut self.since).into_iter().enumerate() {
            match change {
                Change::Len(len) if tail != Tail::HeaderOnly => self.safe.resize(len, 0),
                Change::Len(_) => {}
                Change::Bytes(at, bytes) => {
                    for (i, sector) in bytes.chunks(SECTOR).enumerate() {
                        let from = at + i * SECTOR;
                        if survives(tail, from, self.syncs ^ n as u64) && from + sector.len() <= self.safe.len() {
                            self.safe[from..from + sector.len()].copy_from_slice(sector);
                        }
                    }
                }
            }
        }
    }
}

fn survives(tail: Tail, at: usize, salt: u64) -> bool {
    match tail {
        Tail::Durable => true,
        Tail::HeaderOnly => (at as u64) < HEADER,
        Tail::Torn => ((at as u64 / SECTOR as u64) ^ salt).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 63 == 0,
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.awake()?.seen.len() as u64)
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let (state, at) = (self.awake()?, offset as usize);
        let bytes = state.seen.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.awake()?;
        state.seen.resize(len as usize, 0);
        state.since.push(Change::Len(len as usize));
        Ok(())
    }
    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.awake()?;
        state.syncs += 1;
        match state.freeze {
            Some((at, tail)) if at == state.syncs => {
                state.settle(tail);
                state.frozen = true;
                Err(io::Error::other("the disk froze while it synced"))
            }
            _ => {
                state.settle(Tail::Durable);
                Ok(())
            }
        }
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let (mut state, at) = (self.awake()?, offset as usize);
        state.seen[at..at + data.len()].copy_from_slice(data);
        state.since.push(Change::Bytes(at, data.to_vec()));
        Ok(())
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}
