//! From a week's facts to the grid's cells.

use super::editor::Facts;
use crate::availability::model::Entry;
use crate::availability::rules::bits::Day;
use crate::availability::rules::paint::{CELL_MINUTES, cells, is_drawn_open};
use crate::base::time::{Date, WallTime, plus_days};
use crate::web::components::{Cell, WeekDay, WeekView};

/// Rows shown unless something lies outside them (rule: 50§2 teaching window).
const MORNING: u16 = 8 * 60;
const EVENING: u16 = 20 * 60;

pub(super) struct Grid {
    pub view: WeekView,
    pub from: WallTime,
    pub to: WallTime,
    /// Half hours without a box: they stay as they are whatever is sent.
    fixed: Vec<(Date, WallTime)>,
    /// Published minutes from now on.
    pub free_minutes: u32,
}

impl Grid {
    pub fn fixed_words(&self) -> String {
        self.fixed.iter().map(|(date, at)| format!("{date}T{at}")).collect::<Vec<_>>().join(" ")
    }
}

pub(super) fn of(facts: &Facts) -> Grid {
    let (from, to) = rows(facts);
    let (mut fixed, mut days, mut free_minutes) = (Vec::new(), Vec::new(), 0);
    for date in (0..7).map(|i| plus_days(facts.week.monday, i)) {
        let day = facts.week.days.get(&date).unwrap_or(&Day::EMPTY);
        let mut line = Vec::new();
        for at in cells(from, to) {
            let cell = cell(facts, date, day, at, &line);
            if !matches!(cell, Cell::Open | Cell::Closed) {
                fixed.push((date, at));
            }
            line.push(cell);
        }
        free_minutes += ahead(facts, date, day);
        days.push(WeekDay { date, cells: line });
    }
    Grid { view: WeekView { today: facts.today, from, days }, from, to, fixed, free_minutes }
}

/// Published minutes that have not passed, on a day that is not off, without the lessons in them.
fn ahead(facts: &Facts, date: Date, day: &Day) -> u32 {
    if date < facts.today || facts.is_off(date) {
        return 0;
    }
    let mut left = day.clone();
    if date == facts.today {
        left.close(WallTime::START, facts.now);
    }
    for (lesson, _) in lessons_of(facts, date) {
        left.close(lesson.start, lesson.end);
    }
    left.minutes()
}

fn lessons_of(facts: &Facts, date: Date) -> impl Iterator<Item = &(Entry, String)> {
    facts.lessons.iter().filter(move |(lesson, _)| lesson.date == date)
}

/// The usual hours, widened to whatever is published or booked outside them.
fn rows(facts: &Facts) -> (WallTime, WallTime) {
    if facts.whole_day {
        return (WallTime::START, WallTime::END);
    }
    let windows = facts.week.days.values().flat_map(Day::windows).map(|w| (w.start, w.end));
    let lessons = facts.lessons.iter().map(|(lesson, _)| (lesson.start, lesson.end));
    let (mut from, mut to) = (MORNING, EVENING);
    for (start, end) in windows.chain(lessons) {
        from = from.min(start.minutes() / 60 * 60);
        to = to.max(end.minutes().next_multiple_of(60));
    }
    (WallTime::clamped(from.into()), WallTime::clamped(to.into()))
}

fn cell(facts: &Facts, date: Date, day: &Day, at: WallTime, above: &[Cell]) -> Cell {
    let end = WallTime::clamped(i64::from(at.minutes()) + i64::from(CELL_MINUTES));
    if let Some(cell) = booked(facts, date, at, end, above) {
        return cell;
    }
    let open = is_drawn_open(day, at);
    if facts.is_off(date) {
        Cell::Off
    } else if date < facts.today || (date == facts.today && end <= facts.now) {
        Cell::Past { was_open: open }
    } else if open {
        Cell::Open
    } else {
        Cell::Closed
    }
}

/// The lesson that begins in this half hour, or the one above that reaches into it. Two lessons that share a half hour
/// meet there: the first keeps it.
fn booked(facts: &Facts, date: Date, at: WallTime, end: WallTime, above: &[Cell]) -> Option<Cell> {
    let covered = above.iter().rev().zip(1u8..).find_map(|(cell, back)| match cell {
        Cell::Booked { halves, .. } => Some(*halves > back),
        Cell::Covered => None,
        _ => Some(false),
    });
    if covered == Some(true) {
        return Some(Cell::Covered);
    }
    let (lesson, who) = lessons_of(facts, date).find(|(lesson, _)| lesson.start < end && at < lesson.end)?;
    let halves = (lesson.end.minutes() - at.minutes()).div_ceil(CELL_MINUTES);
    let href = Some(format!("/instructor/bookings/{}", lesson.busy.booking_id));
    Some(Cell::Booked { halves: u8::try_from(halves).unwrap_or(48), who: who.clone(), href, end: lesson.end })
}
