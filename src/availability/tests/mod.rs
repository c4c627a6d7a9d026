mod http;

use super::model::Entry;
use super::ops::blackouts::{self, NewBlackout};
use super::ops::week::{
    ApplyRange, CopyWeek, Editor, SaveWeek, Saved, add_window, apply_range, copy_week, read_week, save_week,
};
use super::ops::{Ask, gate, next_openings, occupy, release};
use super::rules::bits::Tag;
use super::rules::calendar::Calendar;
use super::rules::open::Busy;
use super::rules::week::{Guard, Wanted};
use super::tables;
use crate::base::id::{BookingId, UserId};
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, Timestamp, WallTime, local_to_utc, plus_minutes, zone};
use crate::site::audit::By;
use crate::store::journal::events_after;
use crate::store::{Catalogue, ReadExt, Stamp, Store, Tx};

struct Room {
    store: Store,
    now: Timestamp,
    writes: std::cell::Cell<u8>,
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}
fn wall(text: &str) -> WallTime {
    text.parse().unwrap()
}
fn sarah() -> UserId {
    UserId::of_name("sarah")
}
fn calendar() -> Calendar {
    Calendar {
        zone: zone("America/New_York").unwrap(),
        zone_name: "America/New_York".into(),
        notice_hours: 1,
        buffer_minutes: 15,
        platform: None,
    }
}
fn editor() -> Editor {
    let guard = Guard { today: date("2026-11-10"), now: wall("09:00"), allow_past: true, edit_window_days: 0 };
    Editor { instructor: sarah(), by: By::person(sarah(), None), guard, quiet_past: false, clamp_copy: false }
}
fn want(day: &str, start: &str, end: &str) -> Wanted {
    Wanted { date: date(day), start: wall(start), end: wall(end), tag: Tag::Any }
}

impl Room {
    fn new() -> Self {
        Self { store: Store::in_memory().unwrap(), now: "2026-11-10T14:00:00Z".parse().unwrap(), writes: 0.into() }
    }
    fn write<T: Send + 'static>(&self, f: impl FnMut(&mut Tx) -> Outcome<T> + Send + 'static) -> Outcome<T> {
        self.writes.set(self.writes.get() + 1);
        self.store.write_blocking(Stamp { now: self.now, seed: [self.writes.get(); 32] }, f)
    }
    fn save(&self, windows: &[Wanted], version: Option<&str>, force: bool) -> Outcome<Saved> {
        let (windows, version) = (windows.to_vec(), version.map(str::to_owned));
        let save = SaveWeek { week_start: None, windows, clear_existing: true, version, force };
        self.write(move |tx| save_week(tx, &editor(), &save))
    }
    fn book(&self, name: &'static str, day: &str, start: &str, minutes: u16, hold: Option<Timestamp>) -> Outcome<()> {
        let ask = ask(day, start, minutes);
        self.write(move |tx| {
            let slot = gate(tx, calendar(), tx.now(), &ask)?;
            occupy(tx, &entry(name, ask.date, slot.start, minutes, hold))
        })
    }
    fn starts(&self, now: &str) -> Vec<String> {
        let found = self
            .store
            .read(|r| next_openings(r, calendar(), now.parse().unwrap(), sarah(), (Some(Place::Remote), 60), 30, 100));
        found.unwrap().iter().map(|o| format!("{} {}", o.date, o.start)).collect()
    }
    fn verify(&self) {
        let mut catalogue = Catalogue::new();
        catalogue.tables.extend(tables::tables());
        catalogue.tables.extend(crate::site::tables());
        catalogue.checks.push(tables::check);
        let report = self.store.read(|r| catalogue.verify(r).map_err(Into::into)).unwrap();
        assert_eq!(report.wrong, Vec::<String>::new());
    }
}

fn ask(day: &str, start: &str, minutes: u16) -> Ask {
    let (instructor, student) = (sarah(), Some(UserId::of_name("emma")));
    Ask { instructor, student, date: date(day), start: wall(start), minutes, place: Place::Remote, without: None }
}
fn entry(name: &str, day: Date, start: WallTime, minutes: u16, hold: Option<Timestamp>) -> Entry {
    let start_utc = local_to_utc(day, start, &calendar().zone).instant().unwrap();
    let end_utc = plus_minutes(start_utc, minutes.into());
    let (instructor_id, student_id) = (sarah(), UserId::of_name("emma"));
    let booking_id = BookingId::of_name(name);
    let busy =
        Busy { booking_id, instructor_id, student_id, start_utc, end_utc, travels: false, hold_expires_at: hold };
    let end = start.plus(minutes).unwrap();
    Entry {
        busy,
        date: day,
        start,
        end,
        place: Place::Remote,
        service_name: "Piano".into(),
        area: None,
        no_show: false,
    }
}

#[test]
fn a_week_is_compared_and_written_at_once() {
    let room = Room::new();
    let empty = room.store.read(|r| read_week(r, sarah(), date("2026-11-12"))).unwrap();
    let first =
        room.save(&[want("2026-11-12", "09:00", "12:00")], Some(&format!("W/\"{}\"", empty.version)), false).unwrap();
    assert_eq!((first.plan.windows_created, first.week_start), (1, date("2026-11-09")));
    let stale = room.save(&[want("2026-11-12", "14:00", "15:00")], Some(&empty.version), false).unwrap_err();
    assert_eq!((stale.status, stale.code), (409, "VERSION_CONFLICT"));
    assert_eq!(stale.extra["error"], "version_conflict");
    assert_eq!(stale.extra["current_version"], first.version);
    assert_eq!(stale.details.unwrap()["current_week"]["2026-11-12"][0]["start_time"], "09:00");
    let forced = room.save(&[want("2026-11-12", "14:00", "15:00")], Some(&empty.version), true).unwrap();
    let again = room.save(&[want("2026-11-12", "14:00", "15:00")], None, false).unwrap();
    assert_eq!((again.plan.writes.len(), &again.version), (0, &forced.version));
    let kinds: Vec<_> = room.store.read(|r| events_after(r, 0, 10)).unwrap().into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, ["availability.week_saved"; 2]);
    room.verify();
}

#[test]
fn weeks_copy_and_repeat() {
    let room = Room::new();
    room.save(&[want("2026-11-12", "09:00", "12:00")], None, false).unwrap();
    let copy = CopyWeek { from: date("2026-11-09"), to: date("2026-11-16"), version: None };
    let copied = room.write(move |tx| copy_week(tx, &editor(), &copy)).unwrap();
    assert_eq!((copied.windows_copied, copied.plan.writes.len()), (1, 1));
    let apply = ApplyRange { from: date("2026-11-09"), start: date("2026-11-18"), end: date("2026-12-03") };
    let applied = room.write(move |tx| apply_range(tx, &editor(), &apply)).unwrap();
    assert_eq!((applied.dates_processed, applied.dates_with_windows, applied.plan.writes.len()), (16, 3, 2));
    let merged = room.write(|tx| add_window(tx, &editor(), want("2026-11-19", "12:00", "13:00"))).unwrap();
    assert_eq!((merged.start, merged.end), (wall("09:00"), wall("13:00")));
    let clash = room.write(|tx| add_window(tx, &editor(), want("2026-11-19", "12:30", "14:00"))).unwrap_err();
    assert_eq!(clash.code, "AVAILABILITY_OVERLAP");
    assert!(clash.detail.contains("12:30 to 2:00 pm overlaps 9:00 am to 1:00 pm"), "{}", clash.detail);
    room.verify();
}

#[test]
fn a_slot_is_taken_once_and_comes_back() {
    let room = Room::new();
    room.save(&[want("2026-11-12", "09:00", "12:00")], None, false).unwrap();
    room.book("one", "2026-11-12", "09:00", 60, None).unwrap();
    assert_eq!(room.book("two", "2026-11-12", "09:30", 60, None).unwrap_err().code, "BOOKING_CONFLICT");
    assert_eq!(
        room.starts("2026-11-10T14:00:00Z"),
        ["2026-11-12 10:15", "2026-11-12 10:30", "2026-11-12 10:45", "2026-11-12 11:00"]
    );
    // Moving the lesson itself may overlap its old time.
    let mut moved = ask("2026-11-12", "09:30", 60);
    moved.without = Some(BookingId::of_name("one"));
    assert!(room.store.read(|r| gate(r, calendar(), room.now, &moved)).is_ok());
    room.write(|tx| release(tx, BookingId::of_name("one"))).unwrap();
    assert_eq!(room.starts("2026-11-10T14:00:00Z").len(), 9);
    let rev = room.store.read(|r| tables::revision(r, sarah())).unwrap();
    assert_eq!(rev, 3);
    let row = room.store.read(|r| r.get(&tables::DAYS, &(sarah(), date("2026-11-12")))).unwrap().unwrap();
    assert!(row.booked, "retention keeps a day that once had a lesson");
    room.verify();
}

#[test]
fn a_hold_ends_by_itself() {
    let room = Room::new();
    room.save(&[want("2026-11-12", "09:00", "10:00")], None, false).unwrap();
    let hold = "2026-11-10T14:30:00Z".parse().unwrap();
    room.book("held", "2026-11-12", "09:00", 60, Some(hold)).unwrap();
    assert!(room.starts("2026-11-10T14:29:00Z").is_empty());
    assert_eq!(room.starts("2026-11-10T14:30:00Z"), ["2026-11-12 09:00"]);
}

#[test]
fn days_off_hide_and_report() {
    let room = Room::new();
    room.save(&[want("2026-11-12", "09:00", "12:00")], None, false).unwrap();
    room.book("one", "2026-11-12", "09:00", 60, None).unwrap();
    let off = |first: &str, last: Option<&str>| {
        let new = NewBlackout { date: date(first), end_date: last.map(date), reason: Some(" away ".into()) };
        room.write(move |tx| blackouts::add(tx, &By::nobody(), sarah(), &calendar(), &new))
    };
    assert_eq!(off("2026-11-09", None).unwrap_err().status, 422);
    let added = off("2026-11-12", None).unwrap();
    assert_eq!(added[0].affected, [BookingId::of_name("one")]);
    assert_eq!(off("2026-11-12", None).unwrap_err().code, "BLACKOUT_EXISTS");
    assert_eq!(off("2026-11-11", Some("2026-11-13")).unwrap().len(), 2);
    assert!(room.starts("2026-11-10T14:00:00Z").is_empty());
    assert_eq!(room.book("two", "2026-11-12", "11:00", 60, None).unwrap_err().code, "NOT_AVAILABLE");
    let id = added[0].blackout.id;
    assert_eq!(
        room.write(move |tx| blackouts::delete(tx, &By::nobody(), UserId::of_name("other"), id)).unwrap_err().status,
        404
    );
    room.write(move |tx| blackouts::delete(tx, &By::nobody(), sarah(), id)).unwrap();
    assert_eq!(room.starts("2026-11-10T14:00:00Z").len(), 4);
    room.verify();
}
