//! Which share of a lesson the platform takes from an instructor, kept up to date as lessons complete (part 10 §2.2).

use serde_json::{Value, json};

use crate::base::id::UserId;
use crate::base::money::Bp;
use crate::base::refusal::Outcome;
use crate::base::time::{SignedDuration, Timestamp};
use crate::bookings::model::{Booking, Status};
use crate::bookings::tables::{DEMOTIONS, of_instructor_between};
use crate::instructors;
use crate::instructors::ops::revise::revise;
use crate::instructors::tables::live_profiles;
use crate::jobs::{Every, JobCall, JobKind};
use crate::payments::rules::pricing::{PRICING, PricingConfig};
use crate::payments::rules::tiers::{Asked, Record, tier};
use crate::site::Site;
use crate::store::{Dir, Read, ReadExt, Span, Tx};

/// Instructors that one sweep looks at.
const SWEPT: usize = 100_000;
/// A lesson is complete at most this long after it began: the longest lesson and a day.
const SLACK_HOURS: i64 = 36;

/// The share for a lesson that is being priced; it counts itself.
pub fn for_lesson(r: &dyn Read, now: Timestamp, instructor: UserId) -> Outcome<Bp> {
    let config = PRICING.read(r)?;
    Ok(tier(&config, &record(r, now, instructor, &config)?, Asked::ForLesson, now))
}

fn record(r: &dyn Read, now: Timestamp, instructor: UserId, config: &PricingConfig) -> Outcome<Record> {
    let profile = instructors::must_profile(r, instructor)?;
    let days = |n: u32| SignedDuration::from_hours(24 * i64::from(n));
    let back = days(config.inactivity_reset_days.max(config.activity_window_days));
    let from = now.saturating_sub(back + SignedDuration::from_hours(SLACK_HOURS)).unwrap_or(Timestamp::MIN);
    let lessons = of_instructor_between(r, instructor, from, now)?;
    let completed = |b: &Booking| b.completed_at.filter(|_| b.status == Status::Completed);
    let recently = now.saturating_sub(days(config.activity_window_days)).unwrap_or(Timestamp::MIN);
    Ok(Record {
        stored: profile.current_tier,
        founding: profile.is_founding(),
        recent: u32::try_from(lessons.iter().filter_map(completed).filter(|at| *at > recently).count())
            .unwrap_or(u32::MAX),
        last_completed: lessons.iter().filter_map(completed).max(),
        last_demoted: r.get(&DEMOTIONS, &instructor)?,
    })
}

/// What is taken from an instructor's lessons now, and what would lower it.
#[derive(Clone, Copy, Debug)]
pub struct Commission {
    pub current: Bp,
    pub founding: bool,
    pub recent: u32,
    pub window_days: u32,
    /// The next better share and the lessons it takes.
    pub next: Option<(Bp, u32)>,
}

pub fn commission(r: &dyn Read, now: Timestamp, instructor: UserId) -> Outcome<Commission> {
    let config = PRICING.read(r)?;
    let record = record(r, now, instructor, &config)?;
    let current = tier(&config, &record, Asked::ForLesson, now);
    let better = config.tiers.iter().filter(|tier| tier.pct < current).min_by_key(|tier| tier.min);
    Ok(Commission {
        current,
        founding: record.founding,
        recent: record.recent,
        window_days: config.activity_window_days,
        // The lesson that is priced counts itself.
        next: better.filter(|_| !record.founding).map(|tier| (tier.pct, tier.min.saturating_sub(record.recent + 1))),
    })
}

/// Founding instructors, and the cap.
pub fn founders(r: &dyn Read, limit: usize) -> Outcome<(u64, u64)> {
    let profiles = r.scan(&instructors::tables::PROFILES, Span::all(), limit, Dir::Up)?;
    let count = profiles.iter().filter(|(_, profile)| profile.is_founding()).count();
    Ok((count as u64, u64::from(PRICING.read(r)?.founding_cap)))
}

/// Judges the tier again and keeps it on the profile (rule: 10§2.2, persisted at completion and every night).
pub fn keep(tx: &mut Tx, instructor: UserId) -> Outcome<bool> {
    let now = tx.now();
    let config = PRICING.read(tx)?;
    let record = record(tx, now, instructor, &config)?;
    let judged = tier(&config, &record, Asked::BySweep, now);
    if judged == record.stored || record.founding {
        return Ok(false);
    }
    if judged > record.stored {
        tx.put(&DEMOTIONS, &instructor, &now)?;
    }
    revise(tx, instructor, "tier", |profile| {
        profile.current_tier = judged;
        profile.last_tier_eval_at = Some(now);
        Ok(())
    })?;
    Ok(true)
}

pub fn job() -> JobKind {
    JobKind::sweep("tier_sweep", Every::daily_utc(3, 15), sweep)
}

async fn sweep(site: Site, call: JobCall) -> Outcome<Value> {
    let instructors: Vec<UserId> = site.read(|r| Ok(live_profiles(r, SWEPT)?.iter().map(|p| p.user_id).collect()))?;
    if call.dry_run {
        return Ok(json!({ "instructors": instructors.len() }));
    }
    let mut changed = 0;
    for chunk in instructors.chunks(100).map(<[UserId]>::to_vec) {
        changed += site
            .write(move |tx| {
                let kept: Outcome<Vec<bool>> = chunk.iter().map(|id| keep(tx, *id)).collect();
                Ok(kept?.into_iter().filter(|changed| *changed).count())
            })
            .await?;
    }
    Ok(json!({ "instructors": instructors.len(), "changed": changed }))
}
