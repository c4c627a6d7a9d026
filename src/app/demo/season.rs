//! Who wants lessons with whom, and when: the wishes of forty students over three months, before any is granted.

use super::cast::{NAMED_TEACHERS, cast};
use super::dice::Dice;
use crate::base::time::{Timestamp, plus_hours, plus_minutes};

/// Days after the opening when everybody has joined.
const FIRST_DAY: i64 = 7;

/// How a wish ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Kept,
    /// So many hours before the lesson.
    StudentCancels(i64),
    InstructorCancels(i64),
    StudentStaysAway,
    InstructorStaysAway,
    /// The checkout is left; the hold lapses.
    Unpaid,
    /// The first card is refused, the second is not.
    SecondCard,
    /// The card is refused and nothing follows.
    Declined,
    /// The card is refused when the bank is asked, a day before.
    CardFailsLater,
}

/// A lesson somebody will ask for.
#[derive(Clone, Debug)]
pub struct Wish {
    pub at: Timestamp,
    /// Places in the rosters.
    pub student: usize,
    pub teacher: usize,
    /// Days until the lesson, at least.
    pub lead_days: i64,
    pub fate: Fate,
    /// Tells wishes of one instant apart.
    pub number: u64,
}

/// One student's lessons with one instructor.
struct Course {
    student: usize,
    teacher: usize,
    first_day: i64,
    lessons: i64,
    every_days: i64,
}

/// Everything wished for between the opening and now, in no order. `live` are the teachers who can be booked.
pub fn wishes(opening: Timestamp, now: Timestamp, live: &[usize]) -> Vec<Wish> {
    let days = now.duration_since(opening).as_hours() / 24;
    let mut wishes = Vec::new();
    for course in courses(days, live) {
        ask_for(&course, opening, now, &mut wishes);
    }
    wishes.extend(of_this_moment(now, live));
    for (number, wish) in (0..).zip(&mut wishes) {
        wish.number = number;
    }
    wishes
}

fn courses(days: i64, live: &[usize]) -> Vec<Course> {
    let weeks_long = (days - FIRST_DAY) / 7;
    let whole = |student, teacher, late: i64| Course {
        student,
        teacher,
        first_day: FIRST_DAY + late * 7,
        lessons: weeks_long,
        every_days: 7,
    };
    // Emma and John are here from the beginning, with the people the documentation names.
    let mut courses = vec![whole(0, 0, 0), whole(0, 3, 5), whole(1, 1, 0), whole(1, 2, 4)];
    let mut dice = Dice::of("courses");
    for teacher in 0..NAMED_TEACHERS {
        courses.extend((0..4).map(|n| drawn(&mut dice, 2 + teacher * 5 + n, teacher, days)));
    }
    for student in 0..cast().students.len() {
        for _ in 0..dice.between(1, 4) {
            // The earlier in the roster, the better known.
            let place = dice.below(live.len()).min(dice.below(live.len()));
            let Some(teacher) = live.get(place) else { continue };
            courses.push(drawn(&mut dice, student, *teacher, days));
        }
    }
    courses
}

fn drawn(dice: &mut Dice, student: usize, teacher: usize, days: i64) -> Course {
    let first_day = dice.between(FIRST_DAY, (days - 10).max(FIRST_DAY));
    let every_days = if dice.chance(80) { 7 } else { 14 };
    Course { student, teacher, first_day, lessons: dice.between(2, 9), every_days }
}

fn ask_for(course: &Course, opening: Timestamp, now: Timestamp, wishes: &mut Vec<Wish>) {
    let mut dice = Dice::of(&format!("course {} {} {}", course.student, course.teacher, course.first_day));
    let day = |days: i64| plus_hours(opening, days * 24);
    let mut wish = |dice: &mut Dice, at: Timestamp, lead_days: i64| {
        let at = plus_minutes(at, dice.between(0, 11 * 60));
        let (student, teacher) = (course.student, course.teacher);
        wishes.push(Wish { at, student, teacher, lead_days, fate: fate(dice), number: 0 });
    };
    for n in 0..course.lessons {
        let at = day(course.first_day + n * course.every_days);
        if at < plus_hours(now, -24) {
            let lead = dice.between(1, 6);
            wish(&mut dice, at, lead);
        }
    }
    // Who is still taking lessons has booked the next ones.
    let end = day(course.first_day + course.lessons * course.every_days);
    if end > now {
        for n in 1..=dice.between(1, 3) {
            let at = plus_hours(now, -24 * dice.between(1, 6) - 12);
            let lead = n * 7 + dice.between(0, 4);
            wish(&mut dice, at, lead);
        }
    }
}

fn fate(dice: &mut Dice) -> Fate {
    let hours = dice.one([3, 8, 14, 20, 30, 60]);
    match dice.below(100) {
        0..80 => Fate::Kept,
        80..88 => Fate::StudentCancels(hours),
        88..91 => Fate::InstructorCancels(hours),
        91..93 => Fate::StudentStaysAway,
        93..94 => Fate::InstructorStaysAway,
        94..97 => Fate::Unpaid,
        97..99 => Fate::SecondCard,
        _ => Fate::CardFailsLater,
    }
}

/// What is going on right now: checkouts that are open, a card that was just refused.
fn of_this_moment(now: Timestamp, live: &[usize]) -> Vec<Wish> {
    let open =
        [(5, 8, 21, Fate::Unpaid), (11, 17, 12, Fate::Unpaid), (19, 26, 4, Fate::Unpaid), (23, 9, 7, Fate::Declined)];
    let wish = |(student, place, minutes, fate): (usize, usize, i64, Fate)| {
        let teacher = *live.get(place)?;
        Some(Wish { at: plus_minutes(now, -minutes), student, teacher, lead_days: 3, fate, number: 0 })
    };
    open.into_iter().filter_map(wish).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_season_is_full_and_in_the_past() {
        let now: Timestamp = "2026-11-10T17:00:00Z".parse().unwrap();
        let opening = plus_hours(now, -98 * 24);
        let live: Vec<usize> = (0..112).collect();
        let wishes = wishes(opening, now, &live);
        assert!((500..=760).contains(&wishes.len()), "{} wishes", wishes.len());
        assert!(wishes.iter().all(|w| w.at > opening && w.at < now));
        for fate in [Fate::Unpaid, Fate::Declined, Fate::CardFailsLater, Fate::StudentStaysAway] {
            assert!(wishes.iter().any(|w| w.fate == fate), "{fate:?}");
        }
    }
}
