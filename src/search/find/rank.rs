//! Ranking: six signals with fixed weights, boosts for fit, and ties that always fall the same way.
// rule: 40§7

use crate::base::price::lesson_price;
use crate::base::time::Timestamp;
use crate::instructors::Level;
use crate::search::find::criteria::Criteria;
use crate::search::find::judge::Judged;
use crate::search::supply::Row;

const RELEVANCE: f64 = 0.35;
const QUALITY: f64 = 0.25;
const DISTANCE: f64 = 0.15;
const PRICE: f64 = 0.10;
const FRESHNESS: f64 = 0.10;
const COMPLETENESS: f64 = 0.05;
/// A result that needed a wish let go is less relevant.
const RELAXED: f64 = 0.7;
/// Reviews everybody starts with, at the marketplace's mean.
const PRIOR_REVIEWS: f64 = 5.0;
/// The mean before there is one.
pub const DEFAULT_MEAN: f64 = 4.2;

/// What ranking needs beside the candidate.
#[derive(Clone, Debug)]
pub struct Scale {
    pub now: Timestamp,
    /// Mean of all published reviews.
    pub mean_rating: f64,
    /// The founding boost, ×1 to ×3.
    pub founding: f64,
}

impl Scale {
    /// The mean over all reviews of `rows`.
    pub fn mean_of<'a>(rows: impl Iterator<Item = &'a Row>) -> f64 {
        let rated = rows.filter_map(|row| row.rating.map(|rating| (rating * row.reviews as f64, row.reviews)));
        let (sum, count) = rated.fold((0.0, 0u64), |(sum, count), (part, reviews)| (sum + part, count + reviews));
        if count == 0 { DEFAULT_MEAN } else { sum / count as f64 }
    }

    /// The score of a candidate before comparison. `likeness` is how near the bio is to words that named
    /// nothing.
    pub fn score(&self, row: &Row, judged: &Judged, criteria: &Criteria, likeness: f64) -> f64 {
        let relevance = judged.relevance * if judged.fails.none() { 1.0 } else { RELAXED };
        let weighted = RELEVANCE * relevance
            + QUALITY * self.quality(row)
            + DISTANCE * distance(judged.distance_km)
            + PRICE * price(row, judged, criteria)
            + FRESHNESS * self.freshness(row)
            + COMPLETENESS * row.completeness;
        let score = weighted + fit(row, judged, criteria) + 0.05 * likeness.clamp(0.0, 1.0);
        if row.founding { score * self.founding } else { score }
    }

    pub fn quality(&self, row: &Row) -> f64 {
        let count = if row.rating.is_some() { row.reviews as f64 } else { 0.0 };
        let sum = row.rating.unwrap_or(0.0) * count + self.mean_rating * PRIOR_REVIEWS;
        sum / (count + PRIOR_REVIEWS) / 5.0
    }

    fn freshness(&self, row: &Row) -> f64 {
        let days = (self.now.as_second() - row.last_active_at.as_second()) / 86_400;
        match days {
            ..=1 => 1.0,
            2..=7 => 0.9,
            8..=30 => 0.7,
            31..=90 => 0.5,
            _ => 0.3,
        }
    }
}

/// Up to 1 km whole, half at 10 km, then less by 0.3 every 20 km, never under 0.2.
fn distance(km: Option<f64>) -> f64 {
    match km {
        None => 0.7,
        Some(km) if km <= 1.0 => 1.0,
        Some(km) if km <= 10.0 => 1.0 - 0.5 * (km - 1.0) / 9.0,
        Some(km) => (0.5 - 0.3 * (km - 10.0) / 20.0).max(0.2),
    }
}

/// Whole up to 70 % of the limit, 0.7 at the limit, 0.5 above it; around a target by how near it is.
fn price(row: &Row, judged: &Judged, criteria: &Criteria) -> f64 {
    let offer = &row.offers[judged.offer];
    let rate = offer.rate_at(judged.place);
    let paid = if criteria.money.per_session { lesson_price(rate, judged.minutes) } else { rate }.0 as f64;
    if let Some(target) = criteria.money.target.filter(|target| *target > 0) {
        return (1.0 - (paid - target as f64).abs() / target as f64).clamp(0.2, 1.0);
    }
    let Some(limit) = criteria.money.max.filter(|limit| *limit > 0) else { return 0.7 };
    let ratio = paid / limit as f64;
    match ratio {
        ratio if ratio <= 0.7 => 1.0,
        ratio if ratio <= 1.0 => 1.0 - (ratio - 0.7),
        _ => 0.5,
    }
}

/// Boosts: the learner's age, level and language.
fn fit(row: &Row, judged: &Judged, criteria: &Criteria) -> f64 {
    let offer = &row.offers[judged.offer];
    let age = !criteria.ages.is_empty() && offer.ages.iter().any(|age| criteria.ages.contains(age));
    let language = !criteria.languages.is_empty();
    let level = criteria.level.map_or(0.0, |wanted| {
        if offer.levels.contains(&wanted) {
            0.05
        } else if offer.levels.iter().any(|taught| adjacent(*taught, wanted)) {
            0.02
        } else {
            0.0
        }
    });
    let boost = |met: bool, by: f64| if met { by } else { 0.0 };
    boost(age, 0.10) + level + boost(language, 0.05)
}

fn adjacent(a: Level, b: Level) -> bool {
    a != b && (a == Level::Intermediate || b == Level::Intermediate)
}
