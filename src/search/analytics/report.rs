//! Figures over a span of days, put together from what each day counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::histogram::Histogram;
use super::model::{DayRow, PhraseDay};
use super::tables::{self, Days};
use crate::base::refusal::Outcome;
use crate::base::time::Date;
use crate::store::Read;

/// Fewer people than this make nothing popular (rule: 40§15 k-anonymity).
pub const CROWD: usize = 5;
/// Searches from which a wish with few results is worth a look.
const OFTEN: u64 = 5;
/// Results on average below which it is.
const FEW: f64 = 3.0;

/// All days added up.
pub fn total(read: &dyn Read, span: Days) -> Outcome<DayRow> {
    let mut sum = DayRow::default();
    for day in tables::days(read, span)?.values() {
        add(&mut sum, day);
    }
    Ok(sum)
}

fn add(sum: &mut DayRow, day: &DayRow) {
    let numbers: [(&mut u64, u64); 14] = [
        (&mut sum.searches, day.searches),
        (&mut sum.by_accounts, day.by_accounts),
        (&mut sum.by_guests, day.by_guests),
        (&mut sum.by_unknown, day.by_unknown),
        (&mut sum.zero, day.zero),
        (&mut sum.relaxed, day.relaxed),
        (&mut sum.degraded, day.degraded),
        (&mut sum.corrected, day.corrected),
        (&mut sum.kept, day.kept),
        (&mut sum.refined, day.refined),
        (&mut sum.returning, day.returning),
        (&mut sum.acted, day.acted),
        (&mut sum.conversions, day.conversions),
        (&mut sum.spread[0], day.spread[0]),
    ];
    numbers.into_iter().for_each(|(total, part)| *total += part);
    (1..4).for_each(|at| sum.spread[at] += day.spread[at]);
    let histograms: [(&mut Histogram, &Histogram); 6] = [
        (&mut sum.latency_us, &day.latency_us),
        (&mut sum.results, &day.results),
        (&mut sum.quality, &day.quality),
        (&mut sum.first_deed_ms, &day.first_deed_ms),
        (&mut sum.searches_before, &day.searches_before),
        (&mut sum.hours_before, &day.hours_before),
    ];
    histograms.into_iter().for_each(|(total, part)| total.merge(part));
    merge(&mut sum.origins, &day.origins);
    merge(&mut sum.modes, &day.modes);
    merge(&mut sum.devices, &day.devices);
    merge(&mut sum.deeds, &day.deeds);
    merge(&mut sum.hours, &day.hours);
    merge(&mut sum.impressions, &day.impressions);
    merge(&mut sum.chosen, &day.chosen);
}

fn merge<K: Ord + Clone>(sum: &mut BTreeMap<K, u64>, part: &BTreeMap<K, u64>) {
    for (key, count) in part {
        *sum.entry(key.clone()).or_default() += count;
    }
}

/// A share of a whole; of nothing it is none.
pub fn rate(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { rounded(part as f64 / whole as f64) }
}

pub fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

/// Distinct people, accounts and guests apart.
#[derive(Clone, Copy, Debug, Default, Serialize, utoipa::ToSchema)]
#[schema(as = SearchPeople)]
pub struct People {
    pub accounts: u64,
    pub guests: u64,
    /// Networks, for those who carry no mark.
    pub unknown: u64,
}

impl People {
    pub fn all(self) -> u64 {
        self.accounts + self.guests + self.unknown
    }
}

pub fn people(read: &dyn Read, span: Days) -> Outcome<People> {
    let distinct: BTreeSet<String> = tables::people(read, span)?.into_iter().map(|((_, who), _)| who).collect();
    let of = |kind: char| distinct.iter().filter(|who| who.starts_with(kind)).count() as u64;
    Ok(People { accounts: of('u'), guests: of('g'), unknown: of('n') })
}

/// One day in a line of days.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SearchTrend)]
pub struct Trend {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub total_searches: u64,
    pub unique_users: u64,
    pub unique_guests: u64,
    pub zero_results: u64,
    /// Half of the answers took no longer.
    pub p50_latency_ms: Option<f64>,
}

/// Every day of the span, empty ones too.
pub fn trends(read: &dyn Read, span: Days) -> Outcome<Vec<Trend>> {
    let rows = tables::days(read, span)?;
    let mut who: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
    for ((date, id), _) in tables::people(read, span)? {
        let counts = who.entry(date).or_default();
        if id.starts_with('u') {
            counts.0 += 1;
        } else {
            counts.1 += 1;
        }
    }
    let empty = DayRow::default();
    let trend = |date: Date| {
        let day = rows.get(&date).unwrap_or(&empty);
        let (users, guests) = who.get(&date).copied().unwrap_or_default();
        Trend {
            date,
            total_searches: day.searches,
            unique_users: users,
            unique_guests: guests,
            zero_results: day.zero,
            p50_latency_ms: ms(&day.latency_us, 0.5),
        }
    };
    Ok(span.dates().map(trend).collect())
}

/// A percentile of microseconds, in milliseconds.
pub fn ms(latency: &Histogram, share: f64) -> Option<f64> {
    latency.at(share).map(|us| rounded(us as f64 / 1000.0))
}

/// A wish over all days of a span.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SearchWish)]
pub struct Wish {
    /// What was understood.
    pub query: String,
    /// How it was typed last.
    pub sample: String,
    pub search_count: u64,
    pub unique_users: u64,
    pub average_results: f64,
    pub zero_results: u64,
    pub click_through_rate: f64,
    pub places: Vec<String>,
    #[schema(value_type = String, format = Date)]
    pub last_searched_on: Date,
}

/// Every wish of the span, the most searched first.
pub fn wishes(read: &dyn Read, span: Days) -> Outcome<Vec<Wish>> {
    let mut merged: BTreeMap<String, (Date, PhraseDay)> = BTreeMap::new();
    // Newest first: the first row of a wish has its latest words.
    for ((date, key), day) in tables::phrases(read, span)? {
        match merged.get_mut(&key) {
            None => {
                merged.insert(key, (date, day));
            }
            Some((_, sum)) => {
                sum.count += day.count;
                sum.results += day.results;
                sum.zero += day.zero;
                sum.relaxed += day.relaxed;
                sum.acted += day.acted;
                sum.people.extend(day.people);
            }
        }
    }
    let mut wishes: Vec<Wish> = merged.into_values().map(|(date, day)| wish(date, day)).collect();
    wishes.sort_by(|a, b| {
        b.search_count.cmp(&a.search_count).then(b.unique_users.cmp(&a.unique_users)).then(a.query.cmp(&b.query))
    });
    Ok(wishes)
}

fn wish(date: Date, day: PhraseDay) -> Wish {
    Wish {
        query: day.label,
        sample: day.sample,
        search_count: day.count,
        unique_users: day.people.len() as u64,
        average_results: rounded(day.results as f64 / day.count.max(1) as f64),
        zero_results: day.zero,
        click_through_rate: rate(day.acted, day.count),
        places: day.places,
        last_searched_on: date,
    }
}

/// Wishes of at least five people: fewer are somebody's own business, and so are the words one of them typed.
pub fn popular(read: &dyn Read, span: Days) -> Outcome<Vec<Wish>> {
    let shared = wishes(read, span)?.into_iter().filter(|wish| wish.unique_users >= CROWD as u64);
    Ok(shared.map(|wish| Wish { sample: wish.query.clone(), ..wish }).collect())
}

/// Wishes that found nobody at least once, the most frequent first.
pub fn unmet(read: &dyn Read, span: Days) -> Outcome<Vec<Wish>> {
    let mut rows: Vec<Wish> = wishes(read, span)?.into_iter().filter(|wish| wish.zero_results > 0).collect();
    rows.sort_by(|a, b| b.zero_results.cmp(&a.zero_results).then(a.query.cmp(&b.query)));
    Ok(rows)
}

/// Unmet wishes by the place they were meant for.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = UnmetRegion)]
pub struct UnmetRegion {
    pub region: String,
    pub zero_results: u64,
    pub wishes: u64,
    pub top_wish: String,
}

pub fn unmet_by_region(read: &dyn Read, span: Days) -> Outcome<Vec<UnmetRegion>> {
    let mut regions: BTreeMap<String, UnmetRegion> = BTreeMap::new();
    for wish in unmet(read, span)? {
        let places = if wish.places.is_empty() { vec!["Anywhere".to_owned()] } else { wish.places.clone() };
        for region in places {
            let row = regions.entry(region.clone()).or_insert(UnmetRegion {
                region,
                zero_results: 0,
                wishes: 0,
                // Wishes come the most frequent first.
                top_wish: wish.query.clone(),
            });
            row.zero_results += wish.zero_results;
            row.wishes += 1;
        }
    }
    let mut rows: Vec<UnmetRegion> = regions.into_values().collect();
    rows.sort_by(|a, b| b.zero_results.cmp(&a.zero_results).then(a.region.cmp(&b.region)));
    Ok(rows)
}

/// Wishes searched often that find little.
pub fn weak(read: &dyn Read, span: Days) -> Outcome<Vec<Wish>> {
    let mut rows = wishes(read, span)?;
    rows.retain(|wish| wish.search_count >= OFTEN && wish.average_results < FEW);
    Ok(rows)
}

/// Where people stood when they searched, most frequent first.
pub fn ranked(counts: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut rows: Vec<(String, u64)> = counts.iter().map(|(name, count)| (name.clone(), *count)).collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    rows
}

/// Clicks per showing at each place of the page: what a place is worth whatever stands there.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = PositionRate)]
pub struct Position {
    pub position: u32,
    pub impressions: u64,
    pub clicks: u64,
    pub click_through_rate: f64,
}

pub fn positions(day: &DayRow) -> Vec<Position> {
    let row = |(position, impressions): (&u32, &u64)| {
        let clicks = day.chosen.get(position).copied().unwrap_or(0);
        Position {
            position: *position,
            impressions: *impressions,
            clicks,
            click_through_rate: rate(clicks, *impressions),
        }
    };
    day.impressions.iter().map(row).collect()
}
