//! Turns said days and times into dates and a window, at a given moment in a given zone.
// rule: 40§15 dates

use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, Zoned};

use super::calendar;
use super::clock::{minute, window_minutes};
use super::parsed::Parsed;
use super::piece::{DateType, DateWish, Half, TimeWish, Urgency, Which};
use crate::base::time::WallTime;

const EVENING: u16 = 17 * 60;
/// Until when a day still counts as bookable when nobody said a time: the end of the evening.
const EVENING_END: u16 = 21 * 60;
const DAY_END: u16 = 24 * 60;

/// Fills the day and time slots of `parsed`.
pub fn settle(parsed: &mut Parsed, dates: &[DateWish], times: &[TimeWish], now: &Zoned) {
    let nights = dates.contains(&DateWish::Weeknights);
    let evening = nights.then_some(TimeWish::Part { from: EVENING, to: EVENING_END, today: false });
    let times: &[TimeWish] = &times.iter().cloned().chain(evening).collect::<Vec<_>>();
    let mut when = When { parsed, now, today: now.date() };
    when.times(times, dates.contains(&DateWish::Tonight));
    when.dates(dates);
    let this = times.iter().any(|time| matches!(time, TimeWish::Part { today: true, .. }));
    if this && !when.parsed.has_date() {
        when.parsed.date = Some(when.today);
    }
}

struct When<'a> {
    parsed: &'a mut Parsed,
    now: &'a Zoned,
    today: Date,
}

impl When<'_> {
    fn times(&mut self, times: &[TimeWish], tonight: bool) {
        let parts = times
            .iter()
            .filter_map(|time| if let TimeWish::Part { from, to, .. } = time { Some((*from, *to)) } else { None });
        // Several parts of the day are one window from the first to the last.
        let part = parts.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let half = match part {
            _ if tonight => Some(Half::Pm),
            Some((from, _)) if from >= 690 => Some(Half::Pm),
            Some((_, to)) if to <= 720 => Some(Half::Am),
            _ => None,
        };
        let (mut after, mut before) = (None, None);
        for time in times {
            match time {
                TimeWish::After(said) => after = after.or(Some(minute(*said, half))),
                TimeWish::Before(said) => before = before.or(Some(minute(*said, half))),
                _ => {}
            }
        }
        let lesson = self.parsed.duration_minutes.unwrap_or(60).max(60);
        for time in times {
            let window = match time {
                TimeWish::At(said) => {
                    // A lesson "at midnight" is the last one of the day.
                    let start = minute(*said, half).min(DAY_END - lesson.min(DAY_END));
                    (start, start + lesson)
                }
                TimeWish::Either(first, last) => {
                    let (start, end) = window_minutes(*first, *last, half);
                    (start, (end + lesson).min(DAY_END))
                }
                TimeWish::Around(said) => (minute(*said, half).saturating_sub(60), minute(*said, half) + 60),
                TimeWish::Between(first, last) => window_minutes(*first, *last, half),
                _ => continue,
            };
            fill(&mut after, &mut before, window);
        }
        if let Some(window) = part {
            fill(&mut after, &mut before, window);
        }
        self.parsed.time_after = after.map(|minutes| WallTime::clamped(i64::from(minutes)));
        self.parsed.time_before = before.map(|minutes| WallTime::clamped(i64::from(minutes)));
    }

    fn dates(&mut self, wishes: &[DateWish]) {
        let set: Vec<Weekday> = weekday_set(wishes);
        if !set.is_empty() {
            self.parsed.weekdays = day_names(&set);
        }
        for wish in wishes {
            match wish {
                DateWish::Impossible => self.parsed.flag("invalid_date"),
                DateWish::Weekdays(_) | DateWish::NotWeekdays(_) | DateWish::Weeknights => {}
                DateWish::Weekday { .. } if !set.is_empty() => {}
                // "wednesday the 18th" is one day said twice.
                DateWish::Weekday { day, .. }
                    if wishes.iter().any(|other| matches!(other, DateWish::Day(date) if date.weekday() == *day)) => {}
                // "monday next week" is one day, not a day and a week.
                DateWish::Weekday { day, which: Which::Bare } if wishes.contains(&DateWish::NextWeek { weeks: 1 }) => {
                    self.single(calendar::next_week_day(self.today, *day));
                }
                DateWish::NextWeek { .. }
                    if wishes.iter().any(|other| matches!(other, DateWish::Weekday { .. })) && set.is_empty() => {}
                _ => self.one(wish),
            }
        }
    }

    fn single(&mut self, date: Date) {
        match self.parsed.date {
            None => self.parsed.date = Some(date),
            Some(first) if first != date && !self.parsed.date_alternatives.contains(&date) => {
                self.parsed.date_alternatives.push(date)
            }
            Some(_) => {}
        }
    }

    fn range(&mut self, from: Date, to: Date, kind: DateType) {
        if self.parsed.date_from.is_none() && self.parsed.date_to.is_none() {
            (self.parsed.date_from, self.parsed.date_to, self.parsed.date_type) = (Some(from), Some(to), Some(kind));
        }
    }

    fn one(&mut self, wish: &DateWish) {
        let today = self.today;
        match wish {
            DateWish::Today => self.single(today),
            DateWish::Now => {
                self.single(today);
                self.parsed.urgency = Some(Urgency::High);
            }
            DateWish::Tonight => self.tonight(),
            DateWish::Day(date) => self.single(*date),
            DateWish::InDays(days) => self.single(calendar::plus(today, *days)),
            DateWish::InMinutes(minutes) => self.in_minutes(*minutes),
            DateWish::Later { .. } => {
                if let Some((date, _)) = self.extent(wish) {
                    self.single(date);
                }
            }
            DateWish::Weekday { day, which } => self.weekday(*day, *which),
            DateWish::Weekend { which } => {
                let (from, to) = calendar::weekend(today, *which == Which::Next);
                self.range(from, to, DateType::Weekend);
            }
            DateWish::Before { day, inclusive } => {
                if let Some((first, last)) = self.extent(day) {
                    let to = if *inclusive { last } else { calendar::plus(first, -1) };
                    self.range(today.min(to), to, DateType::Range);
                }
            }
            DateWish::Not(day) => {
                let near = |(first, _): &(Date, Date)| *first <= calendar::plus(today, 1);
                if let Some((_, last)) = self.extent(day).filter(near)
                    && self.parsed.date_from.is_none()
                {
                    (self.parsed.date_from, self.parsed.date_type) =
                        (Some(calendar::plus(last, 1)), Some(DateType::Range));
                }
            }
            DateWish::From(day) => {
                // Nested once more when the day itself is not meant: "after friday".
                let from = match day.as_ref() {
                    DateWish::From(inner) => self.extent(inner).map(|(_, last)| calendar::plus(last, 1)),
                    other => self.extent(other).map(|(first, _)| first),
                };
                if self.parsed.date_from.is_none() && from.is_some() {
                    (self.parsed.date_from, self.parsed.date_type) = (from, Some(DateType::Range));
                }
            }
            _ => {
                if let Some((from, to)) = self.extent(wish) {
                    self.range(from, to, DateType::Range);
                }
            }
        }
    }

    /// The first and last day a wish covers.
    fn extent(&self, wish: &DateWish) -> Option<(Date, Date)> {
        let today = self.today;
        let sunday = calendar::plus(calendar::monday(today), 6);
        Some(match wish {
            DateWish::Today | DateWish::Now | DateWish::Tonight => (today, today),
            DateWish::Day(date) => (*date, *date),
            DateWish::InDays(days) => (calendar::plus(today, *days), calendar::plus(today, *days)),
            DateWish::Weekday { day, which: Which::Next } => {
                let date = calendar::next_week_day(today, *day);
                (date, date)
            }
            DateWish::Weekday { day, .. } => {
                let date = calendar::plus(today, calendar::until(today, *day));
                (date, date)
            }
            DateWish::Weekend { which } => calendar::weekend(today, *which == Which::Next),
            DateWish::Range(from, to) => (*from, *to),
            DateWish::ThisWeek => (today, sunday),
            DateWish::LaterThisWeek => (calendar::plus(today, 1).min(sunday), sunday),
            DateWish::NextWeek { weeks } => {
                let monday = calendar::plus(calendar::monday(today), 7 * weeks);
                (monday, calendar::plus(monday, 6))
            }
            DateWish::StartOfWeek { weeks } => {
                let monday = calendar::plus(calendar::monday(today), 7 * weeks);
                (monday, calendar::plus(monday, 2))
            }
            DateWish::EndOfWeek { weeks } => {
                let sunday = calendar::plus(sunday, 7 * weeks);
                (calendar::plus(sunday, -2).max(today), sunday)
            }
            DateWish::Later { day, days } => {
                let (first, last) = self.extent(day)?;
                (calendar::plus(first, *days), calendar::plus(last, *days))
            }
            DateWish::WeekOf(day) => super::holiday::week_of(today, self.extent(day)?.0),
            DateWish::Span(first, last) => {
                let (from, to) = (self.extent(first)?.0, self.extent(last)?.1);
                // "from friday to tuesday" ends in the week after.
                let to = if to < from && from < calendar::plus(to, 7) { calendar::plus(to, 7) } else { to };
                (from <= to).then_some((from, to))?
            }
            DateWish::EndOfMonth => calendar::end_of_month(today),
            DateWish::Month { ahead } => calendar::month_ahead(today, *ahead),
            DateWish::Within(days) => (today, calendar::plus(today, *days)),
            DateWish::Before { .. }
            | DateWish::From(_)
            | DateWish::Weekdays(_)
            | DateWish::NotWeekdays(_)
            | DateWish::Weeknights
            | DateWish::Not(_)
            | DateWish::InMinutes(_)
            | DateWish::Impossible => {
                return None;
            }
        })
    }

    /// From nine in the evening on, what is left of the night.
    fn tonight(&mut self) {
        self.single(self.today);
        let now = self.minute_now();
        let late = now >= EVENING_END;
        let (from, to) = if late { (now, DAY_END) } else { (now.max(EVENING), EVENING_END) };
        if late {
            self.parsed.flag("window_almost_over");
        }
        self.parsed.time_after = self.parsed.time_after.or(WallTime::from_minutes(from));
        if self.parsed.time_before.is_none() && self.parsed.time_after.is_none_or(|after| after.minutes() < to) {
            self.parsed.time_before = WallTime::from_minutes(to);
        }
    }

    fn in_minutes(&mut self, minutes: i64) {
        let Ok(then) = self.now.checked_add(minutes.minutes()) else { return };
        self.single(then.date());
        self.parsed.time_after = self.parsed.time_after.or(WallTime::from_minutes(minute_of(&then)));
        self.parsed.urgency = Some(Urgency::High);
    }

    fn weekday(&mut self, day: Weekday, which: Which) {
        let today = self.today;
        if which == Which::Next {
            let date = calendar::next_week_day(today, day);
            self.single(date);
            if date < calendar::plus(today, 7) {
                self.parsed.date_alternatives.push(calendar::plus(date, 7));
            }
            return;
        }
        let date = calendar::plus(today, calendar::until(today, day));
        if date != today {
            return self.single(date);
        }
        let last = match (self.parsed.time_before, self.parsed.time_after) {
            (Some(before), _) => before.minutes(),
            (None, Some(_)) => DAY_END,
            (None, None) => EVENING_END,
        };
        let later = calendar::plus(today, 7);
        if self.minute_now() < last {
            self.single(today);
            self.parsed.date_ambiguous = true;
            self.parsed.date_alternatives.push(later);
        } else {
            self.single(later);
        }
    }

    fn minute_now(&self) -> u16 {
        minute_of(self.now)
    }
}

fn minute_of(at: &Zoned) -> u16 {
    let begun = u16::from(at.second() > 0);
    at.hour() as u16 * 60 + at.minute() as u16 + begun
}

/// Fills whichever bound is still open, unless the window would end up empty.
fn fill(after: &mut Option<u16>, before: &mut Option<u16>, (from, to): (u16, u16)) {
    match (*after, *before) {
        (None, None) => (*after, *before) = (Some(from), Some(to)),
        (Some(start), None) if to > start => *before = Some(to),
        (None, Some(end)) if from < end => *after = Some(from),
        _ => {}
    }
}

/// Habits ("mondays", "weekdays") and single days named beside one another.
fn weekday_set(wishes: &[DateWish]) -> Vec<Weekday> {
    let mut set = Vec::new();
    let singles: Vec<Weekday> = wishes
        .iter()
        .filter_map(|wish| if let DateWish::Weekday { day, which: Which::Bare } = wish { Some(*day) } else { None })
        .collect();
    let mut not: Vec<Weekday> = Vec::new();
    for wish in wishes {
        match wish {
            DateWish::Weekdays(days) => set.extend(days),
            DateWish::Weeknights => set.extend(Weekday::Monday.cycle_forward().take(5)),
            DateWish::NotWeekdays(days) => not.extend(days),
            _ => {}
        }
    }
    if singles.len() > 1 || !set.is_empty() {
        set.extend(singles);
    }
    // "any weekday except monday" takes away; "not on fridays" alone leaves every other day.
    if set.is_empty() && !not.is_empty() {
        set.extend(Weekday::Monday.cycle_forward().take(7));
    }
    set.retain(|day| !not.contains(day));
    set.sort_by_key(|day: &Weekday| day.to_monday_zero_offset());
    set.dedup();
    set
}

fn day_names(days: &[Weekday]) -> Vec<String> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    days.iter().map(|day| NAMES[day.to_monday_zero_offset() as usize].to_owned()).collect()
}
