//! A disk with two files that freezes: at its n-th sync, whichever file that is for, it loses what a power cut would lose
//! and answers nothing from then on.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use redb::StorageBackend;

/// What of the writes to a file since its last finished sync is on the platter when the power goes.
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

pub type Files = [Vec<u8>; 2];

/// One file of the disk.
#[derive(Clone)]
pub struct Disk {
    state: Arc<Mutex<State>>,
    file: usize,
}

struct State {
    files: [File; 2],
    syncs: u64,
    freeze: Option<(u64, [Tail; 2])>,
    frozen: bool,
}

struct File {
    /// What a reader sees, and what would survive.
    seen: Vec<u8>,
    safe: Vec<u8>,
    since: Vec<Change>,
}

enum Change {
    Len(usize),
    Bytes(usize, Vec<u8>),
}

impl Disk {
    /// Two files that hold `content`; freezes at the given sync, counted from here.
    pub fn pair(content: Files, freeze: Option<(u64, [Tail; 2])>) -> [Self; 2] {
        let files = content.map(|bytes| File { seen: bytes.clone(), safe: bytes, since: Vec::new() });
        let state = Arc::new(Mutex::new(State { files, syncs: 0, freeze, frozen: false }));
        [0, 1].map(|file| Self { state: state.clone(), file })
    }
    /// What is left of both files after the power cut.
    pub fn left(&self) -> Files {
        self.state.lock().unwrap().files.each_ref().map(|file| file.safe.clone())
    }
    pub fn is_frozen(&self) -> bool {
        self.state.lock().unwrap().frozen
    }
    pub fn syncs(&self) -> u64 {
        self.state.lock().unwrap().syncs
    }
    fn awake(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state.lock().unwrap();
        if state.frozen { Err(io::Error::other("the disk is frozen")) } else { Ok(state) }
    }
}

impl File {
    fn settle(&mut self, tail: Tail, salt: u64) {
        for (n, change) in std::mem::take(&mut self.since).into_iter().enumerate() {
            match change {
                Change::Len(len) if tail != Tail::HeaderOnly => self.safe.resize(len, 0),
                Change::Len(_) => {}
                Change::Bytes(at, bytes) => {
                    for (i, sector) in bytes.chunks(SECTOR).enumerate() {
                        let from = at + i * SECTOR;
                        if survives(tail, from, salt ^ n as u64) && from + sector.len() <= self.safe.len() {
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
        Ok(self.awake()?.files[self.file].seen.len() as u64)
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let (state, at) = (self.awake()?, offset as usize);
        let bytes = state.files[self.file].seen.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.awake()?;
        let file = &mut state.files[self.file];
        file.seen.resize(len as usize, 0);
        file.since.push(Change::Len(len as usize));
        Ok(())
    }
    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.awake()?;
        state.syncs += 1;
        let syncs = state.syncs;
        match state.freeze {
            Some((at, tails)) if at == syncs => {
                state.frozen = true;
                for (file, tail) in state.files.iter_mut().zip(tails) {
                    file.settle(tail, syncs);
                }
                Err(io::Error::other("the disk froze while it synced"))
            }
            _ => {
                state.files[self.file].settle(Tail::Durable, syncs);
                Ok(())
            }
        }
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let (mut state, at) = (self.awake()?, offset as usize);
        let file = &mut state.files[self.file];
        file.seen[at..at + data.len()].copy_from_slice(data);
        file.since.push(Change::Bytes(at, data.to_vec()));
        Ok(())
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}
