//! The journal: what happened, in order. Consumers keep a cursor each and follow at their own pace.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::read::{Dir, Read, ReadExt, Span};
use super::table::Table;
use super::tx::Tx;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;

/// A fact worth telling other rooms. The kind is its stable name: `room.happened`.
pub trait Event: Serialize + DeserializeOwned {
    const KIND: &'static str;
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EventRecord {
    pub seq: u64,
    pub at: Timestamp,
    pub kind: String,
    pub data: Value,
}

impl EventRecord {
    /// The event, if it is of this kind (and of a shape this version knows).
    pub fn decode<E: Event>(&self) -> Option<E> {
        (self.kind == E::KIND).then(|| serde_json::from_value(self.data.clone()).ok()).flatten()
    }
}

pub static JOURNAL: Table<u64, EventRecord> = Table::new(0x0101, "seq_event");
/// How far each consumer has come: the last sequence number it has dealt with.
pub static CURSORS: Table<String, u64> = Table::new(0x0102, "consumer_seq");

pub fn cursor(read: &dyn Read, consumer: &str) -> Outcome<u64> {
    Ok(read.get(&CURSORS, &consumer.to_owned())?.unwrap_or(0))
}

pub fn set_cursor(tx: &mut Tx, consumer: &str, seq: u64) -> Outcome<()> {
    tx.put(&CURSORS, &consumer.to_owned(), &seq)
}

/// The last sequence number given out.
pub fn last_seq(read: &dyn Read) -> Outcome<u64> {
    Ok(read.scan(&JOURNAL, Span::all(), 1, Dir::Down)?.pop().map_or(0, |(seq, _)| seq))
}

/// Forgets up to `limit` of the oldest events: those from before `before` that each of the `consumers` has dealt with. The
/// last event stays, so that numbers go on from it. Answers how many went.
pub fn forget(tx: &mut Tx, consumers: &[&str], before: Timestamp, limit: usize) -> Outcome<u64> {
    let mut dealt_with = last_seq(tx)?.saturating_sub(1);
    for consumer in consumers {
        dealt_with = dealt_with.min(cursor(tx, consumer)?);
    }
    let oldest = tx.scan(&JOURNAL, Span::all(), limit, Dir::Up)?;
    let gone: Vec<u64> = oldest
        .into_iter()
        .take_while(|(seq, event)| *seq <= dealt_with && event.at < before)
        .map(|(seq, _)| seq)
        .collect();
    gone.iter().try_for_each(|seq| tx.delete(&JOURNAL, seq))?;
    Ok(gone.len() as u64)
}

/// Up to `limit` events after `seq`, in order.
pub fn events_after(read: &dyn Read, seq: u64, limit: usize) -> Outcome<Vec<EventRecord>> {
    let rows = read.scan(&JOURNAL, Span::starting(&(seq + 1)), limit, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, event)| event).collect())
}
