//! What an instructor earned, and what is on its way.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::day;
use crate::base::money::Cents;
use crate::base::text::count;
use crate::base::time::TimeZone;
use crate::payments::ops::{Coming, Earnings, LessonEarning};
use crate::web::components::{Col, Row, Stat, Table, empty, stats, table};

/// Rows on the page; all of them are in the API.
const SHOWN: usize = 100;

pub fn totals(earned: &Earnings, coming: &Coming) -> Markup {
    let services: BTreeSet<&str> = earned.lessons.iter().map(|lesson| lesson.service.as_str()).collect();
    let minutes: i64 = earned.lessons.iter().map(|lesson| lesson.minutes).sum();
    // What late cancellations and refunds left out of the lessons' share.
    let missed = earned.lesson_value - earned.platform_fees + earned.tips - earned.earned;
    let mut net =
        format!("Lesson prices {} − our share {}", earned.lesson_value.dollars(), earned.platform_fees.dollars());
    for (sign, sum, words) in [('+', earned.tips, "tips"), ('−', missed, "cancelled late or given back")] {
        if sum.is_positive() {
            net += &format!(" {sign} {} {words}", sum.dollars());
        }
    }
    let over = match coming.lessons_over {
        0 => "No lesson waits to be paid.".to_owned(),
        n => format!("{} over, paid a day after the end", count(n, "lesson", "lessons")),
    };
    stats(&[
        Stat::new("On its way to you", coming.on_its_way.dollars(), over).lead(),
        Stat::new("Booked ahead", coming.booked.dollars(), count(coming.lessons_ahead, "lesson", "lessons")),
        Stat::new("Paid to you", earned.earned.dollars(), &net),
        Stat::new(
            "Lessons paid",
            earned.lessons.len().to_string(),
            format!("{} hours, {}", hours(minutes), count(services.len(), "service", "services")),
        ),
    ])
}

/// "1.5"
fn hours(minutes: i64) -> String {
    let tenths = (minutes * 10 + 30) / 60;
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

pub fn list(lessons: &[LessonEarning], tz: &TimeZone) -> Markup {
    if lessons.is_empty() {
        return empty("Nothing paid out yet", "Your first lesson appears here a day after it ends.", None);
    }
    let row = |lesson: &LessonEarning| {
        let share = lesson.lesson - lesson.platform_fee;
        let state = match lesson.status {
            "paid" if lesson.payout < share => "paid in part",
            "paid" => "paid",
            _ => "being looked at",
        };
        Row::new(vec![
            html! { a href={ "/instructor/bookings/" (lesson.booking_id) "/payout" } { (day(lesson.start, tz)) } },
            html! { (lesson.student) },
            html! { (lesson.service) },
            html! { (lesson.minutes) },
            html! { (lesson.lesson.dollars()) },
            html! { (lesson.platform_fee.dollars()) },
            html! { (lesson.payout.dollars()) },
            html! { @if lesson.tip.is_positive() { (lesson.tip.dollars()) } @else { "–" } },
            html! { (state) },
        ])
    };
    table(&Table {
        caption: "Paid lessons".into(),
        caption_hidden: true,
        cols: vec![
            Col::new("Day"),
            Col::new("Student"),
            Col::new("Service"),
            Col::end("Minutes"),
            Col::end("Price"),
            Col::end("Our share"),
            Col::end("Paid to you"),
            Col::end("Tip"),
            Col::new("State"),
        ],
        rows: lessons.iter().take(SHOWN).map(row).collect(),
        foot: Some(foot(&lessons[..lessons.len().min(SHOWN)])),
    })
}

/// Sums of what is listed.
fn foot(lessons: &[LessonEarning]) -> Vec<Markup> {
    let sum = |of: fn(&LessonEarning) -> Cents| lessons.iter().map(of).sum::<Cents>().dollars();
    let minutes: i64 = lessons.iter().map(|lesson| lesson.minutes).sum();
    vec![
        html! { (count(lessons.len(), "lesson", "lessons")) },
        html! {},
        html! {},
        html! { (minutes) },
        html! { (sum(|lesson| lesson.lesson)) },
        html! { (sum(|lesson| lesson.platform_fee)) },
        html! { (sum(|lesson| lesson.payout)) },
        html! { (sum(|lesson| lesson.tip)) },
        html! {},
    ]
}
