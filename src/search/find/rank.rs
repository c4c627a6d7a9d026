//! Ranking: six signals, boosts for fit, and ties that always fall the same way. How much each weighs is a setting.
// rule: 40§7

use crate::base::price::lesson_price;
use crate::base::time::Timestamp;
use crate::instructors::Level;
use crate::search::find::criteria::Criteria;
use crate::search::find::judge::Judged;
use crate::search::supply::Row;
use crate::search::tuning::Tuning;

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
    pub tuning: Tuning,
}

/// The signals of one candidate, each 0–1, and what is added and multiplied: how a score comes about.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct Signals {
    pub relevance: f64,
    pub quality: f64,
    pub distance: f64,
    pub price: f64,
    pub freshness: f64,
    pub completeness: f64,
    pub boosts: f64,
    pub founding: f64,
}

impl Scale {
    /// The score of a candidate before comparison. `likeness` is how near the bio is to words that named
    /// nothing.
    pub fn score(&self, row: &Row, judged: &Judged, criteria: &Criteria, likeness: f64) -> f64 {
        let (signals, weights) = (self.signals(row, judged, criteria, likeness), &self.tuning.weights);
        let weighted = weights.relevance * signals.relevance
            + weights.quality * signals.quality
            + weights.distance * signals.distance
            + weights.price * signals.price
            + weights.freshness * signals.freshness
            + weights.completeness * signals.completeness;
        (weighted + signals.boosts) * signals.founding
    }

    pub fn signals(&self, row: &Row, judged: &Judged, criteria: &Criteria, likeness: f64) -> Signals {
        let kept = if judged.fails.none() { 1.0 } else { self.tuning.relaxed_relevance };
        Signals {
            relevance: judged.relevance * kept,
            quality: self.quality(row),
            distance: distance(judged.distance_km),
            price: price(row, judged, criteria),
            freshness: self.freshness(row),
            completeness: row.completeness,
            boosts: self.fit(row, judged, criteria) + self.tuning.boosts.biography * likeness.clamp(0.0, 1.0),
            founding: if row.founding { self.founding } else { 1.0 },
        }
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

    /// Boosts: the learner's age, level and language.
    fn fit(&self, row: &Row, judged: &Judged, criteria: &Criteria) -> f64 {
        let (offer, boosts) = (&row.offers[judged.offer], &self.tuning.boosts);
        let age = !criteria.ages.is_empty() && offer.ages.iter().any(|age| criteria.ages.contains(age));
        let level = criteria.level.map_or(0.0, |wanted| {
            if offer.levels.contains(&wanted) {
                boosts.skill
            } else if offer.levels.iter().any(|taught| adjacent(*taught, wanted)) {
                boosts.adjacent_skill
            } else {
                0.0
            }
        });
        let boost = |met: bool, by: f64| if met { by } else { 0.0 };
        boost(age, boosts.audience) + level + boost(!criteria.languages.is_empty(), boosts.language)
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

fn adjacent(a: Level, b: Level) -> bool {
    a != b && (a == Level::Intermediate || b == Level::Intermediate)
}
