//! An instructor's free time as bits: what [`super::open`] says of every date, kept for whoever asks about many
//! instructors at once.
//!
//! [`Free::first`] gives the start that [`super::open::DayFacts::open_starts`] gives first, or says that it must be
//! asked of the calendar itself ([`Answer::Ask`]): on a date on which the clock changes, for a length that is no multiple
//! of a quarter hour, beyond the dates it was made for, and from the moment an unpaid hold may have ended. It never
//! guesses. A property beside it compares the two.

use super::bits::Day;
use super::calendar::Calendar;
use super::dayline::DayLine;
use super::open::STEP_MINUTES;
use super::sheet::Sheet;
use super::spans::Spans;
use crate::base::price::Place;
use crate::base::time::{Date, Timestamp, days_between, plus_days, utc_to_local};

/// Quarter hours of a day.
const QUARTERS: u16 = 24 * 60 / STEP_MINUTES;
const WHOLE_DAY: u16 = 24 * 60;

/// The quarter hours of one day, one bit each, from midnight on.
pub type Quarters = u128;

/// The starts from minute `after` on with which a lesson of `minutes` ends by minute `before`.
pub fn starts_between(after: u16, before: u16, minutes: u16) -> Quarters {
    let Some(last) = before.min(WHOLE_DAY).checked_sub(minutes) else { return 0 };
    from_minute(after) & below(last / STEP_MINUTES + 1)
}

/// Starts no earlier than a minute of the day.
fn from_minute(minute: u16) -> Quarters {
    let first = minute.div_ceil(STEP_MINUTES);
    if first >= QUARTERS { 0 } else { u128::MAX << first }
}

fn below(quarter: u16) -> Quarters {
    let all = (1u128 << QUARTERS) - 1;
    if quarter >= QUARTERS { all } else { (1u128 << quarter) - 1 }
}

/// One date with free time. Two halves, because 128 bits in one piece would be padded.
#[derive(Clone, Copy, Debug)]
struct FreeDay {
    /// Days after the first.
    day: u16,
    quarters: [u32; 3],
}

impl FreeDay {
    fn of(day: u16, quarters: Quarters) -> Self {
        let part = |n: u32| (quarters >> (32 * n)) as u32;
        Self { day, quarters: [part(0), part(1), part(2)] }
    }

    fn quarters(&self) -> Quarters {
        let [a, b, c] = self.quarters.map(u128::from);
        a | b << 32 | c << 64
    }
}

/// Everything that is free from a first date on, whatever moment it is asked at.
#[derive(Clone, Debug)]
pub struct Free {
    first: Date,
    last: Date,
    /// One list for each kind of place that differs.
    lists: Vec<Box<[FreeDay]>>,
    /// Which list holds for a place.
    of_place: [u8; 4],
    /// Dates with a change of the clock.
    odd: Vec<Date>,
    /// When the first unpaid hold ends by itself.
    holds_until: Option<Timestamp>,
}

/// What is known of the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    None,
    At(Date, u16),
    /// Only the calendar itself can tell.
    Ask,
}

/// The moment of a question in the terms of one calendar: nothing may start earlier.
#[derive(Clone, Copy, Debug)]
pub struct Soonest {
    pub now: Timestamp,
    date: Date,
    minute: u16,
    protected: Option<(Date, u16)>,
}

impl Soonest {
    pub fn of(calendar: &Calendar, place: Place, now: Timestamp) -> Self {
        let terms = calendar.terms(Some(place), now);
        let date = utc_to_local(terms.earliest, &calendar.zone).0;
        let line = DayLine::of(date, &calendar.zone);
        let minute = line.clamp(line.start(), terms.earliest.max(line.start())).1;
        let protected = terms.first_start_on(date).map(|first| (date, first.minutes()));
        let next = plus_days(date, 1);
        let protected = protected.or(terms.first_start_on(next).map(|first| (next, first.minutes())));
        Self { now, date, minute, protected }
    }

    /// Whether a start on a whole quarter hour is late enough.
    pub fn allows(&self, date: Date, minute: u16) -> bool {
        self.mask(date) & from_minute(minute) & below(minute / STEP_MINUTES + 1) != 0
    }

    /// Whether both keep the same morning free.
    pub fn same_night(&self, other: &Self) -> bool {
        self.protected == other.protected
    }

    /// The starts that are late enough on a date.
    fn mask(&self, date: Date) -> Quarters {
        let soon = match date.cmp(&self.date) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => from_minute(self.minute),
            std::cmp::Ordering::Greater => u128::MAX,
        };
        match self.protected {
            Some((day, first)) if day == date => soon & from_minute(first),
            _ => soon,
        }
    }
}

/// A window of dates and starts.
pub struct Window<'a> {
    pub from: Date,
    pub to: Date,
    pub on: &'a dyn Fn(Date) -> bool,
    pub starts: Quarters,
    pub minutes: u16,
}

impl Free {
    /// The free time of a sheet that holds everything from `first` to `last`.
    pub fn of(sheet: &Sheet, first: Date, last: Date) -> Self {
        let zone = &sheet.calendar.zone;
        let mut lists: Vec<Box<[FreeDay]>> = Vec::new();
        let mut of_place = [0u8; 4];
        let odd: Vec<Date> =
            sheet.days.keys().copied().filter(|date| DayLine::of(*date, zone).minutes() != WHOLE_DAY).collect();
        for (at, place) in Place::ALL.into_iter().enumerate() {
            if at > 0 && alike(sheet, Place::ALL[at - 1], place) {
                of_place[at] = of_place[at - 1];
                continue;
            }
            of_place[at] = lists.len() as u8;
            let terms = sheet.calendar.terms_at_any_moment(place);
            let days = sheet.days.iter().filter(|(date, _)| (first..=last).contains(date) && !odd.contains(date));
            let days = days.filter_map(|(date, _)| {
                let quarters = quarters(&sheet.on(*date, |facts| facts.free(&terms)));
                let day = u16::try_from(days_between(first, *date)).ok()?;
                (quarters != 0).then(|| FreeDay::of(day, quarters))
            });
            lists.push(days.collect());
        }
        let holds_until = sheet.busy.iter().filter_map(|busy| busy.hold_expires_at).min();
        Self { first, last, lists, of_place, odd, holds_until }
    }

    /// The first start of a window, no sooner than allowed.
    pub fn first(&self, place: Place, soonest: &Soonest, window: &Window) -> Answer {
        if window.to > self.last
            || window.from < self.first
            || !window.minutes.is_multiple_of(STEP_MINUTES)
            || self.holds_until.is_some_and(|until| soonest.now >= until)
            || self.odd.iter().any(|date| (window.from..=window.to).contains(date))
        {
            return Answer::Ask;
        }
        let list = &self.lists[usize::from(self.of_place[place as usize])];
        let offset = |date: Date| days_between(self.first, date).clamp(0, i64::from(u16::MAX)) as u16;
        let (from, to) = (offset(window.from.max(soonest.date)), offset(window.to));
        let begin = list.partition_point(|free| free.day < from);
        for free in list[begin..].iter().take_while(|free| free.day <= to) {
            let long_enough = eroded(free.quarters(), window.minutes / STEP_MINUTES) & window.starts;
            if long_enough == 0 {
                continue;
            }
            let date = plus_days(self.first, i64::from(free.day));
            let starts = long_enough & soonest.mask(date);
            if starts != 0 && (window.on)(date) {
                return Answer::At(date, starts.trailing_zeros() as u16 * STEP_MINUTES);
            }
        }
        Answer::None
    }

    /// From when on only the calendar itself can tell: an unpaid hold may have ended.
    pub fn holds_until(&self) -> Option<Timestamp> {
        self.holds_until
    }

    /// Bytes it takes beside itself.
    pub fn bytes(&self) -> usize {
        let days: usize = self.lists.iter().map(|list| size_of_val::<[FreeDay]>(list)).sum();
        days + self.lists.capacity() * size_of::<Box<[FreeDay]>>() + self.odd.capacity() * size_of::<Date>()
    }
}

/// Whether the same time is free at both kinds of place.
fn alike(sheet: &Sheet, a: Place, b: Place) -> bool {
    sheet.calendar.platform.is_none() && sheet.days.values().all(|day: &Day| !day.is_tagged()) && a != b
}

/// Whole free quarter hours.
fn quarters(free: &Spans) -> Quarters {
    let span = |(from, to): (u16, u16)| {
        let (first, end) = (from.div_ceil(STEP_MINUTES), to / STEP_MINUTES);
        if first >= end { 0 } else { below(end) & !below(first) }
    };
    free.iter().map(span).fold(0, |all, one| all | one)
}

/// The quarters with which `length` free ones begin.
fn eroded(free: Quarters, length: u16) -> Quarters {
    let mut starts = if length == 0 { 0 } else { free };
    let mut have = 1;
    while have < length && starts != 0 {
        let step = have.min(length - have);
        starts &= starts >> step;
        have += step;
    }
    starts
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::availability::rules::bits::{Tag, Window as Published};
    use crate::availability::rules::calendar::Platform;
    use crate::availability::rules::open::Busy;
    use crate::base::id::{AnyId, BookingId, UserId};
    use crate::base::time::{WallTime, plus_minutes, zone};

    const FIRST: &str = "2026-10-28";

    fn date(day: i64) -> Date {
        plus_days(FIRST.parse().unwrap(), day)
    }

    prop_compose! {
        fn published()(day in 0i64..8, start in 0u16..280, length in 3u16..120, tag in 0usize..3) -> (i64, Published) {
            let tag = [Tag::Any, Tag::OnlineOnly, Tag::NoTravel][tag];
            let at = |slot: u16| WallTime::clamped(i64::from(slot.min(288)) * 5);
            (day, Published { start: at(start), end: at(start + length), tag })
        }
    }

    prop_compose! {
        fn busy()(at in 0i64..(8 * 1440), length in 15i64..150, travels: bool, hold in prop::option::of(0i64..2000)) -> Busy {
            let start: Timestamp = "2026-10-28T04:00:00Z".parse().unwrap();
            let id = BookingId::from_bits(7);
            let nobody = UserId::from_bits(1);
            Busy {
                booking_id: id, instructor_id: nobody, student_id: nobody, travels,
                start_utc: plus_minutes(start, at), end_utc: plus_minutes(start, at + length),
                hold_expires_at: hold.map(|minutes| plus_minutes(start, minutes)),
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// The clock changes on the fifth of the eight days.
        #[test]
        fn bits_say_what_the_calendar_says(
            windows in prop::collection::vec(published(), 1..12),
            busy in prop::collection::vec(busy(), 0..6),
            blackout in prop::option::of(0i64..8),
            now in 0i64..(6 * 1440), notice in 0u16..30, buffer in 0u16..40, platform: bool,
            place in 0usize..4, minutes in prop::sample::select(vec![15u16, 30, 45, 50, 60, 90]),
            (from, to) in (0i64..8, 0i64..9), (after, before) in (0u16..1440, 0u16..=1440),
        ) {
            let mut days: BTreeMap<Date, Day> = BTreeMap::new();
            for (day, window) in &windows {
                days.entry(date(*day)).or_default().open(window.start, window.end, window.tag);
            }
            let calendar = Calendar {
                zone: zone("America/New_York").unwrap(), zone_name: "America/New_York".into(),
                notice_hours: notice, buffer_minutes: buffer, platform: platform.then(Platform::default),
            };
            let blackouts: BTreeSet<Date> = blackout.map(date).into_iter().collect();
            let sheet = Sheet { calendar: calendar.clone(), days, blackouts, busy };
            let now = plus_minutes("2026-10-28T04:00:30Z".parse().unwrap(), now);
            let (place, odd_days) = (Place::ALL[place], |date: Date| date.day() % 3 != 0);
            let free = Free::of(&sheet, date(0), date(7));
            let window = Window {
                from: date(from), to: date(to), on: &odd_days, minutes,
                starts: starts_between(after, before, minutes),
            };
            let told = free.first(place, &Soonest::of(&calendar, place, now), &window);
            let terms = calendar.terms(Some(place), now);
            let fits = |start: u16, end: WallTime| {
                start >= after && end.as_end().minutes() <= before && end.as_end().minutes() >= start
            };
            let asked = (from..=to).map(date).filter(|date| odd_days(*date)).find_map(|date| {
                let starts = sheet.on(date, |facts| facts.open_starts(&terms, minutes));
                starts.into_iter().find(|opening| fits(opening.start.minutes(), opening.end)).map(|o| (o.date, o.start.minutes()))
            });
            match told {
                Answer::Ask => {}
                Answer::None => prop_assert_eq!(asked, None),
                Answer::At(date, minute) => prop_assert_eq!(asked, Some((date, minute))),
            }
        }
    }

    #[test]
    fn starts_lie_wholly_in_their_window() {
        let bits = |after, before, minutes| {
            let mask = starts_between(after, before, minutes);
            (0..96).filter(|n| mask >> n & 1 == 1).map(|n: u16| n * 15).collect::<Vec<_>>()
        };
        assert_eq!(bits(961, 1080, 60), [975, 990, 1005, 1020]);
        assert_eq!(bits(1320, 1440, 60), [1320, 1335, 1350, 1365, 1380]);
        assert_eq!(bits(0, 30, 45), [0u16; 0]);
    }
}
