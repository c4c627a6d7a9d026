//! What a change of prices would have meant for lessons that were already sold. Pure: lessons and settings in, sums out.

use std::collections::BTreeMap;

use super::pricing::PricingConfig;
use super::tiers::{Asked, Record, tier};
use crate::base::id::UserId;
use crate::base::money::{Bp, Cents};
use crate::base::price::split;
use crate::base::time::{SignedDuration, Timestamp};
use crate::payments::model::PriceQuote;

/// One lesson as it was sold and held.
#[derive(Clone, Copy, Debug)]
pub struct Sold {
    pub instructor: UserId,
    pub quote: PriceQuote,
    pub start: Timestamp,
    /// Sold at the founding rate.
    pub founding: bool,
}

/// What one side paid or earned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Sums {
    pub students_paid_cents: Cents,
    pub instructors_earned_cents: Cents,
    pub marketplace_kept_cents: Cents,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rehearsal {
    pub lessons: u64,
    pub was: Sums,
    pub would_be: Sums,
    /// Instructors who would have earned less, and more.
    pub worse_off: u64,
    pub better_off: u64,
    /// The lesson whose two prices differ most, as an example.
    pub example: Option<(PriceQuote, PriceQuote)>,
}

/// Prices every lesson again, in the order they were held. What changes is only what the wished settings would have
/// decided differently from the present ones: a lesson that stands at both alike keeps what it was sold at.
pub fn rehearse(present: &PricingConfig, wished: &PricingConfig, mut lessons: Vec<Sold>) -> Rehearsal {
    lessons.sort_by_key(|lesson| lesson.start);
    let (usual, other) = (climbed(present, &lessons), climbed(wished, &lessons));
    let mut earned: BTreeMap<UserId, Cents> = BTreeMap::new();
    let mut all = Rehearsal::default();
    for (sold, (before, after)) in lessons.iter().zip(usual.into_iter().zip(other)) {
        let tier = if before == after { sold.quote.tier } else { after };
        let same_fee = present.student_fee == wished.student_fee;
        let fee = if same_fee { sold.quote.fee } else { wished.student_fee };
        let quote = again(&sold.quote, fee, tier, wished.version);
        add(&mut all.was, &sold.quote);
        add(&mut all.would_be, &quote);
        *earned.entry(sold.instructor).or_default() += quote.payout - sold.quote.payout;
        let distance = |pair: &(PriceQuote, PriceQuote)| {
            let (was, new) = pair;
            (new.student_fee - was.student_fee).0.abs() + (new.payout - was.payout).0.abs()
        };
        let pair = (sold.quote, quote);
        if distance(&pair) > all.example.as_ref().map_or(0, distance) {
            all.example = Some(pair);
        }
        all.lessons += 1;
    }
    all.worse_off = earned.values().filter(|change| **change < Cents::ZERO).count() as u64;
    all.better_off = earned.values().filter(|change| change.is_positive()).count() as u64;
    all
}

/// The share each lesson would be sold at, each instructor climbing the tiers from the bottom; lessons in order of time.
fn climbed(config: &PricingConfig, lessons: &[Sold]) -> Vec<Bp> {
    let bottom = config.tiers.first().map_or(Bp(0), |tier| tier.pct);
    let window = SignedDuration::from_hours(24 * i64::from(config.activity_window_days));
    let mut seen: BTreeMap<UserId, (Bp, Vec<Timestamp>)> = BTreeMap::new();
    let mut share = |sold: &Sold| {
        let (stored, held) = seen.entry(sold.instructor).or_insert_with(|| (bottom, Vec::new()));
        let recent = held.iter().filter(|at| sold.start.duration_since(**at) < window).count();
        let record = Record {
            stored: *stored,
            founding: sold.founding,
            recent: u32::try_from(recent).unwrap_or(u32::MAX),
            last_completed: held.last().copied(),
            last_demoted: None,
        };
        let pct = tier(config, &record, Asked::ForLesson, sold.start);
        if !sold.founding {
            *stored = pct;
        }
        held.push(sold.start);
        pct
    };
    lessons.iter().map(&mut share).collect()
}

fn again(quote: &PriceQuote, fee: Bp, tier: Bp, config_version: u64) -> PriceQuote {
    let parts = split(quote.lesson, fee, tier, Cents::ZERO, Cents::ZERO);
    PriceQuote {
        lesson: quote.lesson,
        student_fee: parts.student_fee,
        instructor_fee: parts.instructor_fee,
        payout: parts.payout,
        tier,
        fee,
        config_version,
    }
}

fn add(sums: &mut Sums, quote: &PriceQuote) {
    sums.students_paid_cents += quote.lesson + quote.student_fee;
    sums.instructors_earned_cents += quote.payout;
    sums.marketplace_kept_cents += quote.student_fee + quote.instructor_fee;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::plus_hours;

    fn sold(n: i64, founding: bool) -> Sold {
        let start: Timestamp = "2026-09-01T15:00:00Z".parse().unwrap();
        let tier = if founding { Bp(800) } else { Bp(1500) };
        let quote = PriceQuote::new(Cents(8000), 60, Bp(1200), tier, 1);
        let instructor = UserId::of_name(if founding { "founder" } else { "sarah" });
        Sold { instructor, quote, start: plus_hours(start, 24 * n), founding }
    }

    #[test]
    fn nothing_changed_is_nothing_gained_and_a_higher_fee_is_the_marketplaces() {
        let config = PricingConfig::default();
        let same = rehearse(&config, &config, (0..4).map(|n| sold(n, false)).collect());
        assert_eq!((same.lessons, same.was, same.example), (4, same.would_be, None));
        let dearer = PricingConfig { student_fee: Bp(1500), ..config.clone() };
        let more = rehearse(&config, &dearer, vec![sold(0, false), sold(1, true)]);
        assert_eq!(more.would_be.students_paid_cents.0 - more.was.students_paid_cents.0, 2 * 240);
        assert_eq!(more.would_be.instructors_earned_cents, more.was.instructors_earned_cents);
        assert_eq!(more.would_be.marketplace_kept_cents.0 - more.was.marketplace_kept_cents.0, 2 * 240);
        assert_eq!((more.worse_off, more.better_off), (0, 0));
        // Sold at what the present settings would not have: whoever changes the fee alone touches nobody's share.
        let mut five: Vec<Sold> = (0..5).map(|n| sold(n, false)).collect();
        five[4].quote = PriceQuote::new(Cents(8000), 60, Bp(1200), Bp(1000), 1);
        let fee_alone = rehearse(&config, &dearer, five);
        assert_eq!(fee_alone.would_be.instructors_earned_cents, fee_alone.was.instructors_earned_cents);
    }

    #[test]
    fn tiers_are_climbed_again_and_founders_follow_their_own_rate() {
        let config = PricingConfig::default();
        let mut flat = config.clone();
        flat.tiers.truncate(1);
        flat.tiers[0].max = None;
        // The fifth lesson within 30 days is priced at 12 %: sold at 15 %, it would have been 240 better.
        let five = rehearse(&flat, &config, (0..5).map(|n| sold(n, false)).collect());
        assert_eq!(five.would_be.instructors_earned_cents.0 - five.was.instructors_earned_cents.0, 240);
        assert_eq!((five.worse_off, five.better_off), (0, 1));
        let harsher = PricingConfig { founding_rate: Bp(1000), ..config.clone() };
        let founder = rehearse(&config, &harsher, vec![sold(0, true)]);
        assert_eq!(founder.would_be.instructors_earned_cents.0 - founder.was.instructors_earned_cents.0, -160);
        assert_eq!(founder.worse_off, 1);
    }
}
