//! Mails about a lesson: promised, moved, called off, coming up, done.

use super::Lesson;
use crate::base::price::Place;
use crate::bookings::model::{Accused, Side};
use crate::notify::letter::{Letter, Sender};

fn letter(template: &'static str, lesson: &Lesson, side: Side, subject: String) -> Letter {
    Letter::new(template, &lesson.reader(side).first_name, subject)
        .datum("booking_id", lesson.booking.id.to_string())
        .datum("reference", lesson.booking.reference())
        .datum("start_utc", lesson.booking.start.to_string())
}

/// What both sides need to turn up: who, what, when, where.
fn facts(lesson: &Lesson, side: Side) -> Vec<(&'static str, String)> {
    let b = &lesson.booking;
    let place = match (b.place, b.meeting_location.as_deref()) {
        (Place::StudentHome, Some(at)) if side == Side::Instructor => format!("At the student’s place: {at}"),
        (Place::StudentHome, None) if side == Side::Instructor => "At the student’s place".to_owned(),
        (Place::InstructorLocation, Some(at)) if side == Side::Instructor => format!("At your place: {at}"),
        (Place::InstructorLocation, None) if side == Side::Instructor => "At your place".to_owned(),
        (place, Some(at)) if !at.is_empty() => format!("{}: {at}", place.label()),
        (place, _) => place.label().to_owned(),
    };
    vec![
        ("Lesson", format!("{}, {} minutes", b.service_name, b.minutes)),
        ("With", lesson.other(side)),
        ("When", lesson.when(side)),
        ("Where", place),
        ("Reference", b.reference()),
    ]
}

fn what(lesson: &Lesson) -> String {
    format!("{} on {}", lesson.booking.service_name, lesson.starts())
}

pub fn booking_confirmed(sender: &Sender, lesson: &Lesson, side: Side) -> Letter {
    let b = &lesson.booking;
    if side == Side::Instructor {
        let note = b.student_note.as_deref().unwrap_or_default();
        let told = letter("booking_confirmed", lesson, side, format!("New lesson: {}", what(lesson)))
            .says(format!("{} booked a lesson with you.", lesson.other(side)))
            .facts(facts(lesson, side))
            .says(format!("You earn {} for it.", b.quote.payout.dollars()));
        let told = if note.is_empty() { told } else { told.says("A note from your student:").quote(note) };
        return told.action("See the lesson", sender.url(&lesson.path(side)));
    }
    letter("booking_confirmed", lesson, side, format!("Booked: {}", what(lesson)))
        .says(format!("Your lesson with {} is booked.", lesson.other(side)))
        .facts(facts(lesson, side))
        .says(format!(
            "The lesson costs {} all in. Your card is charged after the lesson. Cancelling is free until 24 hours before it starts.",
            (b.quote.lesson + b.quote.student_fee).dollars()
        ))
        .action("See the lesson", sender.url(&lesson.path(side)))
}

/// `by` is who cancelled, as the journal says it; the canceller's copy is the receipt.
pub fn booking_cancelled(sender: &Sender, lesson: &Lesson, side: Side, by: &str, reason: &str) -> Letter {
    let own = matches!((by, side), ("student", Side::Student) | ("instructor", Side::Instructor));
    let opening = match (own, by) {
        (true, _) => format!("You cancelled your lesson with {}.", lesson.other(side)),
        (false, "admin") => format!("Our team cancelled your lesson with {}.", lesson.other(side)),
        (false, _) => format!("{} cancelled your lesson.", lesson.other(side)),
    };
    let told = letter("booking_cancelled", lesson, side, format!("Cancelled: {}", what(lesson)))
        .says(opening)
        .facts(facts(lesson, side));
    let told = if reason.is_empty() || own { told } else { told.says("The reason given:").quote(reason) };
    let told = told.datum("cancelled_by", by);
    if side == Side::Instructor {
        return told
            .says("The time is free again in your calendar. What you earn from a late cancellation stands with the lesson.")
            .action("See the lesson", sender.url(&lesson.path(side)));
    }
    told.says("What comes back to your card or as credit stands with the lesson, to the cent.")
        .action("See the lesson", sender.url(&lesson.path(side)))
        .link("Find another time:", sender.url(&format!("/instructors/{}", lesson.booking.instructor_id)))
}

/// The card could not be charged until twelve hours before the lesson.
pub fn payment_cancelled(sender: &Sender, lesson: &Lesson, side: Side) -> Letter {
    let told = letter("payment_cancelled", lesson, side, format!("Cancelled, no payment: {}", what(lesson)));
    if side == Side::Instructor {
        return told
            .says(format!("The lesson with {} is off: their card could not be charged in time.", lesson.other(side)))
            .facts(facts(lesson, side))
            .says("The time is free again in your calendar.")
            .action("See the lesson", sender.url(&lesson.path(side)));
    }
    told.says("Your lesson is off: your card could not be charged until twelve hours before it. You were not charged.")
        .facts(facts(lesson, side))
        .action("Find another time", sender.url(&format!("/instructors/{}", lesson.booking.instructor_id)))
}

pub fn booking_rescheduled(sender: &Sender, lesson: &Lesson, side: Side, before: &str) -> Letter {
    letter("booking_rescheduled", lesson, side, format!("Moved: {}", what(lesson)))
        .says(format!("Your lesson with {} has a new time. It was {before}.", lesson.other(side)))
        .facts(facts(lesson, side))
        .action("See the lesson", sender.url(&lesson.path(side)))
}

pub fn reminder_24h(sender: &Sender, lesson: &Lesson, side: Side) -> Letter {
    reminder("reminder_24h", sender, lesson, side, format!("Tomorrow: {}", what(lesson)))
}

pub fn reminder_1h(sender: &Sender, lesson: &Lesson, side: Side) -> Letter {
    reminder("reminder_1h", sender, lesson, side, format!("Soon: {}", what(lesson)))
}

fn reminder(template: &'static str, sender: &Sender, lesson: &Lesson, side: Side, subject: String) -> Letter {
    letter(template, lesson, side, subject)
        .says(format!("Your lesson with {} is coming up.", lesson.other(side)))
        .facts(facts(lesson, side))
        .action("See the lesson", sender.url(&lesson.path(side)))
}

pub fn lesson_completed(sender: &Sender, lesson: &Lesson, side: Side) -> Letter {
    let b = &lesson.booking;
    if side == Side::Instructor {
        return letter("lesson_completed", lesson, side, format!("Done: {}", what(lesson)))
            .says(format!(
                "Your lesson with {} is complete. {} is on its way to you.",
                lesson.other(side),
                b.quote.payout.dollars()
            ))
            .action("See your earnings", sender.url("/instructor/earnings"));
    }
    letter("lesson_completed", lesson, side, format!("How was {}?", b.service_name))
        .says(format!("Your lesson with {} is complete. Two words from you help the next student.", lesson.other(side)))
        .action("Leave a review", sender.url(&format!("/student/review/{}", b.id)))
        .link("Book again:", sender.url(&format!("/instructors/{}", b.instructor_id)))
}

/// Goes to the one who is said not to have come.
pub fn no_show(sender: &Sender, lesson: &Lesson, accused: Accused) -> Letter {
    let side = if accused == Accused::Student { Side::Student } else { Side::Instructor };
    letter("alert", lesson, side, format!("Reported as missed: {}", what(lesson)))
        .says(format!("{} reported that you did not come to the lesson.", lesson.other(side)))
        .facts(facts(lesson, side))
        .says("If that is not so, say it within 24 hours on the lesson's page; somebody of ours then looks at it.")
        .action("See the lesson", sender.url(&lesson.path(side)))
}
