use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

use super::bits::{Day, Tag, Window};
use super::calendar::{Calendar, Platform};
use super::dayline::DayLine;
use super::gate::check_slot;
use super::open::{Busy, DayFacts};
use super::ranges;
use super::sheet::Sheet;
use super::week::{self, Days, Guard, Wanted};
use crate::base::id::{BookingId, UserId};
use crate::base::price::Place;
use crate::base::time::{
    Date, TimeZone, Timestamp, WallTime, local_to_utc, plus_days, plus_hours, plus_minutes, utc_to_local, zone,
};

fn wall(text: &str) -> WallTime {
    text.parse().unwrap()
}
fn date(text: &str) -> Date {
    text.parse().unwrap()
}
fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}
fn new_york() -> TimeZone {
    zone("America/New_York").unwrap()
}
fn window(start: &str, end: &str) -> Window {
    Window { start: wall(start), end: wall(end), tag: Tag::Any }
}
fn calendar(notice_hours: u16, buffer_minutes: u16) -> Calendar {
    Calendar { zone: new_york(), zone_name: "America/New_York".into(), notice_hours, buffer_minutes, platform: None }
}
fn lesson(day: &str, start: &str, minutes: i64) -> Busy {
    let start_utc = local_to_utc(date(day), wall(start), &new_york()).instant().unwrap();
    busy_at(start_utc, minutes)
}
fn busy_at(start_utc: Timestamp, minutes: i64) -> Busy {
    Busy {
        booking_id: BookingId::of_name("b"),
        instructor_id: UserId::of_name("i"),
        student_id: UserId::of_name("s"),
        start_utc,
        end_utc: plus_minutes(start_utc, minutes),
        travels: false,
        hold_expires_at: None,
    }
}
fn sheet(calendar: Calendar, day: &str, windows: &[Window], busy: Vec<Busy>) -> Sheet {
    Sheet { calendar, days: BTreeMap::from([(date(day), Day::of(windows))]), blackouts: BTreeSet::new(), busy }
}
fn texts(windows: Vec<(WallTime, WallTime)>) -> Vec<String> {
    windows.iter().map(|(a, b)| format!("{a}-{b}")).collect()
}
const EARLY: &str = "2026-01-01T00:00:00Z";

fn open_at(sheet: &Sheet, day: &str, now: &str, minutes: u16) -> Vec<String> {
    let terms = sheet.calendar.terms(None, instant(now));
    texts(sheet.on(date(day), |facts| facts.open_windows(&terms, minutes)))
}
fn starts_at(sheet: &Sheet, day: &str, minutes: u16) -> Vec<String> {
    let terms = sheet.calendar.terms(None, instant(EARLY));
    sheet.on(date(day), |f| f.open_starts(&terms, minutes)).iter().map(|o| o.start.to_string()).collect()
}
fn gate(sheet: &Sheet, day: &str, start: &str, minutes: u16, place: Place, now: &str) -> Result<String, &'static str> {
    let terms = sheet.calendar.terms(Some(place), instant(now));
    sheet
        .on(date(day), |facts| check_slot(facts, &terms, &[], wall(start), minutes))
        .map(|slot| format!("{} {}", slot.end, slot.end_utc))
        .map_err(|refusal| refusal.code)
}

#[test]
fn bits_run_least_significant_first() {
    let day = Day::of(&[window("00:05", "00:15"), window("23:55", "24:00")]);
    assert_eq!((day.bits()[0], day.bits()[35]), (0b110, 0b1000_0000));
    let mut tagged = Day::EMPTY;
    tagged.open(wall("00:05"), wall("00:10"), Tag::NoTravel);
    assert_eq!(tagged.tags()[0], 0b1000);
    tagged.close(wall("00:00"), wall("24:00"));
    assert_eq!(tagged, Day::EMPTY);
}

#[test]
fn windows_merge_and_the_full_day_returns() {
    let day = Day::of(&[window("09:00", "10:00"), window("10:00", "11:00"), window("10:30", "12:00")]);
    assert_eq!(day.windows(), [window("09:00", "12:00")]);
    assert_eq!(Day::of(&[window("00:00", "24:00")]).windows(), [window("00:00", "24:00")]);
    let online = Window { tag: Tag::OnlineOnly, ..window("12:00", "13:00") };
    assert_eq!(Day::of(&[window("09:00", "12:00"), online]).windows(), [window("09:00", "12:00"), online]);
}

#[test]
fn a_buffered_lesson_is_cut_out() {
    let sheet =
        sheet(calendar(0, 15), "2026-11-12", &[window("09:00", "12:00")], vec![lesson("2026-11-12", "10:00", 60)]);
    assert_eq!(open_at(&sheet, "2026-11-12", EARLY, 15), ["09:00-09:45", "11:15-12:00"]);
    assert_eq!(open_at(&sheet, "2026-11-12", EARLY, 60), [""; 0]);
    assert_eq!(starts_at(&sheet, "2026-11-12", 45), ["09:00", "11:15"]);
}

#[test]
fn windows_to_midnight_survive_a_lesson() {
    let sheet =
        sheet(calendar(0, 0), "2026-11-12", &[window("20:00", "24:00")], vec![lesson("2026-11-12", "21:00", 60)]);
    assert_eq!(open_at(&sheet, "2026-11-12", EARLY, 15), ["20:00-21:00", "22:00-24:00"]);
    assert_eq!(gate(&sheet, "2026-11-12", "23:00", 60, Place::Remote, EARLY).unwrap(), "24:00 2026-11-13T05:00:00Z");
}

#[test]
fn a_buffer_reaches_over_midnight() {
    let sheet =
        sheet(calendar(0, 30), "2026-11-12", &[window("00:00", "02:00")], vec![lesson("2026-11-11", "23:00", 60)]);
    assert_eq!(open_at(&sheet, "2026-11-12", EARLY, 15), ["00:30-02:00"]);
}

#[test]
fn notice_rounds_up_to_the_quarter() {
    let sheet = sheet(calendar(1, 0), "2026-11-12", &[window("09:00", "12:00")], vec![]);
    // 09:20 New York, plus an hour of notice.
    assert_eq!(open_at(&sheet, "2026-11-12", "2026-11-12T14:20:00Z", 15), ["10:30-12:00"]);
    assert_eq!(open_at(&sheet, "2026-11-12", "2026-11-12T14:15:00Z", 15), ["10:15-12:00"]);
    let refused = gate(&sheet, "2026-11-12", "10:15", 30, Place::Remote, "2026-11-12T14:20:00Z");
    assert_eq!(refused, Err("NOTICE_TOO_SHORT"));
}

#[test]
fn an_expired_hold_stops_blocking_by_itself() {
    let hold = Busy { hold_expires_at: Some(instant("2026-11-10T10:30:00Z")), ..lesson("2026-11-12", "10:00", 60) };
    let sheet = sheet(calendar(0, 0), "2026-11-12", &[window("10:00", "11:00")], vec![hold]);
    assert!(open_at(&sheet, "2026-11-12", "2026-11-10T10:29:59Z", 15).is_empty());
    assert_eq!(open_at(&sheet, "2026-11-12", "2026-11-10T10:30:00Z", 15), ["10:00-11:00"]);
}

/// The contract's order: first one wins.
#[test]
fn the_gate_refuses_in_order() {
    let mut online = window("12:00", "14:00");
    online.tag = Tag::OnlineOnly;
    let mut s = sheet(
        calendar(2, 15),
        "2026-11-12",
        &[window("09:00", "12:00"), online, window("22:00", "24:00")],
        vec![lesson("2026-11-12", "09:00", 60)],
    );
    let now = "2026-11-12T13:00:00Z"; // 08:00 in New York
    for (start, minutes, place, code) in [
        ("23:30", 60, Place::Remote, "CROSSES_MIDNIGHT"),
        ("24:00", 30, Place::Remote, "CROSSES_MIDNIGHT"),
        ("09:10", 30, Place::Remote, "INVALID_START_TIME"),
        ("14:00", 30, Place::Remote, "NOT_AVAILABLE"),
        ("13:45", 30, Place::Remote, "NOT_AVAILABLE"),
        ("11:30", 60, Place::StudentHome, "FORMAT_TAG_INCOMPATIBLE"),
        ("09:30", 30, Place::Remote, "BOOKING_CONFLICT"),
        ("10:00", 30, Place::Remote, "BOOKING_CONFLICT"),
    ] {
        assert_eq!(gate(&s, "2026-11-12", start, minutes, place, now), Err(code), "{start}");
    }
    assert!(gate(&s, "2026-11-12", "10:15", 30, Place::Remote, now).is_ok());
    assert_eq!(gate(&s, "2026-11-12", "10:15", 30, Place::Remote, "2026-11-12T14:00:00Z"), Err("NOTICE_TOO_SHORT"));
    s.blackouts.insert(date("2026-11-12"));
    assert_eq!(gate(&s, "2026-11-12", "10:15", 30, Place::Remote, now), Err("NOT_AVAILABLE"));
    assert!(open_at(&s, "2026-11-12", now, 15).is_empty());
}

#[test]
fn the_student_is_not_in_two_places() {
    let s = sheet(calendar(0, 0), "2026-11-12", &[window("09:00", "12:00")], vec![]);
    let terms = s.calendar.terms(Some(Place::Remote), instant(EARLY));
    let own = [lesson("2026-11-12", "10:00", 60)];
    let refused = s.on(date("2026-11-12"), |f| check_slot(f, &terms, &own, wall("10:30"), 60)).unwrap_err();
    assert_eq!(refused.details.unwrap()["conflict_scope"], "student");
    assert!(s.on(date("2026-11-12"), |f| check_slot(f, &terms, &own, wall("11:00"), 60)).is_ok());
}

#[test]
fn platform_rules_replace_the_profile() {
    let mut s =
        sheet(calendar(48, 0), "2026-11-13", &[window("08:00", "14:00")], vec![lesson("2026-11-13", "12:00", 60)]);
    s.calendar.platform = Some(Platform::default());
    let evening = "2026-11-13T02:00:00Z"; // 21:00 on the 12th
    assert_eq!(gate(&s, "2026-11-13", "08:00", 30, Place::Remote, evening), Err("OVERNIGHT_PROTECTION"));
    assert!(gate(&s, "2026-11-13", "09:00", 30, Place::Remote, evening).is_ok());
    assert_eq!(gate(&s, "2026-11-13", "10:00", 30, Place::StudentHome, evening), Err("OVERNIGHT_PROTECTION"));
    assert_eq!(gate(&s, "2026-11-13", "11:00", 30, Place::StudentHome, evening), Err("BOOKING_CONFLICT"));
    assert!(gate(&s, "2026-11-13", "11:15", 30, Place::Remote, evening).is_ok());
    let noon = "2026-11-12T17:00:00Z";
    assert!(gate(&s, "2026-11-13", "08:00", 30, Place::Remote, noon).is_ok());
}

#[test]
fn spring_forward_skips_an_hour() {
    for day in ["2026-03-08", "2027-03-14"] {
        let s = sheet(calendar(0, 0), day, &[window("00:00", "24:00")], vec![]);
        assert_eq!(open_at(&s, day, EARLY, 15), ["00:00-02:00", "03:00-24:00"]);
        assert_eq!(gate(&s, day, "02:30", 30, Place::Remote, EARLY), Err("NONEXISTENT_LOCAL_TIME"));
        assert!(!starts_at(&s, day, 60).contains(&"02:00".to_owned()));
        assert!(gate(&s, day, "01:30", 60, Place::Remote, EARLY).unwrap().starts_with("03:30 "));
        assert_eq!(gate(&s, day, "23:30", 60, Place::Remote, EARLY), Err("CROSSES_MIDNIGHT"));
    }
}

#[test]
fn fall_back_offers_the_repeated_hour_once() {
    for day in ["2026-11-01", "2027-11-07"] {
        let s = sheet(calendar(0, 0), day, &[window("00:00", "03:00")], vec![]);
        assert_eq!(open_at(&s, day, EARLY, 15), ["00:00-03:00"]);
        assert_eq!(starts_at(&s, day, 60).len(), 9);
        // The first pass of 01:30, and an hour that really lasts sixty minutes.
        assert_eq!(gate(&s, day, "01:30", 60, Place::Remote, EARLY).unwrap(), format!("01:30 {day}T06:30:00Z"));
        let second_pass = busy_at(instant(&format!("{day}T06:00:00Z")), 60);
        let booked = sheet(calendar(0, 0), day, &[window("00:00", "03:00")], vec![second_pass]);
        assert_eq!(open_at(&booked, day, EARLY, 15), ["00:00-02:00", "02:00-03:00"]);
        assert_eq!(gate(&booked, day, "01:30", 60, Place::Remote, EARLY), Err("BOOKING_CONFLICT"));
    }
}

#[test]
fn odd_zones_lay_out() {
    for (name, day, minutes) in [
        ("America/New_York", "2026-03-08", 1380),
        ("America/New_York", "2026-11-01", 1500),
        ("Australia/Lord_Howe", "2026-04-05", 1470),
        ("America/Havana", "2026-03-08", 1380),
        ("America/Havana", "2026-11-01", 1500),
        ("Asia/Kolkata", "2026-03-08", 1440),
    ] {
        let (tz, day) = (zone(name).unwrap(), date(day));
        let line = DayLine::of(day, &tz);
        assert_eq!(line.minutes(), minutes, "{name}");
        for minute in 0..minutes {
            let (on, shown) = utc_to_local(line.instant(minute), &tz);
            assert_eq!((on, shown), (day, line.wall_at(minute)), "{name} {minute}");
        }
        for at in 0..1440 {
            let expected = local_to_utc(day, WallTime::clamped(at), &tz).instant();
            assert_eq!(line.minute_of(WallTime::clamped(at)).map(|m| line.instant(m)), expected, "{name} {at}");
        }
    }
}

fn want(day: &str, start: &str, end: &str) -> Wanted {
    Wanted { date: date(day), start: wall(start), end: wall(end), tag: Tag::Any }
}
const FREE: Guard =
    Guard { today: Date::constant(2026, 11, 10), now: WallTime::START, allow_past: true, edit_window_days: 0 };

#[test]
fn versions_are_sha1_of_the_bits() {
    assert_eq!(week::version(date("2026-11-09"), &Days::new()), sha1_hex(&[0u8; 252]));
    let mut bytes = [0u8; 252];
    bytes[36 + 13] = 0b1111_0000; // Tuesday 09:00 to 09:20: slots 108 to 111
    let days = Days::from([(date("2026-11-10"), Day::of(&[window("09:00", "09:20")]))]);
    assert_eq!(week::version(date("2026-11-09"), &days), sha1_hex(&bytes));
}
fn sha1_hex(bytes: &[u8]) -> String {
    use sha1::Digest;
    hex::encode(sha1::Sha1::digest(bytes))
}

#[test]
fn a_save_replaces_listed_days_and_splits_nights() {
    let monday = date("2026-11-09");
    let current = Days::from([
        (monday, Day::of(&[window("09:00", "10:00")])),
        (date("2026-11-16"), Day::of(&[window("09:00", "10:00")])),
    ]);
    let listed = [want("2026-11-15", "22:00", "02:00")];
    let kept = week::plan(week::wanted_days(monday, &listed, false, &current).unwrap(), &current, &FREE);
    assert_eq!(kept.writes.keys().copied().collect::<Vec<_>>(), [date("2026-11-15"), date("2026-11-16")]);
    assert_eq!(kept.writes[&date("2026-11-16")].windows(), [window("00:00", "02:00"), window("09:00", "10:00")]);
    assert_eq!((kept.windows_created, kept.weeks_affected()), (2, 2));
    let cleared = week::plan(week::wanted_days(monday, &listed, true, &current).unwrap(), &current, &FREE);
    assert!(cleared.writes[&monday].is_empty());
    let again = cleared.applied_to(&current);
    let noop = week::plan(week::wanted_days(monday, &listed, true, &again).unwrap(), &again, &FREE);
    assert_eq!(noop, week::Plan::default());
}

#[test]
fn bad_windows_are_refused_at_their_field() {
    let monday = date("2026-11-09");
    for (bad, field) in [
        (want("2026-11-09", "09:03", "10:00"), "schedule[0].start_time"),
        (want("2026-11-09", "09:00", "10:02"), "schedule[0].end_time"),
        (want("2026-11-09", "09:00", "09:00"), "schedule[0].end_time"),
        (want("2026-11-09", "24:00", "01:00"), "schedule[0].end_time"),
        (want("2026-11-16", "09:00", "10:00"), "schedule[0].date"),
    ] {
        let refused = week::wanted_days(monday, &[bad], true, &Days::new()).unwrap_err();
        assert_eq!((refused.status, refused.errors[0].field.as_str()), (422, field));
    }
}

#[test]
fn the_past_stays_as_it_was() {
    let guard = Guard { today: date("2026-11-10"), now: wall("12:07"), allow_past: false, edit_window_days: 0 };
    let current = Days::from([(date("2026-11-10"), Day::of(&[window("08:00", "09:00")]))]);
    let listed = [
        want("2026-11-09", "09:00", "10:00"),
        want("2026-11-10", "09:00", "15:00"),
        want("2026-11-11", "09:00", "10:00"),
    ];
    let plan = week::plan(week::wanted_days(date("2026-11-09"), &listed, true, &current).unwrap(), &current, &guard);
    assert_eq!(plan.skipped_dates, [date("2026-11-09")]);
    assert_eq!(plan.writes[&date("2026-11-10")].windows(), [window("08:00", "09:00"), window("12:05", "15:00")]);
    let old = Guard { today: date("2026-12-20"), edit_window_days: 30, ..FREE };
    let plan = week::plan(week::wanted_days(date("2026-11-09"), &listed, true, &current).unwrap(), &current, &old);
    assert_eq!((plan.writes.len(), plan.skipped_past_window), (0, 3));
}

#[test]
fn patterns_repeat_over_every_date() {
    let monday = date("2026-11-09");
    let source = Days::from([(monday, Day::of(&[window("09:00", "10:00")]))]);
    let days = week::repeated_days(monday, date("2026-11-18"), date("2026-11-24"), &source).unwrap();
    assert_eq!(days.len(), 7);
    assert!(!days[&date("2026-11-23")].is_empty() && days[&date("2026-11-18")].is_empty());
    assert!(week::repeated_days(monday, monday, date("2027-11-10"), &source).is_err());
    assert!(week::copied_days(monday, date("2026-11-16"), &Days::new()).is_empty());
}

#[test]
fn hours_as_text() {
    for (text, windows) in [
        ("9–12, 14–18", vec![window("09:00", "12:00"), window("14:00", "18:00")]),
        ("3-7pm", vec![window("15:00", "19:00")]),
        ("9–1pm", vec![window("09:00", "13:00")]),
        ("10am–noon", vec![window("10:00", "12:00")]),
        ("3:30 to 7 PM", vec![window("15:30", "19:00")]),
        ("8pm-midnight", vec![window("20:00", "24:00")]),
        ("11-12pm", vec![window("11:00", "12:00")]),
        ("", vec![]),
    ] {
        assert_eq!(ranges::parse(text).unwrap().windows(), windows, "{text}");
    }
    assert_eq!(ranges::parse("26pm").unwrap_err(), "“26pm” is not a time. Write 2–6pm?");
    for bad in ["9", "9-25", "13pm-14pm", "9:03-10", "10-9", "nine-ten", "-", "9–10–11", "٣-٤"] {
        assert!(ranges::parse(bad).is_err(), "{bad}");
    }
    let day = Day::of(&[window("09:00", "12:00"), window("15:30", "19:00")]);
    assert_eq!(ranges::write(&day), "9am–noon, 3:30–7pm");
}

fn any_day() -> impl Strategy<Value = Day> {
    let tag = prop_oneof![Just(Tag::Any), Just(Tag::OnlineOnly), Just(Tag::NoTravel)];
    prop::collection::vec((0i64..288, 1i64..100, tag), 0..6).prop_map(|windows| {
        let mut day = Day::EMPTY;
        for (from, len, tag) in windows {
            day.open(WallTime::clamped(from * 5), WallTime::clamped((from + len) * 5), tag);
        }
        day
    })
}
fn any_date() -> impl Strategy<Value = Date> {
    let usual = ["2026-11-12", "2026-03-08", "2026-11-01", "2027-03-14", "2027-11-07"];
    (0..usual.len()).prop_map(move |i| date(usual[i]))
}

proptest! {
    #[test]
    fn windows_round_trip(day in any_day()) {
        prop_assert_eq!(&Day::of(&day.windows()), &day);
        prop_assert_eq!(&ranges::parse(&ranges::write(&day)).unwrap(), &day);
        let bytes = rmp_serde::to_vec_named(&day).unwrap();
        prop_assert_eq!(&rmp_serde::from_slice::<Day>(&bytes).unwrap(), &day);
    }

    #[test]
    fn versions_change_iff_the_week_does(a in any_day(), b in any_day(), i in 0i64..7) {
        let monday = date("2026-11-09");
        let (one, two) = (Days::from([(plus_days(monday, i), a.clone())]), Days::from([(plus_days(monday, i), b.clone())]));
        prop_assert_eq!(week::version(monday, &one) == week::version(monday, &two), a == b);
    }

    /// What is offered passes the gate, what passes the gate is offered, and nothing overlaps a buffered lesson.
    #[test]
    fn offered_and_bookable_are_the_same(
        day in any_day(), on in any_date(), buffer in 0u16..=60, notice in 0u16..3, minutes in 1u16..18,
        lessons in prop::collection::vec((-60i64..1440, 15i64..120), 0..4), now in -120i64..600,
    ) {
        let minutes = minutes * 5;
        let line = DayLine::of(on, &new_york());
        let busy: Vec<Busy> = lessons.iter().map(|(at, len)| busy_at(plus_minutes(line.start(), *at), *len)).collect();
        let terms = calendar(notice, buffer).terms(Some(Place::Neutral), plus_minutes(line.start(), now));
        let facts = DayFacts { line: &line, day: &day, blackout: false, busy: &busy };
        let starts = facts.open_starts(&terms, minutes);
        for quarter in 0..96 {
            let start = WallTime::clamped(quarter * 15);
            let passed = check_slot(&facts, &terms, &[], start, minutes);
            let offered = starts.iter().find(|o| o.start == start);
            prop_assert_eq!(passed.as_ref().ok(), offered, "{}", start);
        }
        for opening in &starts {
            prop_assert!(opening.start_utc >= plus_hours(terms.now, notice.into()));
            for lesson in &busy {
                let (from, to) = (plus_minutes(lesson.start_utc, -i64::from(buffer)), plus_minutes(lesson.end_utc, buffer.into()));
                prop_assert!(opening.end_utc <= from || to <= opening.start_utc);
            }
            // Every five minutes of the lesson lie in a published slot that allows travel.
            let mut at = opening.start_utc;
            while at < opening.end_utc {
                let (there, wall) = utc_to_local(at, &new_york());
                let slot = usize::from(wall.minutes() / 5);
                prop_assert!(there == on && day.is_open(slot) && day.tag(slot).allows(Some(Place::Neutral)));
                at = plus_minutes(at, 5);
            }
        }
        for (from, _) in facts.open_windows(&terms, minutes) {
            prop_assert!(from.minutes() % 15 == 0);
            let lasts = check_slot(&facts, &terms, &[], from, 15);
            prop_assert!(lasts.is_ok(), "{from} is shown but refused: {lasts:?}");
        }
    }
}
