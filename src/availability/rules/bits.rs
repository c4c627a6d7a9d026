//! One published day: 288 five-minute slots and what each is offered for (rule: 30§2.2).
//!
//! Storage is 36 bytes of bits, least-significant bit first, and, only when some slot is restricted, 72 bytes of
//! two-bit tags. A slot that is not offered has no tag.

use serde::{Deserialize, Serialize};

use crate::base::price::Place;
use crate::base::time::WallTime;

pub const SLOT_MINUTES: u16 = 5;
pub const SLOTS: usize = 288;
const BIT_BYTES: usize = SLOTS / 8;
const TAG_BYTES: usize = SLOTS / 4;

/// Which kinds of lesson a published time is offered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    #[default]
    Any,
    OnlineOnly,
    /// The instructor does not travel then.
    NoTravel,
    /// Reserved in storage: offered for nothing.
    #[serde(skip)]
    Blocked,
}

impl Tag {
    fn from_code(code: u8) -> Self {
        match code & 3 {
            0 => Self::Any,
            1 => Self::OnlineOnly,
            2 => Self::NoTravel,
            _ => Self::Blocked,
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Any => 0,
            Self::OnlineOnly => 1,
            Self::NoTravel => 2,
            Self::Blocked => 3,
        }
    }

    pub fn is_any(&self) -> bool {
        *self == Self::Any
    }

    /// Whether a lesson at `place` may use the slot; without a place, whether any lesson may.
    pub fn allows(self, place: Option<Place>) -> bool {
        match (self, place) {
            (Self::Blocked, _) => false,
            (_, None) | (Self::Any, _) => true,
            (Self::OnlineOnly, Some(place)) => place == Place::Remote,
            (Self::NoTravel, Some(place)) => !place.travels(),
        }
    }
}

/// A published stretch of one day, half-open; `end` is `24:00` at the day's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub start: WallTime,
    pub end: WallTime,
    pub tag: Tag,
}

/// The published slots of one local date.
#[derive(Clone, PartialEq, Eq)]
pub struct Day {
    bits: [u8; BIT_BYTES],
    tags: [u8; TAG_BYTES],
}

impl Default for Day {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Day {
    pub const EMPTY: Self = Self { bits: [0; BIT_BYTES], tags: [0; TAG_BYTES] };

    pub fn of(windows: &[Window]) -> Self {
        let mut day = Self::EMPTY;
        for window in windows {
            day.open(window.start, window.end, window.tag);
        }
        day
    }

    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|b| *b == 0)
    }

    pub fn is_tagged(&self) -> bool {
        self.tags.iter().any(|b| *b != 0)
    }

    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    pub fn tags(&self) -> &[u8] {
        &self.tags
    }

    pub fn is_open(&self, slot: usize) -> bool {
        slot < SLOTS && self.bits[slot / 8] & (1 << (slot % 8)) != 0
    }

    pub fn tag(&self, slot: usize) -> Tag {
        if slot >= SLOTS { Tag::Any } else { Tag::from_code(self.tags[slot / 4] >> (2 * (slot % 4))) }
    }

    /// Publishes whole slots from `start` (rounded down) to `end` (rounded up); a later tag replaces an earlier one.
    pub fn open(&mut self, start: WallTime, end: WallTime, tag: Tag) {
        for slot in slots(start, end) {
            self.bits[slot / 8] |= 1 << (slot % 8);
            self.set_tag(slot, tag);
        }
    }

    /// Takes slots back, and their tags with them.
    pub fn close(&mut self, start: WallTime, end: WallTime) {
        for slot in slots(start, end) {
            self.bits[slot / 8] &= !(1 << (slot % 8));
            self.set_tag(slot, Tag::Any);
        }
    }

    fn set_tag(&mut self, slot: usize, tag: Tag) {
        let shift = 2 * (slot % 4);
        let byte = &mut self.tags[slot / 4];
        *byte = (*byte & !(3 << shift)) | (tag.code() << shift);
    }

    /// Adds what another day publishes.
    pub fn add(&mut self, other: &Day) {
        for window in other.windows() {
            self.open(window.start, window.end, window.tag);
        }
    }

    /// This day from `at` on, `before` up to it: how a past half stays what it was.
    pub fn after(&self, at: WallTime, before: &Day) -> Self {
        let mut day = self.clone();
        day.close(WallTime::START, at);
        for window in before.windows() {
            if window.start < at {
                day.open(window.start, window.end.min(at), window.tag);
            }
        }
        day
    }

    /// Merged windows in order; stretches with different tags stay apart.
    pub fn windows(&self) -> Vec<Window> {
        let mut windows: Vec<Window> = Vec::new();
        let mut slot = 0;
        while slot < SLOTS {
            // Most of a day is closed: whole empty bytes are skipped.
            if slot.is_multiple_of(8) && self.bits[slot / 8] == 0 {
                slot += 8;
                continue;
            }
            if self.is_open(slot) {
                let (start, tag) = (wall(slot), self.tag(slot));
                match windows.last_mut() {
                    Some(last) if last.end == start && last.tag == tag => last.end = wall(slot + 1),
                    _ => windows.push(Window { start, end: wall(slot + 1), tag }),
                }
            }
            slot += 1;
        }
        windows
    }

    /// Published minutes.
    pub fn minutes(&self) -> u32 {
        self.bits.iter().map(|b| b.count_ones()).sum::<u32>() * u32::from(SLOT_MINUTES)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut day = Self::EMPTY;
        day.bits.copy_from_slice(bytes.get(..BIT_BYTES)?);
        match bytes.len() - BIT_BYTES {
            0 => {}
            TAG_BYTES => day.tags.copy_from_slice(&bytes[BIT_BYTES..]),
            _ => return None,
        }
        Some(day)
    }
}

fn wall(slot: usize) -> WallTime {
    WallTime::clamped(slot as i64 * i64::from(SLOT_MINUTES))
}

fn slots(start: WallTime, end: WallTime) -> std::ops::Range<usize> {
    usize::from(start.minutes() / SLOT_MINUTES)..usize::from(end.minutes().div_ceil(SLOT_MINUTES))
}

impl std::fmt::Debug for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.windows()).finish()
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if self.is_tagged() {
            s.serialize_bytes(&[&self.bits[..], &self.tags[..]].concat())
        } else {
            s.serialize_bytes(&self.bits)
        }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> serde::de::Visitor<'de> for Bytes {
            type Value = Day;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("36 bytes of slots, optionally 72 bytes of tags")
            }
            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Day, E> {
                Day::from_bytes(bytes).ok_or_else(|| E::invalid_length(bytes.len(), &self))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Day, A::Error> {
                let mut bytes = Vec::with_capacity(BIT_BYTES);
                while let Some(byte) = seq.next_element::<u8>()? {
                    bytes.push(byte);
                }
                self.visit_bytes(&bytes)
            }
        }
        d.deserialize_bytes(Bytes)
    }
}
