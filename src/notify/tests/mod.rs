//! From event to outbox, in memory and with a frozen clock.

mod smtp;

use super::model::{Mail, MailStatus, MailView};
use super::*;
use crate::accounts::model::User;
use crate::accounts::ops::register::{NewPerson, add};
use crate::accounts::{self};
use crate::base::access::Role;
use crate::base::id::BookingId;
use crate::base::secret::Entropy;
use crate::base::time::{Timestamp, plus_hours, plus_seconds};
use crate::bookings::events::{BookingCancelled, BookingConfirmed, Lesson};
use crate::bookings::model::{Booking, Status};
use crate::bookings::sample;
use crate::bookings::tables::BOOKINGS;
use crate::jobs::Runner;
use crate::site::{Mode, Site, SiteParts};
use crate::store::{Catalogue, Tx};

struct Place0 {
    site: Site,
    runner: Runner,
    booking: Booking,
}

fn site(mode: Mode) -> Site {
    let site = Site::new(SiteParts { mode, ..SiteParts::at("2026-11-10T19:00:00Z") });
    site.parts.put(MailFaults::default());
    site.parts.put(crate::web::Limiter::new(crate::web::WindowRule::Shadow));
    site
}

fn person(first: &str, last: &str, zone: &str, role: Role) -> NewPerson {
    NewPerson {
        email: format!("{}@mail.example", first.to_lowercase()),
        password_hash: String::new(),
        first_name: first.into(),
        last_name: last.into(),
        phone: None,
        zip_code: "10024".into(),
        timezone: zone.into(),
        role,
    }
}

fn lesson_of(student: &User, instructor: &User, id: BookingId, now: Timestamp) -> Booking {
    let start = "2026-11-12T21:30:00Z".parse().unwrap();
    let student_note = Some("<b>Chopin</b>, please".into());
    Booking { id, student_note, ..sample::booking(student.id, instructor.id, now, start) }
}

/// A confirmed lesson two days ahead, told in the journal but not mailed yet.
async fn booked(mode: Mode) -> Place0 {
    let site = site(mode);
    let runner = Runner::new(site.clone(), jobs(), vec![consumer()]);
    runner.prepare().await.unwrap();
    let booking = site
        .write(|tx| {
            let emma = add(tx, &person("Emma", "Johnson", "America/Los_Angeles", Role::Student))?;
            let sarah = add(tx, &person("Sarah", "Chen", "America/New_York", Role::Instructor))?;
            let booking = lesson_of(&emma, &sarah, tx.new_id(), tx.now());
            tx.put(&BOOKINGS, &booking.id, &booking)?;
            tx.emit(&BookingConfirmed { lesson: Lesson::of(&booking) })?;
            Ok(booking)
        })
        .await
        .unwrap();
    Place0 { site, runner, booking }
}

impl Place0 {
    async fn run(&self) {
        self.runner.run_until(self.site.now(), false).await.unwrap();
    }
    async fn forward_to(&self, at: Timestamp) {
        self.runner.run_until(at, true).await.unwrap();
        self.site.clock.advance_to(at);
    }
    fn mails(&self, template: &str) -> Vec<MailView> {
        ops::outbox(&self.site, None, Some(template), 100).unwrap()
    }
    async fn cancel(&self, by: &'static str) {
        let mut booking = self.booking.clone();
        self.site
            .write(move |tx| {
                booking.status = Status::Cancelled;
                tx.put(&BOOKINGS, &booking.id, &booking)?;
                tx.emit(&BookingCancelled {
                    lesson: Lesson::of(&booking),
                    by: by.into(),
                    cancelled_by_id: Some(booking.student_id),
                    reason: "A cold".into(),
                    was_confirmed: true,
                    rescheduled_to_id: None,
                })
            })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_confirmed_lesson_tells_both_once_and_names_both_zones() {
    let place = booked(Mode::Sandbox).await;
    place.run().await;
    let mails = place.mails("booking_confirmed");
    assert_eq!(mails.len(), 2);
    let to = |address: &str| mails.iter().find(|m| m.to == address).unwrap();
    let (emma, sarah) = (to("emma@mail.example"), to("sarah@mail.example"));
    assert!(
        emma.text.contains("Thu Nov 12, 4:30 to 5:30 pm EST (your time: Thu Nov 12, 1:30 pm PST)"),
        "{}",
        emma.text
    );
    assert!(emma.text.contains("$89.60 all in") && emma.text.contains("Sarah C."));
    assert!(sarah.text.contains("You earn $68.00") && sarah.text.contains("> <b>Chopin</b>, please"));
    assert!(sarah.html.contains("&lt;b&gt;Chopin"));
    assert_eq!(emma.links, [format!("http://localhost:8080/student/lessons/{}", place.booking.id)]);
    assert_eq!((emma.status, emma.attempts), (MailStatus::Sent, 1));
    let again = Lesson::of(&place.booking);
    place.site.write(move |tx| tx.emit(&BookingConfirmed { lesson: again.clone() })).await.unwrap();
    place.run().await;
    assert_eq!(place.mails("booking_confirmed").len(), 2, "one per party and lesson");
    let mut catalogue = Catalogue::new();
    for tables in [tables(), accounts::tables(), crate::bookings::tables::tables(), crate::jobs::tables()] {
        catalogue.tables.extend(tables);
    }
    let report = catalogue.verify(&place.site.store.snapshot().unwrap()).unwrap();
    assert_eq!(report.wrong, Vec::<String>::new());
}

#[tokio::test]
async fn reminders_come_at_their_instants_and_not_for_a_cancelled_lesson() {
    let place = booked(Mode::Sandbox).await;
    let start = place.booking.start;
    place.forward_to(plus_seconds(plus_hours(start, -24), -1)).await;
    assert!(place.mails("reminder_24h").is_empty());
    place.forward_to(plus_hours(start, -24)).await;
    let day = place.mails("reminder_24h");
    assert_eq!(day.iter().map(|m| m.created_at).collect::<Vec<_>>(), [plus_hours(start, -24); 2]);
    assert_eq!(reminders::send_tomorrows(&place.site).await.unwrap(), 0, "already reminded");
    place.cancel("student").await;
    place.forward_to(start).await;
    assert!(place.mails("reminder_1h").is_empty());
    let notices = place.mails("booking_cancelled");
    assert_eq!(notices.len(), 2);
    let to_sarah = notices.iter().find(|m| m.to == "sarah@mail.example").unwrap();
    assert!(to_sarah.text.contains("Emma J. cancelled your lesson.") && to_sarah.text.contains("> A cold"));
}

#[tokio::test]
async fn the_first_reminder_is_left_out_when_booked_later() {
    let place = booked(Mode::Sandbox).await;
    let (site, booking) = (place.site.clone(), place.booking.clone());
    site.clock.advance_to(plus_hours(booking.start, -23));
    place.run().await;
    // Told late in the journal, as if booked now: only the hour is left.
    let id: BookingId = site
        .write(move |tx| {
            let next = Booking { id: tx.new_id(), ..booking.clone() };
            tx.put(&BOOKINGS, &next.id, &next)?;
            tx.emit(&BookingConfirmed { lesson: Lesson::of(&next) })?;
            Ok(next.id)
        })
        .await
        .unwrap();
    place.forward_to(plus_hours(place.booking.start, -1)).await;
    let about = |template: &str| {
        place.mails(template).iter().filter(|m| m.data["booking_id"] == id.to_string().as_str()).count()
    };
    assert_eq!((about("reminder_24h"), about("reminder_1h")), (0, 2));
}

#[tokio::test]
async fn a_mail_is_tried_five_times_with_growing_pauses() {
    let place = booked(Mode::Sandbox).await;
    place.site.part::<MailFaults>().unwrap().set("emma@mail.example", 3);
    let start = place.site.now();
    place.run().await;
    let state = |to: &str| {
        let mail = place.mails("booking_confirmed").into_iter().find(|m| m.to == to).unwrap();
        (mail.status, mail.attempts)
    };
    assert_eq!(state("sarah@mail.example"), (MailStatus::Sent, 1), "recipients fail apart");
    let (pending, sent, failed) = (MailStatus::Pending, MailStatus::Sent, MailStatus::Failed);
    for (after, want) in
        [(0, (pending, 1)), (29, (pending, 1)), (30, (pending, 2)), (150, (pending, 3)), (750, (sent, 4))]
    {
        place.forward_to(plus_seconds(start, after)).await;
        assert_eq!(state("emma@mail.example"), want, "after {after} s");
    }
    place.site.part::<MailFaults>().unwrap().set("*", 100);
    place.cancel("instructor").await;
    place.forward_to(plus_hours(place.site.now(), 2)).await;
    assert!(place.mails("booking_cancelled").iter().all(|m| (m.status, m.attempts) == (failed, 5)));
}

#[tokio::test]
async fn what_became_untrue_is_not_sent_and_live_mails_wait() {
    let place = booked(Mode::Sandbox).await;
    place.site.part::<MailFaults>().unwrap().set("*", 2);
    place.run().await;
    place.cancel("student").await;
    place.forward_to(plus_hours(place.site.now(), 1)).await;
    assert!(place.mails("booking_confirmed").iter().all(|m| m.status == MailStatus::Skipped));
    assert!(place.mails("booking_cancelled").iter().all(|m| m.status == MailStatus::Sent));
    let live = booked(Mode::Live).await;
    live.run().await;
    assert!(live.mails("booking_confirmed").iter().all(|m| (m.status, m.attempts) == (MailStatus::Pending, 0)));
}

#[tokio::test]
async fn codes_and_links_reach_their_mail_and_nothing_else() {
    let place = booked(Mode::Sandbox).await;
    struct Anywhere;
    impl accounts::ZipBook for Anywhere {
        fn in_region(&self, _: &str) -> bool {
            true
        }
        fn timezone(&self, _: &str) -> String {
            "UTC".into()
        }
        fn city(&self, _: &str) -> String {
            "New York".into()
        }
    }
    let parts = accounts::Accounts::new(std::sync::Arc::new(Anywhere), &Entropy::seeded(3));
    place.site.parts.put(parts.unwrap());
    accounts::ops::email_code::send(&place.site, "new@mail.example").await.unwrap();
    accounts::ops::password::request_link(&place.site, "emma@mail.example").await.unwrap();
    place.run().await;
    let code = place.mails("email_code").pop().unwrap();
    let digits = code.data["code"].as_str().unwrap();
    assert_eq!(digits.len(), 6);
    assert!(code.text.contains(digits) && code.subject.contains(digits));
    assert_eq!(ops::newest_code(&place.site, "new@mail.example").unwrap().as_deref(), Some(digits));
    let reset = place.mails("password_reset").pop().unwrap();
    let token = reset.links[0].split("token=").nth(1).unwrap();
    assert_eq!(accounts::ops::password::link_owner(&place.site, token).unwrap().as_deref(), Some("em***@mail.example"));
    let journal = place.site.read(|r| crate::store::journal::events_after(r, 0, 100)).unwrap();
    let told = journal.iter().map(|e| e.data.to_string()).collect::<String>();
    assert!(!told.contains(digits) && !told.contains(token), "secrets stay out of the journal");
}

/// A waiting mail that nothing else is about.
fn letter_to(tx: &mut Tx, to: &str) -> Mail {
    let sender = letter::Sender { brand: "Board".into(), base_url: "http://localhost:8080".into() };
    let told = letter::Letter::new("welcome", "Somebody", "Welcome").says("Good to have you.");
    Mail {
        id: tx.new_id(),
        key: "a key of its own".into(),
        to: to.into(),
        user_id: None,
        booking_id: None,
        template: told.template.into(),
        text: told.text(&sender, None),
        html: told.html(&sender, None),
        links: told.links(),
        subject: told.subject,
        data: told.data,
        created_at: tx.now(),
        status: MailStatus::Pending,
        attempts: 0,
        next_attempt_at: tx.now(),
        sent_at: None,
        last_error: None,
        lease_until: None,
        unsubscribe: None,
    }
}

#[tokio::test]
async fn two_mails_a_day_that_could_wait_and_no_more_after_one_press() {
    let place = booked(Mode::Sandbox).await;
    let (student, sender) = (place.booking.student_id, ops::sender(&place.site));
    let at = place
        .site
        .write(move |tx| {
            for n in 0..3 {
                let letter = letter::Letter::new("review_reply", "Emma", format!("Reply {n}")).says("A reply.");
                let posting = model::Posting {
                    key: format!("reply:{n}"),
                    to: "emma@mail.example".into(),
                    user_id: Some(student),
                    booking_id: None,
                    letter,
                };
                ops::post(tx, &sender, posting)?;
            }
            Ok(tables::newest(tx, Some("emma@mail.example"), 10)?.iter().map(|m| m.next_attempt_at).collect::<Vec<_>>())
        })
        .await
        .unwrap();
    // Newest first: the third waits for the next morning, 8 am in Los Angeles.
    assert_eq!(at[0], "2026-11-11T16:00:00Z".parse::<Timestamp>().unwrap());
    assert_eq!((at[1], at[2]), (place.site.now(), place.site.now()));
    let notes = place.site.read(|r| centre::of(r, student, false)).unwrap();
    assert_eq!(notes.iter().filter(|note| note.category == "reviews").count(), 3, "the centre tells all of them");
}
