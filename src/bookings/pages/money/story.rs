//! The stations of a booking's money as its student sees them: what has happened filled, what will hollow.

use crate::base::money::Cents;
use crate::base::time::{TimeZone, Timestamp, plus_hours};
use crate::bookings::model::{Accused, Booking, Side, Status};
use crate::bookings::pages::words::moment;
use crate::bookings::rules::cancel::credit_until;
use crate::bookings::rules::complete::settles_at;
use crate::bookings::rules::no_show::DISPUTE_HOURS;
use crate::payments::model::{BookingPayment, PaymentStatus};
use crate::payments::ops::CAPTURE_ESCALATION_HOURS;
use crate::payments::rules::bill::credit_back;
use crate::web::components::Moment;

/// Whose money it is, and what to call the card and the instructor.
pub struct Told<'a> {
    pub booking: &'a Booking,
    pub payment: &'a BookingPayment,
    pub tz: &'a TimeZone,
    pub card: Option<&'a str>,
    pub instructor: &'a str,
}

struct Stop {
    at: Timestamp,
    word: &'static str,
    text: String,
    done: bool,
}

fn past(at: Timestamp, word: &'static str, text: impl Into<String>) -> Stop {
    Stop { at, word, text: text.into(), done: true }
}

fn ahead(at: Timestamp, word: &'static str, text: impl Into<String>) -> Stop {
    Stop { at, word, text: text.into(), done: false }
}

/// In order of time.
pub fn stations(told: &Told<'_>) -> Vec<Moment> {
    let mut stops = behind(told);
    let over = told.booking.status.is_terminal() || told.payment.settled_at.is_some();
    if !over {
        stops.extend(to_come(told));
    }
    stops.sort_by_key(|stop| (!stop.done, stop.at));
    let title = |stop: &Stop| format!("{}. {}", moment(stop.at, told.tz), stop.word);
    stops.into_iter().map(|stop| Moment { title: title(&stop), done: stop.done, text: stop.text }).collect()
}

fn behind(told: &Told<'_>) -> Vec<Stop> {
    let Told { booking, payment, .. } = told;
    let (card, sum) = (told.card.unwrap_or("Your card"), payment.card_amount().dollars());
    let mut stops = Vec::new();
    match booking.rescheduled_from {
        Some(_) => stops.push(past(booking.created_at, "Moved here", "The time before was given up without a fee.")),
        None => {
            stops.push(past(booking.created_at, "Held", "Nothing is charged for holding a time."));
            let kept = format!("{card} is kept with Stripe.");
            stops.extend(booking.confirmed_at.map(|at| past(at, "Booked", kept)));
        }
    }
    let early = payment.locked_at.filter(|_| payment.captured.is_positive());
    if let Some(at) = early {
        let paid = payment.captured.dollars();
        stops.push(past(
            at,
            "Charged",
            format!("{paid} left {card}, since the lesson was moved so late. It pays for the new time."),
        ));
    } else if payment.held || payment.captured.is_positive() {
        let set_aside = format!("The bank sets {sum} aside.");
        stops.extend(payment.auth_attempted_at.map(|at| past(at, "Authorised", set_aside)));
    }
    if payment.status == PaymentStatus::PaymentMethodRequired && payment.captured == Cents::ZERO {
        let refused = payment.first_capture_failed_at.or(payment.auth_first_failed_at);
        stops.extend(refused.map(|at| past(at, "Refused", format!("{card} did not give {sum}. Nothing was charged."))));
    }
    if booking.status == Status::Completed {
        stops.push(past(booking.end, "Lesson ends", "You have 24 hours to report a problem."));
    }
    stops.extend(of_report(told));
    if let Some(dispute) = &payment.dispute {
        let taken = format!("The bank took {} back and judges who keeps it.", dispute.amount.dollars());
        stops.push(past(dispute.opened_at, "Disputed", taken));
    }
    let ended = booking.cancelled_at.filter(|_| booking.status.is_terminal()).map(|at| (at, "Cancelled"));
    let ended = ended.or(payment.settled_at.map(|at| (at, "Settled")));
    stops.extend(ended.map(|(at, word)| past(at, word, outcome(payment))));
    stops
}

fn of_report(told: &Told<'_>) -> Vec<Stop> {
    let mut stops = Vec::new();
    let instructor = told.instructor;
    if let Some(report) = &told.booking.no_show {
        let by_student = told.booking.side_of(report.reported_by) == Some(Side::Student);
        let text = match (report.accused, by_student) {
            (Accused::Instructor, true) => format!("You said that {instructor} did not come."),
            (Accused::Instructor, false) => format!("Our staff noted that {instructor} did not come."),
            (Accused::Student, _) => format!("{instructor} said that you did not come."),
        };
        stops.push(past(report.reported_at, "No-show reported", text));
        stops.extend(report.disputed_at.map(|at| past(at, "Objected", "A person of ours looks at it and decides.")));
    }
    if let Some(contested) = &told.booking.contested {
        let text = format!("{instructor} says that the lesson did not take place. A person of ours decides.");
        stops.push(past(contested.at, "Contested", text));
    }
    stops
}

fn to_come(told: &Told<'_>) -> Vec<Stop> {
    let Told { booking, payment, .. } = told;
    let sum = payment.card_amount();
    let refused = payment.status == PaymentStatus::PaymentMethodRequired;
    let mut stops = Vec::new();
    if booking.status == Status::Confirmed {
        if let Some(at) = payment.auth_scheduled_for.filter(|_| payment.status == PaymentStatus::Scheduled) {
            let text = format!("The bank is asked to set {} aside. Free cancelling ends.", sum.dollars());
            stops.push(ahead(at, "Authorised", text));
        }
        if refused && payment.settling.is_none() {
            let text = "Without a card that is accepted the lesson is called off then. You pay nothing.";
            return vec![ahead(credit_until(booking.start), "Called off", text)];
        }
        stops.push(ahead(booking.end, "Lesson ends", "You have 24 hours to report a problem."));
    }
    if matches!(booking.status, Status::Confirmed | Status::Completed) && !payment.in_review() && !refused {
        stops.push(charge(told, sum));
    }
    if let Some(first) = payment.first_capture_failed_at.filter(|_| refused) {
        let text = "Until then the card is asked again every four hours. After that you cannot book until our people have looked.";
        stops.push(ahead(plus_hours(first, CAPTURE_ESCALATION_HOURS), "Last try", text));
    }
    let open = booking.no_show.as_ref().filter(|report| report.resolved_at.is_none() && report.disputed_at.is_none());
    stops.extend(open.filter(|_| booking.status == Status::NoShow).map(|report| {
        let text = match report.accused {
            Accused::Instructor => format!("Unless {} objects, you pay nothing.", told.instructor),
            Accused::Student => {
                format!("Unless you object, {} is charged and {} is paid.", sum.dollars(), told.instructor)
            }
        };
        ahead(plus_hours(report.reported_at, DISPUTE_HOURS), "Counts", text)
    }));
    stops
}

fn charge(told: &Told<'_>, sum: Cents) -> Stop {
    let at = settles_at(told.booking.end);
    if told.payment.captured.is_positive() {
        return ahead(at, "Paid out", format!("{} is paid. Nothing more leaves your card.", told.instructor));
    }
    if sum == Cents::ZERO {
        return ahead(at, "Paid out", format!("{} is paid. Your credit covers all of it.", told.instructor));
    }
    ahead(at, "Charged", format!("{} leaves {}.", sum.dollars(), told.card.unwrap_or("your card")))
}

/// How it ended, in a sentence or two.
fn outcome(payment: &BookingPayment) -> String {
    let (paid, back) = (payment.captured, payment.refunded_to_card);
    if payment.settled_at.is_none() && payment.settling.is_some() {
        return "The money is on its way to where it belongs.".to_owned();
    }
    let charged = match paid.is_positive() {
        true => format!("{} was charged", paid.dollars()),
        false => "Nothing was charged".to_owned(),
    };
    let refunded =
        if back.is_positive() { format!(", {} went back to the card", back.dollars()) } else { String::new() };
    let credit = credit_back(payment).map(|words| format!(" {words}")).unwrap_or_default();
    format!("{charged}{refunded}.{credit}")
}
