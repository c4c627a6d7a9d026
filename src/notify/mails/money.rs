//! Mails about money: a card that was refused, a payout on its way.

use super::{Lesson, moment};
use crate::base::money::Cents;
use crate::base::time::{TimeZone, Timestamp, zone};
use crate::bookings::model::Side;
use crate::notify::letter::{Letter, Sender};

fn letter(template: &'static str, lesson: &Lesson, side: Side, subject: String) -> Letter {
    Letter::new(template, &lesson.reader(side).first_name, subject)
        .datum("booking_id", lesson.booking.id.to_string())
        .datum("reference", lesson.booking.reference())
}

fn deadline(lesson: &Lesson, at: Timestamp) -> String {
    moment(at, &zone(&lesson.booking.zone).unwrap_or(TimeZone::UTC))
}

pub fn authorization_failed(sender: &Sender, lesson: &Lesson, until: Timestamp) -> Letter {
    let subject = format!("Your card was refused for {}", lesson.starts());
    letter("authorization_failed", lesson, Side::Student, subject)
        .says(format!(
            "We could not reserve the money for your {} lesson with {}. You were not charged.",
            lesson.booking.service_name,
            lesson.other(Side::Student)
        ))
        .facts(vec![("When", lesson.when(Side::Student)), ("Time left until", deadline(lesson, until))])
        .says("We try again by ourselves. If you add another card now, the lesson is safe at once.")
        .action("Choose another card", sender.url(&lesson.path(Side::Student)))
}

pub fn authorization_warning(sender: &Sender, lesson: &Lesson, until: Timestamp) -> Letter {
    let subject = format!("Last call: your lesson on {} needs a card", lesson.starts());
    letter("authorization_warning", lesson, Side::Student, subject)
        .says(format!(
            "Your card is still refused. Without another one the lesson is cancelled on {}.",
            deadline(lesson, until)
        ))
        .facts(vec![("With", lesson.other(Side::Student)), ("When", lesson.when(Side::Student))])
        .action("Choose another card", sender.url(&lesson.path(Side::Student)))
}

pub fn capture_failed(sender: &Sender, lesson: &Lesson) -> Letter {
    let subject = format!("We could not charge your card for {}", lesson.starts());
    letter("capture_failed", lesson, Side::Student, subject)
        .says("Your lesson took place, but your bank refused the payment. Please choose another card.")
        .facts(vec![("With", lesson.other(Side::Student)), ("When", lesson.when(Side::Student))])
        .says("Until it is paid you cannot book new lessons.")
        .action("Choose another card", sender.url(&lesson.path(Side::Student)))
}

pub fn payout_sent(sender: &Sender, lesson: &Lesson, amount: Cents) -> Letter {
    let subject = format!("{} is on its way to you", amount.dollars());
    letter("payout_sent", lesson, Side::Instructor, subject)
        .says(format!(
            "We sent {} for your {} lesson with {}. Your bank usually shows it within a few days.",
            amount.dollars(),
            lesson.booking.service_name,
            lesson.other(Side::Instructor)
        ))
        .facts(vec![("Lesson", lesson.when(Side::Instructor)), ("Reference", lesson.booking.reference())])
        .action("See your earnings", sender.url("/instructor/earnings"))
        .datum("amount_cents", amount.0)
}
