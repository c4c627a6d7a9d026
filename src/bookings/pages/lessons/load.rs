//! From a booking to its page, for the student or the instructor.

use maud::{Markup, html};

use super::detail::{LessonView, Person, PolicyView};
use super::notices::notices;
use super::objecting;
use super::rows::badge;
use crate::accounts;
use crate::accounts::model::User;
use crate::base::refusal::Outcome;
use crate::base::text::{count, first_last_initial};
use crate::base::time::{TimeZone, Timestamp, plus_hours};
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::ops::cancel::money_cause;
use crate::bookings::pages::additions::Additions;
use crate::bookings::pages::book::Choosing;
use crate::bookings::pages::checkout::load::{card_label, place_words};
use crate::bookings::pages::money::consequence;
use crate::bookings::pages::offer::face;
use crate::bookings::pages::words::{moment, span, zone_of, zone_words};
use crate::bookings::rules::cancel::By;
use crate::bookings::rules::lists::awaits_completion;
use crate::bookings::rules::reschedule::{Situation, judge};
use crate::bookings::tables::diary_of_student;
use crate::payments;
use crate::payments::model::{BookingPayment, PaymentStatus};
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{Button, Field, Icon, button, field, link_button, post_button};

/// Everything about one booking, read at one moment.
pub struct Lesson {
    pub booking: Booking,
    pub payment: BookingPayment,
    pub side: Side,
    pub other: User,
    pub now: Timestamp,
    pub tz: TimeZone,
    pub(super) card: Option<String>,
    nth: usize,
}

impl Lesson {
    pub fn load(r: &dyn Read, now: Timestamp, booking: Booking, side: Side) -> Outcome<Self> {
        let payment = payments::ops::payment(r, booking.id)?;
        let other = if side == Side::Instructor { booking.student_id } else { booking.instructor_id };
        let together = diary_of_student(r, booking.student_id, 5000)?;
        let counts = |b: &&Booking| {
            b.instructor_id == booking.instructor_id && b.start <= booking.start && !b.status.is_terminal()
        };
        Ok(Self {
            card: card_label(r, &payment)?,
            nth: together.iter().filter(counts).count(),
            other: accounts::must_user(r, other)?,
            tz: zone_of(&booking.zone),
            booking,
            payment,
            side,
            now,
        })
    }

    pub fn root(&self) -> String {
        let part = if self.side == Side::Instructor { "/instructor/bookings" } else { "/student/lessons" };
        format!("{part}/{}", self.booking.id)
    }

    /// The sheet with all of its money.
    fn sheet(&self) -> String {
        format!("{}/{}", self.root(), if self.side == Side::Instructor { "payout" } else { "receipt" })
    }

    /// "Piano with Sarah C."
    pub fn title(&self) -> String {
        format!(
            "{} with {}",
            self.booking.service_name,
            first_last_initial(&self.other.first_name, &self.other.last_name)
        )
    }

    /// Still ahead, so it can be called off.
    pub fn can_cancel(&self) -> bool {
        matches!(self.booking.status, Status::Pending | Status::Confirmed) && self.now < self.booking.start
    }

    fn can_move(&self) -> bool {
        let situation = Situation {
            status: self.booking.status,
            payment: self.payment.status,
            has_card: self.payment.method_id.is_some(),
            start: self.booking.start,
            now: self.now,
            moved_late_before: self.booking.late_reschedule_used,
            other_terms: false,
        };
        judge(&situation).is_ok()
    }

    /// "It is 50 hours and 15 minutes before the lesson."
    pub fn left(&self) -> String {
        format!("It is {} before the lesson.", span(self.now, self.booking.start))
    }

    /// What cancelling would come to now.
    pub fn result(&self, r: &dyn Read) -> Outcome<String> {
        let by = if self.side == Side::Instructor { By::Instructor } else { By::Student };
        Ok(consequence(money_cause(r, self.now, &self.booking, by)?, &self.booking, &self.payment, self.side))
    }

    pub fn view(&self, site: &Site, r: &dyn Read, said: Option<Markup>) -> Outcome<LessonView> {
        let back = match self.side {
            Side::Instructor => ("Lessons", "/instructor/bookings"),
            _ => ("Lessons", "/student/lessons"),
        };
        Ok(LessonView {
            back,
            title: self.title(),
            badge: badge(&self.booking, &self.payment, self.side, self.now),
            reference: self.booking.reference(),
            notices: said.into_iter().chain(notices(self)).collect(),
            date: self.booking.date,
            start: self.booking.start_time,
            end: self.booking.end_time,
            facts: self.facts(),
            policy: self.policy(r)?,
            money: self.money(),
            receipt: self.receipt(),
            other: self.person(),
            actions: self.actions(),
            forms: self.forms(),
            extra: Additions::of(site).lesson(r, &self.booking, self.side)?,
        })
    }

    fn facts(&self) -> Vec<(&'static str, Markup)> {
        let booking = &self.booking;
        let mut rows =
            vec![("Where", html! { (place_words(booking)) }), ("Clock", html! { (zone_words(&booking.zone)) })];
        let mut note = |label, text: &Option<String>| {
            if let Some(text) = text {
                rows.push((label, html! { (text) }));
            }
        };
        match self.side {
            Side::Instructor => note("Student’s note", &booking.student_note),
            _ => {
                note("Your note", &booking.student_note);
                note("From the instructor", &booking.instructor_note);
            }
        }
        let reminder = plus_hours(booking.start, -24);
        if booking.status == Status::Confirmed && self.now < reminder {
            rows.push(("Reminder", html! { "By mail, " (moment(reminder, &self.tz)) }));
        }
        if let (Some(at), Some(why)) = (booking.cancelled_at, &booking.cancellation_reason) {
            let who = match booking.cancelled_by {
                Some(id) if id == self.other.id => self.other.first_name.as_str(),
                Some(id) if booking.side_of(id).is_some() => "you",
                Some(_) => "our staff",
                None => "the system",
            };
            rows.push(("Cancelled", html! { (moment(at, &self.tz)) ", by " (who) ": " (why) }));
        }
        rows
    }

    fn policy(&self, r: &dyn Read) -> Outcome<Option<PolicyView>> {
        if !self.can_cancel() || self.side == Side::Instructor || self.booking.status != Status::Confirmed {
            return Ok(None);
        }
        let first = &self.other.first_name;
        Ok(Some(PolicyView {
            title: "If you cancel now".to_owned(),
            words: html! { (self.left()) " " b { (self.result(r)?) } " If " (first) " cancels, at any time, you pay nothing." },
            bands: self.bands(),
            actions: html! {
                @if self.can_move() {
                    (link_button(&format!("{}/move", self.root()), &Button::line("Move to another time")))
                }
                (link_button(&format!("{}/cancellation", self.root()), &Button::bad("Cancel the lesson")))
            },
        }))
    }

    fn person(&self) -> Person {
        let name = first_last_initial(&self.other.first_name, &self.other.last_name);
        let name = match self.side {
            Side::Instructor => html! { (name) },
            _ => html! { a href={ "/instructors/" (self.other.id) } { (name) } },
        };
        let second = if self.nth > 1 {
            count(self.nth, "lesson", "lessons together")
        } else {
            "First lesson together".to_owned()
        };
        Person { face: face(&self.other), name, second }
    }

    fn actions(&self) -> Markup {
        let booking = &self.booking;
        let pay = format!("/student/booking/confirm?booking={}", booking.id);
        let again = !matches!(booking.status, Status::Pending | Status::Confirmed) && self.side == Side::Student;
        html! {
            @if self.side == Side::Student && booking.status == Status::Pending && booking.blocks_at(self.now) {
                (link_button(&pay, &Button::primary("Finish paying").wide()))
                (link_button(&format!("{}/cancellation", self.root()), &Button::line("Give the time back").wide()))
            }
            @if booking.status == Status::Confirmed {
                (link_button(&format!("{}/calendar.ics", self.root()), &Button::line("Add to calendar").wide().icon(Icon::Calendar)))
            }
            (objecting::links(self))
            @if again { (link_button(&Choosing::of(booking).plain(), &Button::line("Book again").wide())) }
            @if self.side == Side::Student && booking.status == Status::Confirmed && self.payment.status == PaymentStatus::Scheduled {
                a.small href={ (self.root()) "/card" } { "Pay with another card" }
            }
            @if self.payment.promised { a.small href=(self.sheet()) { (if self.side == Side::Instructor { "How your payout comes about" } else { "Receipt to print" }) } }
        }
    }

    /// What the instructor can do here.
    fn forms(&self) -> Markup {
        if self.side != Side::Instructor || self.booking.status.is_terminal() {
            return html! {};
        }
        let note = self.booking.instructor_note.clone().unwrap_or_default();
        let place = self.booking.meeting_location.clone().unwrap_or_default();
        html! {
            @if awaits_completion(&self.booking, self.now) {
                (post_button(&format!("{}/completion", self.root()), &[], &Button::primary("The lesson took place").busy("Saving…")))
            }
            form.sec.sec--one.stack method="post" action={ (self.root()) "/note" } {
                (field(&Field { name: "meeting_location", label: "Where", value: &place, maxlength: Some(255), optional: true, ..Field::default() }))
                (field(&Field {
                    name: "instructor_note", label: "Your note to the student", value: &note, rows: Some(3),
                    maxlength: Some(1000), optional: true, ..Field::default()
                }))
                div.row {
                    (button(&Button::line("Save").busy("Saving…")))
                    @if self.can_cancel() {
                        (link_button(&format!("{}/cancellation", self.root()), &Button::bad("Cancel the lesson")))
                    }
                }
            }
        }
    }
}
