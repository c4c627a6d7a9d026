//! Kinds of jobs: a public name, what starts it, what it does.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{SignedDuration, TimeZone, Timestamp, WallTime, Weekday, local_to_utc, plus_days, today_in};
use crate::site::Site;

/// When a sweep comes round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    Seconds(u32),
    /// At this minute of every hour.
    Hourly(u8),
    /// At this time of day in UTC.
    DailyUtc(WallTime),
    /// At this time of day in the marketplace's zone; a skipped time runs at 03:00, a repeated one once.
    DailyLocal(WallTime),
    /// On this day of the week, at this time, in the marketplace's zone.
    WeeklyLocal(Weekday, WallTime),
    /// The same twice a day.
    TwiceLocal(WallTime, WallTime),
}

impl Every {
    pub fn minutes(n: u32) -> Self {
        Self::Seconds(n * 60)
    }
    pub fn hours(n: u32) -> Self {
        Self::Seconds(n * 3600)
    }
    pub fn daily_utc(hour: u8, minute: u8) -> Self {
        Self::DailyUtc(WallTime::clamped(i64::from(hour) * 60 + i64::from(minute)))
    }
    pub fn daily_local(hour: u8, minute: u8) -> Self {
        Self::DailyLocal(WallTime::clamped(i64::from(hour) * 60 + i64::from(minute)))
    }

    pub fn weekly_local(day: Weekday, hour: u8, minute: u8) -> Self {
        Self::WeeklyLocal(day, WallTime::clamped(i64::from(hour) * 60 + i64::from(minute)))
    }

    pub fn twice_local(a: (u8, u8), b: (u8, u8)) -> Self {
        let wall = |(hour, minute): (u8, u8)| WallTime::clamped(i64::from(hour) * 60 + i64::from(minute));
        Self::TwiceLocal(wall(a), wall(b))
    }

    /// The first instant of the schedule after `at`.
    pub fn next_after(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Seconds(step) => {
                let step = i64::from(step.max(1));
                let next = (at.as_second().div_euclid(step) + 1) * step;
                Timestamp::from_second(next).unwrap_or(at)
            }
            Self::Hourly(minute) => {
                let past = i64::from(minute.min(59)) * 60;
                let next = ((at.as_second() - past).div_euclid(3600) + 1) * 3600 + past;
                Timestamp::from_second(next).unwrap_or(at)
            }
            Self::DailyUtc(wall) => next_daily(at, wall, &TimeZone::UTC),
            Self::DailyLocal(wall) => next_daily(at, wall, zone),
            Self::WeeklyLocal(day, wall) => {
                let mut due = next_daily(at, wall, zone);
                while today_in(due, zone).weekday() != day {
                    due = next_daily(due, wall, zone);
                }
                due
            }
            Self::TwiceLocal(a, b) => next_daily(at, a, zone).min(next_daily(at, b, zone)),
        }
    }

    /// Comes round so often that a clock moved so far runs it once, at the end (timers keep the exact instants):
    /// more than once an hour, or every hour where it is moved by more than a day.
    pub fn is_frequent(self, moved: SignedDuration) -> bool {
        match self {
            Self::Seconds(step) if step < 3600 => true,
            Self::Seconds(3600) | Self::Hourly(_) => moved > SignedDuration::from_hours(24),
            _ => false,
        }
    }
}

fn next_daily(at: Timestamp, wall: WallTime, zone: &TimeZone) -> Timestamp {
    let today = today_in(at, zone);
    let three = WallTime::clamped(180);
    (0..3)
        .filter_map(|days| {
            let date = plus_days(today, days);
            local_to_utc(date, wall, zone).instant().or_else(|| local_to_utc(date, three, zone).instant())
        })
        .find(|due| *due > at)
        .unwrap_or(at + SignedDuration::from_hours(24))
}

/// One run, as its handler sees it.
#[derive(Clone, Debug)]
pub struct JobCall {
    /// The key it was enqueued under; empty for a sweep.
    pub key: String,
    /// The instant it was due at.
    pub due: Timestamp,
    /// 1 for the first try.
    pub attempt: u32,
    /// Count only, change nothing.
    pub dry_run: bool,
    pub payload: Value,
}

impl JobCall {
    pub fn payload<T: DeserializeOwned>(&self) -> Outcome<T> {
        serde_json::from_value(self.payload.clone()).map_err(Refusal::internal)
    }

    /// The key read as an id.
    pub fn id<T: std::str::FromStr>(&self) -> Outcome<T> {
        self.key.parse().map_err(|_| Refusal::internal(format!("job key {:?} is not an id", self.key)))
    }
}

/// What a run has to tell; `()` for nothing.
#[derive(Clone, Debug, Default)]
pub struct JobReport(pub Value);

impl From<()> for JobReport {
    fn from((): ()) -> Self {
        Self(Value::Object(serde_json::Map::new()))
    }
}
impl From<Value> for JobReport {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

type Running = Pin<Box<dyn Future<Output = Outcome<JobReport>> + Send>>;
pub(super) type Handler = Arc<dyn Fn(Site, JobCall) -> Running + Send + Sync>;

#[derive(Clone)]
pub struct JobKind {
    pub name: &'static str,
    pub every: Option<Every>,
    /// How many of it run side by side, so that a slow kind never takes all places.
    pub at_once: usize,
    pub(super) handler: Handler,
}

/// Timers of one kind that run side by side, unless the kind says otherwise.
const TIMERS_AT_ONCE: usize = 4;

impl JobKind {
    /// Runs when enqueued, at its due instant.
    pub fn timer<H, F, R>(name: &'static str, handler: H) -> Self
    where
        H: Fn(Site, JobCall) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome<R>> + Send + 'static,
        R: Into<JobReport>,
    {
        Self { name, every: None, at_once: TIMERS_AT_ONCE, handler: boxed(handler) }
    }

    /// Runs on a schedule; after a pause of the program it catches up with one run.
    pub fn sweep<H, F, R>(name: &'static str, every: Every, handler: H) -> Self
    where
        H: Fn(Site, JobCall) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome<R>> + Send + 'static,
        R: Into<JobReport>,
    {
        Self { name, every: Some(every), at_once: 1, handler: boxed(handler) }
    }
}

fn boxed<H, F, R>(handler: H) -> Handler
where
    H: Fn(Site, JobCall) -> F + Send + Sync + 'static,
    F: Future<Output = Outcome<R>> + Send + 'static,
    R: Into<JobReport>,
{
    Arc::new(move |site, call| {
        let running = handler(site, call);
        Box::pin(async move { running.await.map(Into::into) })
    })
}
