//! Calendar arithmetic on civil dates: everything the phrases of `date` and `month` need, evaluated
//! at a given day. Nothing here reads a clock.
// rule: 40§15 dates

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// `date` moved by whole days.
pub fn plus(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).unwrap_or(date)
}

/// Days from `date` to the next day of that name, 0 when it is today.
pub fn until(date: Date, day: Weekday) -> i64 {
    i64::from(date.weekday().until(day))
}

/// The Monday of the week `date` lies in.
pub fn monday(date: Date) -> Date {
    plus(date, -i64::from(date.weekday().to_monday_zero_offset()))
}

/// The date of that name in the next calendar week, Monday to Sunday.
pub fn next_week_day(date: Date, day: Weekday) -> Date {
    plus(monday(date), 7 + i64::from(day.to_monday_zero_offset()))
}

/// The coming Saturday and Sunday; on a Sunday what is left of the current ones.
pub fn weekend(date: Date, next: bool) -> (Date, Date) {
    let sunday = plus(monday(date), 6);
    let saturday = plus(sunday, -1);
    if next { (plus(saturday, 7), plus(sunday, 7)) } else { (saturday.max(date), sunday) }
}

/// The next date with that month and day, or the date of the given year. Nothing when there is no
/// such day, or when the year said is over.
pub fn coming(today: Date, year: Option<i16>, month: i64, day: i64) -> Option<Date> {
    let month = i8::try_from(month).ok()?;
    let day = i8::try_from(day).ok()?;
    if let Some(year) = year {
        return Date::new(year, month, day).ok().filter(|date| *date >= today);
    }
    // Four years ahead at most: that is how long February 29 may take.
    (0..=4).filter_map(|ahead| Date::new(today.year() + ahead, month, day).ok()).find(|date| *date >= today)
}

/// The next day of the month with that number.
pub fn coming_day(today: Date, day: i64) -> Option<Date> {
    let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
    let first = Date::new(today.year(), today.month(), 1).ok()?;
    (0..=2)
        .filter_map(|ahead| first.checked_add(ahead.months()).ok())
        .filter_map(|month| Date::new(month.year(), month.month(), day).ok())
        .find(|date| *date >= today)
}

/// What is left of the coming month of that number.
pub fn month(today: Date, year: Option<i16>, month: i8) -> Option<(Date, Date)> {
    let year = year.unwrap_or(if month >= today.month() { today.year() } else { today.year() + 1 });
    let first = Date::new(year, month, 1).ok()?;
    let last = first.last_of_month();
    (last >= today).then_some((first.max(today), last))
}

/// What is left of the days `first..=last` of the coming month of that number; 25 to 31 are its last seven.
pub fn part_of_month(today: Date, month: i8, first: i8, last: i8) -> Option<(Date, Date)> {
    (0..=1).find_map(|ahead| {
        let end = Date::new(today.year() + ahead, month, 1).ok()?.last_of_month();
        let (begin, stop) = match (first, last) {
            (25, _) => (plus(end, -6), end),
            _ => (end.with().day(first).build().ok()?, end.with().day(last.min(end.day())).build().ok()?),
        };
        (stop >= today).then_some((begin.max(today), stop))
    })
}

/// What is left of the month `ahead` months from now.
pub fn month_ahead(today: Date, ahead: i64) -> (Date, Date) {
    let first = today.first_of_month().checked_add(ahead.months()).unwrap_or(today);
    (first.max(today), first.last_of_month())
}

/// The last seven days of this month, from today on; on its last day, that day alone.
pub fn end_of_month(today: Date) -> (Date, Date) {
    let last = today.last_of_month();
    (plus(last, -6).max(today), last)
}

/// The days after `from` up to and including `to`, round the week.
pub fn days_between(from: Weekday, to: Weekday) -> Vec<Weekday> {
    let count = from.until(to);
    (1..=count).map(|step| from.wrapping_add(step)).collect()
}
