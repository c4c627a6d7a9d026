use super::{at, booking};
use crate::base::time::{plus_hours, plus_minutes};
use crate::bookings::ics;
use crate::bookings::model::{Booking, Status};
use crate::bookings::rules::lists::{Filter, RESCHEDULED};

fn starting(hours_from_now: i64, status: Status) -> Booking {
    let start = plus_hours(at("2026-11-10T19:05:00Z"), hours_from_now);
    Booking { status, start, end: plus_minutes(start, 60), ..booking() }
}

/// rule: 10§7, GET /bookings.
#[test]
fn each_list_keeps_what_it_promises() {
    let now = at("2026-11-10T19:05:00Z");
    let moved = Booking { cancellation_reason: Some(RESCHEDULED.into()), ..starting(-40, Status::Cancelled) };
    let all = || {
        vec![
            starting(-50, Status::Completed),
            moved.clone(),
            starting(-30, Status::Cancelled),
            starting(-2, Status::Confirmed),
            starting(5, Status::Pending),
            starting(10, Status::Confirmed),
            starting(20, Status::Confirmed),
        ]
    };
    let hours = |filter: Filter| -> Vec<i64> {
        filter.apply(all(), now).iter().map(|b| b.start.duration_since(now).as_hours()).collect()
    };
    let none = Filter::default();
    assert_eq!(hours(none), [20, 10, 5, -2, -30, -40, -50]);
    assert_eq!(hours(Filter { upcoming: true, ..none }), [10, 20]);
    assert_eq!(hours(Filter { without_future_confirmed: true, ..none }), [5, -2, -30, -50]);
    assert_eq!(hours(Filter { taken_place: true, ..none }), [-2, -50]);
    assert_eq!(hours(Filter { status: Some(Status::Cancelled), ..none }), [-30, -40]);
}

#[test]
fn a_lesson_as_a_calendar_file() {
    let booking = Booking { version: 3, ..booking() };
    let words = ics::Words {
        title: "Piano with Sarah C.; bring music, please",
        place: "Studio 5C, 215 West 83rd St",
        url: "https://example.org/student/lessons/x",
        host: "example.org",
    };
    let text = ics::calendar(&booking, &words, at("2026-11-10T19:05:00Z"));
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.contains("DTSTART:20261112T213000Z\r\nDTEND:20261112T223000Z\r\n"), "{text}");
    assert!(text.contains("SEQUENCE:3\r\n") && text.contains("STATUS:CONFIRMED"));
    assert!(text.contains(r"SUMMARY:Piano with Sarah C.\; bring music\, please"));
    assert!(text.lines().all(|line| line.len() <= 75), "{text}");
    let off = Booking { status: Status::Cancelled, ..booking };
    assert!(ics::calendar(&off, &words, at("2026-11-10T19:05:00Z")).contains("METHOD:CANCEL"));
}
