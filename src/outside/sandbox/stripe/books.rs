//! The stand-in's memory: everything it ever made, in one append-only log that is fsynced before it answers.
//!
//! One line is one change and all or nothing: a line cut short by a crash is dropped at the next start.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::control::FaultOrder;

const LOG: &str = "stripe.jsonl";
/// The calls that are remembered; older ones are forgotten.
const CALLS_KEPT: usize = 20_000;

/// What one call changed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub put: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<CallRecord>,
    /// The faults still to come, when they changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<Vec<FaultOrder>>,
    /// Events that need no further delivery.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<String>,
}

/// The first answer to an idempotency key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Replay {
    pub key: String,
    /// Hash of method, path and body.
    pub request: String,
    pub status: u16,
    pub body: Value,
    pub at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CallRecord {
    pub at: String,
    pub operation: String,
    pub object_id: Option<String>,
    pub idempotency_key: Option<String>,
    pub booking_id: Option<String>,
}

#[derive(Debug)]
pub(super) struct Books {
    /// Absent in books that are gone with their stand-in.
    log: Option<File>,
    objects: HashMap<String, Value>,
    /// Ids in the order they were made, by Stripe's `object`.
    order: BTreeMap<String, Vec<String>>,
    replays: HashMap<String, Replay>,
    pub calls: Vec<CallRecord>,
    pub faults: Vec<FaultOrder>,
    /// Events not delivered yet, oldest first.
    pub undelivered: Vec<Value>,
}

impl Books {
    pub fn open(dir: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let path = dir.join(LOG);
        let mut log = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut books = Self::in_memory();
        let whole = books.replay(&log)?;
        log.set_len(whole)?;
        log.seek(std::io::SeekFrom::End(0))?;
        books.log = Some(log);
        Ok(books)
    }

    /// Books that remember nothing beyond their own life.
    pub fn in_memory() -> Self {
        Self {
            log: None,
            objects: HashMap::new(),
            order: BTreeMap::new(),
            replays: HashMap::new(),
            calls: Vec::new(),
            faults: Vec::new(),
            undelivered: Vec::new(),
        }
    }

    /// Writes the objects as the log of fresh books in `dir`: what exists, not how it came about.
    pub fn save_objects(&self, dir: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(dir)?;
        let mut out = std::io::BufWriter::new(File::create(dir.join(LOG))?);
        for id in self.order.values().flatten() {
            let put = self.objects.get(id).cloned().into_iter().collect();
            serde_json::to_writer(&mut out, &Change { put, ..Change::default() })?;
            out.write_all(b"\n")?;
        }
        out.into_inner()?.sync_all()
    }

    /// Reads the log up to the first line that is not whole; answers how many bytes are good.
    fn replay(&mut self, log: &File) -> std::io::Result<u64> {
        let mut reader = BufReader::new(log);
        let (mut whole, mut line) = (0u64, String::new());
        loop {
            line.clear();
            let read = reader.read_line(&mut line)?;
            if read == 0 || !line.ends_with('\n') {
                return Ok(whole);
            }
            let Ok(change) = serde_json::from_str::<Change>(&line) else { return Ok(whole) };
            self.apply(change);
            whole += read as u64;
        }
    }

    /// Makes a change durable, then visible.
    pub fn commit(&mut self, change: Change) -> std::io::Result<()> {
        if let Some(log) = &mut self.log {
            let mut line = serde_json::to_vec(&change)?;
            line.push(b'\n');
            log.write_all(&line)?;
            log.sync_data()?;
        }
        self.apply(change);
        Ok(())
    }

    fn apply(&mut self, change: Change) {
        for object in change.put {
            let Some(id) = object["id"].as_str().map(str::to_owned) else { continue };
            let kind = object["object"].as_str().unwrap_or_default().to_owned();
            if self.objects.insert(id.clone(), object).is_none() {
                self.order.entry(kind).or_default().push(id);
            }
        }
        if let Some(replay) = change.replay {
            self.replays.insert(replay.key.clone(), replay);
        }
        self.calls.extend(change.call);
        if self.calls.len() > CALLS_KEPT {
            self.calls.drain(..CALLS_KEPT / 10);
        }
        if let Some(faults) = change.faults {
            self.faults = faults;
        }
        self.undelivered.extend(change.events);
        self.undelivered.retain(|event| !change.done.iter().any(|id| event["id"].as_str() == Some(id)));
    }

    pub fn get(&self, id: &str) -> Option<&Value> {
        self.objects.get(id)
    }

    /// All objects of a kind, newest first.
    pub fn all(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.order.get(kind).into_iter().flatten().rev().filter_map(|id| self.objects.get(id))
    }

    /// What this key was first answered, if that is less than a day ago.
    pub fn replayed(&self, key: &str, now: i64) -> Option<&Replay> {
        self.replays.get(key).filter(|replay| now - replay.at < 24 * 3600)
    }
}
