//! What is counted, by day.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::histogram::Histogram;

/// One day of the marketplace's zone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DayRow {
    pub searches: u64,
    pub by_accounts: u64,
    pub by_guests: u64,
    /// By people who cannot be told apart: opted out, or without a mark.
    pub by_unknown: u64,
    pub zero: u64,
    /// Nobody fitted everything; something near was shown.
    pub relaxed: u64,
    pub degraded: u64,
    pub corrected: u64,
    /// Answered from what was at hand.
    pub kept: u64,
    pub refined: u64,
    pub returning: u64,
    pub latency_us: Histogram,
    pub results: Histogram,
    /// None, 1 to 5, 6 to 10, more.
    pub spread: [u64; 4],
    pub quality: Histogram,
    pub origins: BTreeMap<String, u64>,
    pub modes: BTreeMap<String, u64>,
    pub devices: BTreeMap<String, u64>,
    pub hours: BTreeMap<u8, u64>,
    pub deeds: BTreeMap<String, u64>,
    /// Searches on a result of which somebody acted.
    pub acted: u64,
    pub first_deed_ms: Histogram,
    /// How often something stood at a position, and how often it was chosen there.
    pub impressions: BTreeMap<u32, u64>,
    pub chosen: BTreeMap<u32, u64>,
    /// Browsers that became accounts, with what they had searched before.
    pub conversions: u64,
    pub searches_before: Histogram,
    pub hours_before: Histogram,
}

/// One wish on one day.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PhraseDay {
    pub label: String,
    pub count: u64,
    /// Short hashes of people, at most [`Self::PEOPLE`].
    pub people: BTreeSet<u64>,
    pub results: u64,
    pub zero: u64,
    pub relaxed: u64,
    pub acted: u64,
    pub places: Vec<String>,
    /// The words as typed last.
    pub sample: String,
}

impl PhraseDay {
    /// More are not told apart; five are what matters.
    pub const PEOPLE: usize = 200;
}

/// One catalogue service on one day.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceDay {
    /// Searches that meant it.
    pub searches: u64,
    /// Times it was a candidate, and how surely: .9 and more, .8, .7, less.
    pub candidates: u64,
    pub bands: [u64; 4],
    pub score: f64,
    pub positions: u64,
    pub by_phrase: u64,
    /// Candidates of searches that then found nobody.
    pub zero: u64,
    /// Results of it that somebody opened.
    pub views: u64,
    pub bookings: u64,
    pub people: BTreeSet<u64>,
}
