//! What stands above a lesson: what its reader has to do, and what somebody else is about to decide.

use maud::{Markup, html};

use super::load::Lesson;
use super::rows::needs_card;
use crate::base::money::Cents;
use crate::base::time::plus_hours;
use crate::bookings::model::{Accused, NoShow, Side, Status};
use crate::bookings::pages::words::moment;
use crate::bookings::rules::cancel::credit_until;
use crate::bookings::rules::no_show::{DISPUTE_HOURS, may_dispute};
use crate::payments::ops::CAPTURE_ESCALATION_HOURS;
use crate::web::components::{Tone, notice};

pub fn notices(lesson: &Lesson) -> Vec<Markup> {
    let booking = &lesson.booking;
    let mut list = Vec::new();
    if lesson.side == Side::Student && booking.status == Status::Pending {
        list.extend(held(lesson));
    }
    if lesson.side == Side::Student && needs_card(booking, &lesson.payment) {
        list.push(card(lesson));
    }
    if let Some(to) = booking.rescheduled_to {
        let root = if lesson.side == Side::Instructor { "/instructor/bookings" } else { "/student/lessons" };
        list.push(notice(
            Tone::Info,
            html! { "This lesson was moved. " a href={ (root) "/" (to) } { "To its new time" } },
        ));
    }
    let open = booking.no_show.as_ref().filter(|_| booking.status == Status::NoShow);
    match open.filter(|report| report.resolved_at.is_none()) {
        Some(report) => list.push(reported(lesson, report)),
        None => list.extend(reviewed(lesson)),
    }
    list
}

/// Until when an unpaid time is kept.
fn held(lesson: &Lesson) -> Option<Markup> {
    let booking = &lesson.booking;
    let until = booking.hold_expires_at.filter(|end| lesson.now < *end)?;
    let (until, pay) = (moment(until, &lesson.tz), format!("/student/booking/confirm?booking={}", booking.id));
    let stands =
        if booking.holds_slot { "This time is held for you until" } else { "This time waits for another card until" };
    Some(notice(
        Tone::Info,
        html! { b { (stands) " " (until) "." } " " a href=(pay) { "Finish paying" } " to keep it." },
    ))
}

/// The last card was refused; until when another one helps.
fn card(lesson: &Lesson) -> Markup {
    let choose = html! { a href={ (lesson.root()) "/card" } { "Choose another card" } };
    let failed = lesson.payment.first_capture_failed_at.filter(|_| lesson.payment.settling.is_some());
    let Some(first) = failed else {
        let until = moment(credit_until(lesson.booking.start), &lesson.tz);
        return notice(
            Tone::Warn,
            html! {
                b { "This lesson needs a card." } " The last one was refused, nothing was charged. " (choose) " by " (until) "."
            },
        );
    };
    let until = moment(plus_hours(first, CAPTURE_ESCALATION_HOURS), &lesson.tz);
    notice(
        Tone::Warn,
        html! {
            b { "This lesson is not paid yet." } " Your card did not give " (lesson.payment.card_amount().dollars()) ". "
            (choose) ", or let us ask the same one again until " (until) ". After that you cannot book lessons."
        },
    )
}

/// A report is open: who can still say something, and what follows if nobody does.
fn reported(lesson: &Lesson, report: &NoShow) -> Markup {
    let other = &lesson.other.first_name;
    let accused = match report.accused {
        Accused::Student => lesson.side == Side::Student,
        Accused::Instructor => lesson.side == Side::Instructor,
    };
    let said = match (accused, lesson.booking.side_of(report.reported_by)) {
        (true, Some(_)) => format!("{other} says that you did not come."),
        (true, None) => "Our staff noted that you did not come.".to_owned(),
        (false, Some(by)) if by == lesson.side => format!("You reported that {other} did not come."),
        (false, _) => format!("It was reported that {other} did not come."),
    };
    let until = plus_hours(report.reported_at, DISPUTE_HOURS);
    let end = if_it_counts(lesson, report.accused);
    let words = if report.disputed_at.is_some() {
        let objected = if accused { "You objected".to_owned() } else { format!("{other} objected") };
        html! { (objected) ". A person of ours looks at it and decides; until then no money moves." }
    } else if accused && may_dispute(Some(report), lesson.side, lesson.now).is_ok() {
        html! {
            "If you did come, " a href={ (lesson.root()) "/objection" } { "say so" } " by " (moment(until, &lesson.tz))
            ". If you do not, " (end)
        }
    } else {
        html! { "If nobody objects by " (moment(until, &lesson.tz)) ", " (end) }
    };
    notice(if accused { Tone::Warn } else { Tone::Info }, html! { b { (said) } " " (words) })
}

fn if_it_counts(lesson: &Lesson, accused: Accused) -> String {
    let (pays, payout) = (lesson.payment.card_amount(), lesson.booking.quote.payout.dollars());
    match (accused, lesson.side) {
        (Accused::Instructor, Side::Instructor) => "the student pays nothing and you are not paid.".to_owned(),
        (Accused::Instructor, _) => "you pay nothing: everything comes back, credit included.".to_owned(),
        (Accused::Student, Side::Instructor) => format!("you are paid {payout} as if the lesson had taken place."),
        (Accused::Student, _) if pays == Cents::ZERO => {
            "the lesson counts as taken and your credit as used.".to_owned()
        }
        (Accused::Student, _) => format!("you pay {} as if the lesson had taken place.", pays.dollars()),
    }
}

/// Money that waits for somebody's judgement.
fn reviewed(lesson: &Lesson) -> Option<Markup> {
    if !lesson.payment.in_review() {
        return None;
    }
    let dispute = lesson.payment.dispute.as_ref().filter(|dispute| dispute.is_open());
    let words = match (dispute, &lesson.booking.contested, lesson.side) {
        (Some(_), _, Side::Instructor) => {
            "The student’s bank took the payment back and judges who keeps it. Your payout waits until it has."
        }
        (Some(_), ..) => "Your bank took the payment back and judges who keeps it. We write to you when it has.",
        (None, Some(_), Side::Instructor) => {
            "You contested that the lesson took place. A person of ours decides; until then no money moves."
        }
        (None, Some(_), _) => {
            "The instructor says that the lesson did not take place. A person of ours decides; until then no money moves."
        }
        _ => "The payment is being looked at by a person of ours. We write to you when it is decided.",
    };
    Some(notice(Tone::Info, words))
}
