//! Marking a lesson complete and cancelling it for the people in it.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::Case;
use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::{cancel as cancel_op, complete as complete_op};
use crate::bookings::rules::complete::settles_at;
use crate::bookings::rules::lifecycle::{Cause, Moment, Step, step};
use crate::bookings::tables::load;
use crate::console::pages::confirm::{Confirm, ask, correctable, impossible};
use crate::console::pages::proof::{self, Proof, prove};
use crate::console::pages::shell::moments;
use crate::payments::model::BookingPayment;
use crate::payments::rules::settle::{CardEnd, Cause as MoneyCause, CreditEnd, terms};
use crate::payments::view::has_ended;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Choice, Field, Pick, PriceLine, picks, price_table};
use crate::web::{Answer, Chrome, Form, Id, see_other};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
    /// `back` or `keep`; only cancelling asks.
    money: String,
    #[serde(flatten)]
    proof: Proof,
}

/// What has to be typed to cancel for both.
const PHRASE: &str = "cancel the lesson";

fn judged(booking: &Booking, payment: &BookingPayment, wish: Step, now: Timestamp) -> Outcome<()> {
    let at = Moment { now, start: booking.start, end: booking.end, manual_review: payment.in_review() };
    step(booking.status, wish, Cause::Admin, &at).map(drop)
}

/// Also one that is complete and contested: a person's word is all that is missing.
pub fn may_complete(booking: &Booking, payment: &BookingPayment, now: Timestamp) -> Outcome<()> {
    let waits = payment.in_review() && !has_ended(payment) && payment.dispute.is_none();
    if booking.status == Status::Completed && booking.contested.is_some() && waits {
        return Ok(());
    }
    judged(booking, payment, Step::Complete, now)
}

/// Also needs money that is not on its way yet.
pub fn may_cancel(booking: &Booking, payment: &BookingPayment, now: Timestamp) -> Outcome<()> {
    judged(booking, payment, Step::Cancel, now)?;
    if payment.is_settled() || payment.settling.is_some() {
        return Err(Refusal::conflict("PAYMENT_SETTLED", "The money of this lesson is already being settled."));
    }
    Ok(())
}

fn case(site: &Site, id: BookingId) -> Outcome<Case> {
    site.read(|r| Case::load(r, load(r, id)?))
}

pub async fn ask_complete(State(site): State<Site>, chrome: Chrome, Id(id): Id<BookingId>) -> Answer<Response> {
    completing(&site, &chrome, &case(&site, id)?, &Typed::default(), None)
}

pub async fn complete(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Id(id): Id<BookingId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let done = match by.because(&typed.reason) {
        Ok(by) => complete_op::by_admin(&site, id, by).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(see_other(&format!("/admin/bookings/{id}?done=completed"))),
        Err(refusal) => completing(&site, &chrome, &case(&site, id)?, &typed, Some(correctable(refusal)?)),
    }
}

fn completing(site: &Site, chrome: &Chrome, case: &Case, typed: &Typed, refused: Option<Refusal>) -> Answer<Response> {
    let (booking, times) = (&case.booking, moments(site));
    let back = format!("/admin/bookings/{}", booking.id);
    let action = format!("{back}/complete");
    let settles = settles_at(booking.end);
    let effects = html! {
        ul.prose {
            li { "The lesson counts as having taken place, from now on." }
            li {
                "The card is charged " b { (case.payment.card_amount().dollars()) } " and the instructor is paid "
                b { (case.payment.quote.payout.dollars()) } ", " (times.at(settles)) " as without your help."
            }
            li { "The student may write a review." }
        }
    };
    let view = Confirm {
        title: format!("Mark {} as completed?", booking.service_name),
        back: ("Back to the booking", &back),
        action: &action,
        effects,
        fields: html! {},
        button: Button::primary("Mark the lesson complete").busy("Marking…"),
        keep: "Leave it as it is",
        reason: &typed.reason,
        unchanged: "Nothing is changed yet.",
    };
    match may_complete(booking, &case.payment, times.now) {
        Err(why) => impossible(site, chrome, &view, &why),
        Ok(()) => ask(site, chrome, &view, refused.as_ref()),
    }
}

pub async fn ask_cancel(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Response> {
    cancelling(&site, &chrome, &actor, &case(&site, id)?, &Typed::default(), None)
}

pub async fn cancel(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Id(id): Id<BookingId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let wish = by.because(&typed.reason).and_then(|by| Ok((by, wants_refund(&typed)?)));
    let done = match wish {
        Ok((by, refund)) => match prove(&site, &actor, PHRASE, &typed.proof).await {
            Ok(()) => cancel_op::by_admin(&site, id, by, refund).await,
            Err(refusal) => Err(refusal),
        },
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(see_other(&format!("/admin/bookings/{id}?done=cancelled"))),
        Err(refusal) => cancelling(&site, &chrome, &actor, &case(&site, id)?, &typed, Some(correctable(refusal)?)),
    }
}

fn wants_refund(typed: &Typed) -> Outcome<bool> {
    match typed.money.as_str() {
        "back" => Ok(true),
        "keep" => Ok(false),
        _ => Err(Refusal::invalid("money", "Say what becomes of the money.")),
    }
}

fn cancelling(
    site: &Site,
    chrome: &Chrome,
    actor: &Actor,
    case: &Case,
    typed: &Typed,
    refused: Option<Refusal>,
) -> Answer<Response> {
    let (booking, payment, times) = (&case.booking, &case.payment, moments(site));
    let back = format!("/admin/bookings/{}", booking.id);
    let action = format!("{back}/cancel");
    let effects = html! {
        p { "The lesson " (times.at(booking.start)) " is off, its time is free again, and both are told by mail." }
        div.two {
            (preview("With the money back", MoneyCause::AdminRefund, case))
            @if payment.promised { (preview("Charged in full", MoneyCause::AdminKeep, case)) }
        }
    };
    let error = refused.as_ref().and_then(|r| r.errors.iter().find(|e| e.field == "money"));
    let mut choices = vec![Choice::new("back", "Everything back to the student", typed.money == "back")];
    if payment.promised {
        let keep = Choice::new("keep", "Charge in full and pay the instructor", typed.money == "keep");
        choices.push(keep);
    }
    let question = Field {
        name: "money",
        label: "What becomes of the money?",
        error: error.map(|e| e.message.as_str()),
        ..Field::default()
    };
    let view = Confirm {
        title: format!("Cancel {} for both?", booking.service_name),
        back: ("Back to the booking", &back),
        action: &action,
        effects,
        fields: html! {
            (picks(Pick::One, &question, &choices))
            (proof::fields(site, actor, PHRASE, refused.as_ref()))
        },
        button: Button::bad("Cancel the lesson").busy("Cancelling…"),
        keep: "Keep the lesson",
        reason: &typed.reason,
        unchanged: "The lesson is not cancelled yet.",
    };
    match may_cancel(booking, payment, times.now) {
        Err(why) => impossible(site, chrome, &view, &why),
        Ok(()) => ask(site, chrome, &view, refused.as_ref()),
    }
}

/// The exact money of one way to cancel, by the very terms the settlement will follow.
fn preview(title: &str, cause: MoneyCause, case: &Case) -> Markup {
    let payment = &case.payment;
    let terms = terms(cause, &payment.quote);
    let card = match terms.card {
        CardEnd::GiveBack if payment.captured.is_positive() => {
            PriceLine::new("Back to the card", payment.captured - payment.refunded_to_card)
        }
        CardEnd::GiveBack if payment.held => PriceLine::new("Hold released", payment.card_amount()),
        CardEnd::GiveBack => PriceLine::words("Card", "never charged"),
        CardEnd::Take if payment.captured.is_positive() => PriceLine::new("Card was charged", payment.captured),
        CardEnd::Take => PriceLine::new("Card is charged", payment.card_amount()),
        CardEnd::Waive => PriceLine::words("Card", "not asked again"),
    };
    let mut lines = vec![card];
    if payment.credits_reserved.is_positive() {
        let words = if matches!(terms.credit, CreditEnd::Consume) { "Credit used up" } else { "Credit given back" };
        lines.push(PriceLine::new(words, payment.credits_reserved));
    }
    let name = case.instructor.as_ref().map_or("Instructor", |user| user.first_name.as_str());
    let total =
        PriceLine::new(format!("{name} gets"), if terms.payout.is_positive() { terms.payout } else { Cents::ZERO });
    html! { div { h3 { (title) } (price_table(&lines, &total)) } }
}
