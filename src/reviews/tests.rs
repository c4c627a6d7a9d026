use super::model::{Review, Status};
use super::ops::{self, NewReview};
use super::rules::{self, confidence, display, may_review, mean, shown, status_of};
use super::{events, tables};
use crate::base::id::{BookingId, OfferingId, ReviewId, UserId};
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_hours};
use crate::bookings::model::{Booking, Status as BookingStatus};
use crate::bookings::sample;
use crate::bookings::tables::BOOKINGS;
use crate::store::journal::events_after;
use crate::store::{Catalogue, Stamp, Store, Tx};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
const NOW: &str = "2026-11-10T14:00:00Z";

fn booking(name: &str, student: &str, status: BookingStatus) -> Booking {
    let (student, sarah) = (UserId::of_name(student), UserId::of_name("sarah"));
    let lesson = sample::booking(student, sarah, at("2026-11-09T14:00:00Z"), at("2026-11-09T14:00:00Z"));
    let completed_at = (status == BookingStatus::Completed).then_some(lesson.end);
    Booking {
        id: BookingId::of_name(name),
        place: Place::Remote,
        meeting_location: None,
        status,
        completed_at,
        ..lesson
    }
}

fn review(student: &str, rating: u8, created_at: &str) -> Review {
    Review {
        id: ReviewId::of_name(created_at),
        booking_id: BookingId::of_name(created_at),
        student_id: UserId::of_name(student),
        instructor_id: UserId::of_name("sarah"),
        offering_id: OfferingId::of_name("piano"),
        service_name: "Piano".into(),
        rating,
        text: None,
        status: Status::Published,
        created_at: at(created_at),
        response: None,
    }
}

fn rated(stars: &[u8]) -> Option<f64> {
    let students = ["a", "b", "c", "d", "e", "f"];
    let reviews: Vec<Review> = stars.iter().zip(students).map(|(n, who)| review(who, *n, NOW)).collect();
    let standing = rules::standing(&reviews, at(NOW));
    shown(&standing.overall, standing.as_of, at(NOW))
}

/// The worked examples of part 10 §6.
#[test]
fn ratings_follow_the_estimator() {
    assert_eq!(rated(&[5, 5, 5]), Some(4.6));
    assert_eq!(rated(&[1, 1, 1]), Some(4.1));
    assert_eq!(rated(&[5, 4, 4, 4, 3]), Some(4.4));
    assert_eq!(rated(&[5, 5]), None);
    assert_eq!(display(Some(4.6), 3).as_deref(), Some("4.6★ (New)"));
    assert_eq!(display(Some(5.0), 25).as_deref(), Some("5.0★"));
    assert_eq!([4, 5, 25, 100].map(confidence), ["new", "establishing", "established", "trusted"]);
}

#[test]
fn repeats_and_age_weigh_less() {
    let reviews = [review("a", 1, NOW), review("a", 1, NOW)];
    let standing = rules::standing(&reviews, at(NOW));
    assert_eq!((standing.overall.count, standing.overall.weights[0]), (2, 1.2));
    let old = rules::standing(&[review("a", 1, "2025-11-15T14:00:00Z")], at(NOW));
    assert!((old.overall.weights[0] - 0.5).abs() < 1e-9, "360 days halve a review");
    // Sums of an earlier moment age by one factor: the same as counting anew.
    let later = plus_hours(at(NOW), 24 * 100);
    let anew = rules::standing(&reviews, later);
    let aged = mean(&standing.overall, standing.as_of, later);
    assert!((aged - mean(&anew.overall, later, later)).abs() < 1e-9);
}

#[test]
fn only_lessons_that_took_place_within_thirty_days() {
    let now = at(NOW);
    let judge = |status, reviewed, now| {
        may_review(&booking("b", "emma", status), reviewed, now).map_err(|r| (r.status, r.code))
    };
    assert_eq!(judge(BookingStatus::Completed, false, now), Ok(()));
    assert_eq!(judge(BookingStatus::Confirmed, false, now), Ok(()));
    assert_eq!(
        judge(BookingStatus::Confirmed, false, at("2026-11-09T14:30:00Z")),
        Err((400, "BOOKING_NOT_REVIEWABLE"))
    );
    for status in
        [BookingStatus::NoShow, BookingStatus::Cancelled, BookingStatus::Pending, BookingStatus::PaymentFailed]
    {
        assert_eq!(judge(status, false, now), Err((400, "BOOKING_NOT_REVIEWABLE")));
    }
    assert_eq!(judge(BookingStatus::Completed, true, now), Err((400, "ALREADY_REVIEWED")));
    assert_eq!(judge(BookingStatus::Completed, false, at("2026-12-09T15:00:00Z")), Ok(()));
    assert_eq!(judge(BookingStatus::Completed, false, at("2026-12-09T15:00:01Z")), Err((400, "REVIEW_WINDOW_CLOSED")));
}

#[test]
fn texts_say_something() {
    assert_eq!(rules::text(Some("  ")).unwrap(), None);
    assert_eq!(rules::text(Some(" Fine. ")).unwrap().as_deref(), Some("Fine."));
    assert_eq!(rules::text(Some("ok")).unwrap_err().status, 422);
    assert!(rules::text(Some(&"x".repeat(501))).is_err());
    assert_eq!(status_of(Some("aaaaaaaaaa!")), Status::Flagged);
    assert_eq!(status_of(Some("A fine lesson")), Status::Published);
}

struct Room {
    store: Store,
    writes: std::cell::Cell<u8>,
}

impl Room {
    fn write<T: Send + 'static>(&self, f: impl FnMut(&mut Tx) -> Outcome<T> + Send + 'static) -> Outcome<T> {
        self.writes.set(self.writes.get() + 1);
        self.store.write_blocking(Stamp { now: at(NOW), seed: [self.writes.get(); 32] }, f)
    }
}

#[test]
fn a_lesson_is_reviewed_and_answered_once() {
    let room = Room { store: Store::in_memory().unwrap(), writes: 0.into() };
    room.write(|tx| {
        for (name, student) in [("one", "emma"), ("two", "john"), ("three", "nora")] {
            tx.put(&BOOKINGS, &BookingId::of_name(name), &booking(name, student, BookingStatus::Completed))?;
        }
        Ok(())
    })
    .unwrap();
    let write = |student: &str, name: &str, text: &str| {
        let student = UserId::of_name(student);
        let new = NewReview { booking_id: BookingId::of_name(name), rating: 5, text: Some(text.into()), tip: None };
        room.write(move |tx| ops::create(tx, student, &new).map(|(review, _)| review))
    };
    assert_eq!(write("john", "one", "").unwrap_err().code, "BOOKING_NOT_FOUND");
    let review = write("emma", "one", "Lovely lesson").unwrap();
    assert_eq!(write("emma", "one", "").unwrap_err().code, "ALREADY_REVIEWED");
    write("john", "two", "aaaaaaaaaaaaaaa").unwrap();
    write("nora", "three", "").unwrap();
    let sarah = UserId::of_name("sarah");
    let rating = room.store.read(|r| ops::rating_of(r, at(NOW), sarah, None)).unwrap();
    assert_eq!((rating.count, rating.shown), (3, Some(4.6)), "a flagged review counts");
    let listed = room.store.read(|r| ops::recent(r, sarah, ops::Filter::default())).unwrap();
    assert_eq!(listed.len(), 2, "and is not listed");
    let answer = |who: &str| {
        let who = UserId::of_name(who);
        room.write(move |tx| ops::respond(tx, who, review.id, "Thank you"))
    };
    assert_eq!(answer("michael").unwrap_err().status, 404);
    assert_eq!(answer("sarah").unwrap().response.unwrap().text, "Thank you");
    assert_eq!(answer("sarah").unwrap_err().code, "ALREADY_RESPONDED");
    room.write(move |tx| ops::moderate(tx, review.id, Status::Removed)).unwrap();
    assert_eq!(room.store.read(|r| ops::rating_of(r, at(NOW), sarah, None)).unwrap().count, 2);
    let seen = room.store.read(|r| events_after(r, 0, 10)).unwrap();
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[0].decode::<events::ReviewCreated>().unwrap().review.rating, 5);
    let mut catalogue = Catalogue::new();
    catalogue.tables.extend(tables::tables());
    catalogue.tables.extend(crate::bookings::tables::tables());
    catalogue.checks.push(tables::check);
    assert_eq!(room.store.read(|r| catalogue.verify(r).map_err(Into::into)).unwrap().wrong, Vec::<String>::new());
}
