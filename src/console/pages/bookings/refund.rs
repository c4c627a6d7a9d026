//! Giving a lesson's money back, letting a settlement go on, deciding about a no-show report.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::Case;
use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::bookings::model::Status;
use crate::bookings::ops::no_show::{Resolution, resolve as resolve_op};
use crate::bookings::ops::refund::{self as op, Refund, Way, way};
use crate::bookings::tables::load;
use crate::console::pages::confirm::{Confirm, ask, correctable, impossible};
use crate::console::pages::proof::{self, Proof, prove};
use crate::payments::rules::corrections::refund as plan;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Choice, Field, Pick, PriceLine, field, picks, price_table};
use crate::web::{Answer, Chrome, Form, Id, see_other};

const PHRASE: &str = "give the money back";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
    /// Dollars; empty is all of it.
    amount: String,
    /// `platform` or `instructor`.
    from: String,
    /// The payment as it was when the page was shown: a second click finds another one.
    version: u32,
    #[serde(flatten)]
    proof: Proof,
}

fn case(site: &Site, id: BookingId) -> Outcome<Case> {
    site.read(|r| Case::load(r, load(r, id)?))
}

/// Nothing typed is all of it.
fn dollars(text: &str) -> Outcome<Option<Cents>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = || Refusal::invalid("amount", "An amount like 29.87, or nothing for all of it.");
    Cents::typed(text).filter(|sum| sum.is_positive()).map(Some).ok_or_else(wrong)
}

pub async fn ask_refund(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Response> {
    let typed = Typed { from: "platform".into(), ..Typed::default() };
    refunding(&site, &chrome, &actor, &case(&site, id)?, &typed, None)
}

pub async fn refund(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Id(id): Id<BookingId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    match done(&site, &actor, by, id, &typed).await {
        Ok(()) => Ok(see_other(&format!("/admin/bookings/{id}?done=refunded"))),
        Err(refusal) => refunding(&site, &chrome, &actor, &case(&site, id)?, &typed, Some(correctable(refusal)?)),
    }
}

async fn done(site: &Site, actor: &Actor, by: By, id: BookingId, typed: &Typed) -> Outcome<()> {
    let by = by.because(&typed.reason)?;
    let ask = Refund {
        amount: dollars(&typed.amount)?,
        reverse_payout: typed.from == "instructor",
        version: Some(typed.version),
    };
    prove(site, actor, PHRASE, &typed.proof).await?;
    op::refund(site, id, by, ask).await.map(drop)
}

fn refunding(
    site: &Site,
    chrome: &Chrome,
    actor: &Actor,
    case: &Case,
    typed: &Typed,
    refused: Option<Refusal>,
) -> Answer<Response> {
    let back = format!("/admin/bookings/{}", case.booking.id);
    let action = format!("{back}/refund");
    let judged = way(&case.booking, &case.payment, site.now());
    let error = |name: &str| refused.as_ref().and_then(|r| r.errors.iter().find(|e| e.field == name));
    let amount = error("amount").map(|e| e.message.as_str());
    let choices = [
        Choice::new("platform", "From our own money", typed.from != "instructor"),
        Choice::new("instructor", "Take the same share of the payout back", typed.from == "instructor"),
    ];
    let version = case.payment.version.to_string();
    let fields = html! {
        input type="hidden" name="version" value=(version);
        @if matches!(judged, Ok(Way::Captured(_))) {
            (field(&Field {
                name: "amount",
                label: "How much, in dollars",
                value: &typed.amount,
                hint: "Empty is all that is left.",
                error: amount,
                inputmode: "decimal",
                optional: true,
                ..Field::default()
            }))
            (picks(Pick::One, &Field { name: "from", label: "Whose money?", ..Field::default() }, &choices))
        }
        (proof::fields(site, actor, PHRASE, refused.as_ref()))
    };
    let view = Confirm {
        title: format!("Give money back for {}?", case.booking.service_name),
        back: ("Back to the booking", &back),
        action: &action,
        effects: judged.as_ref().map_or_else(|_| html! {}, |way| effects(case, *way)),
        fields,
        button: Button::bad("Give it back").busy("Asking Stripe…"),
        keep: "Leave the money where it is",
        reason: &typed.reason,
        unchanged: "No money has moved.",
    };
    match judged {
        Err(why) => impossible(site, chrome, &view, &why),
        Ok(_) => ask(site, chrome, &view, refused.as_ref()),
    }
}

/// What giving all of it back would come to, either way.
fn effects(case: &Case, way: Way) -> Markup {
    let Way::Captured(left) = way else {
        return html! {
            p { "The card was never charged. What the bank holds is let go, and the lesson counts as cancelled." }
        };
    };
    let name = case.instructor.as_ref().map_or("The instructor", |user| user.first_name.as_str());
    let reversed = plan(&case.payment, None, true).map_or(Cents::ZERO, |correction| correction.reverse);
    let one = |title: &str, reversed: Cents| {
        let lines =
            [PriceLine::new("Back to the card", left), PriceLine::new(format!("Taken back from {name}"), reversed)];
        html! { div { h3 { (title) } (price_table(&lines, &PriceLine::new("We bear", left - reversed))) } }
    };
    html! {
        p { "All that is left of the card’s money is " b { (left.dollars()) } ". Giving all of it back cancels the lesson; a part leaves it as it is. The student is told by mail." }
        div.two { (one("From our own money", Cents::ZERO)) (one("With the payout", reversed)) }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Why {
    reason: String,
    resolution: String,
}

pub async fn ask_resume(State(site): State<Site>, chrome: Chrome, Id(id): Id<BookingId>) -> Answer<Response> {
    resuming(&site, &chrome, &case(&site, id)?, &Why::default(), None)
}

pub async fn resume(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Id(id): Id<BookingId>,
    Form(typed): Form<Why>,
) -> Answer<Response> {
    let done = match by.because(&typed.reason) {
        Ok(by) => op::resume(&site, id, by).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(see_other(&format!("/admin/bookings/{id}?done=resumed"))),
        Err(refusal) => resuming(&site, &chrome, &case(&site, id)?, &typed, Some(correctable(refusal)?)),
    }
}

fn resuming(site: &Site, chrome: &Chrome, case: &Case, typed: &Why, refused: Option<Refusal>) -> Answer<Response> {
    let back = format!("/admin/bookings/{}", case.booking.id);
    let action = format!("{back}/resume");
    let view = Confirm {
        title: "Let the settlement go on?".to_owned(),
        back: ("Back to the booking", &back),
        action: &action,
        effects: html! {
            p { "Stripe refused a step of this settlement, so it stands still. It goes on with that very step; nothing that was done is done again." }
        },
        fields: html! {},
        button: Button::primary("Go on").busy("Asking Stripe…"),
        keep: "Leave it standing",
        reason: &typed.reason,
        unchanged: "No money has moved.",
    };
    match case.payment.parked {
        None => {
            let why = Refusal::unprocessable("NOTHING_TO_RESUME", "No settlement of this payment is standing still.");
            impossible(site, chrome, &view, &why)
        }
        Some(_) => ask(site, chrome, &view, refused.as_ref()),
    }
}

const RESOLUTIONS: [(&str, Resolution, &str, &str); 4] = [
    (
        "confirmed_after_review",
        Resolution::ConfirmedAfterReview,
        "The report is true",
        "The money goes as for a no-show of the accused.",
    ),
    ("dispute_upheld", Resolution::DisputeUpheld, "The lesson took place", "It is completed, charged and paid."),
    ("cancelled", Resolution::Cancelled, "The report is taken back", "The lesson stands as before."),
    ("mutual", Resolution::Mutual, "Neither came", "It is cancelled, everything goes back to the student."),
];

pub async fn ask_decide(State(site): State<Site>, chrome: Chrome, Id(id): Id<BookingId>) -> Answer<Response> {
    deciding(&site, &chrome, &case(&site, id)?, &Why::default(), None)
}

pub async fn decide(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Id(id): Id<BookingId>,
    Form(typed): Form<Why>,
) -> Answer<Response> {
    let chosen = RESOLUTIONS.iter().find(|(name, ..)| *name == typed.resolution).map(|(_, how, ..)| *how);
    let wish = by
        .because(&typed.reason)
        .and_then(|by| Ok((by, chosen.ok_or_else(|| Refusal::invalid("resolution", "Say how it was."))?)));
    let done = match wish {
        Ok((by, how)) => resolve_op(&site, id, by, how).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => Ok(see_other(&format!("/admin/bookings/{id}?done=decided"))),
        Err(refusal) => deciding(&site, &chrome, &case(&site, id)?, &typed, Some(correctable(refusal)?)),
    }
}

fn deciding(site: &Site, chrome: &Chrome, case: &Case, typed: &Why, refused: Option<Refusal>) -> Answer<Response> {
    let back = format!("/admin/bookings/{}", case.booking.id);
    let action = format!("{back}/no-show");
    let error = refused.as_ref().and_then(|r| r.errors.iter().find(|e| e.field == "resolution"));
    let choices: Vec<Choice> = RESOLUTIONS
        .iter()
        .map(|(name, _, label, note)| Choice::new(*name, *label, typed.resolution == *name).note(*note))
        .collect();
    let question = Field {
        name: "resolution",
        label: "How was it?",
        error: error.map(|e| e.message.as_str()),
        ..Field::default()
    };
    let said = |words: Option<&String>| words.cloned().unwrap_or_else(|| "nothing".to_owned());
    let report = case.booking.no_show.as_ref().filter(|report| report.resolved_at.is_none());
    let effects = html! {
        @if let Some(report) = report {
            p { "The report says: “" (said(report.reason.as_ref())) "”" }
            @if report.disputed_at.is_some() { p { "The answer says: “" (said(report.dispute_reason.as_ref())) "”" } }
            @else { p { "Nobody has objected so far; after 24 hours the report counts by itself." } }
        }
        p { "The decision is final, and the money follows it at once." }
    };
    let view = Confirm {
        title: format!("Decide about the report on {}", case.booking.service_name),
        back: ("Back to the booking", &back),
        action: &action,
        effects,
        fields: picks(Pick::One, &question, &choices),
        button: Button::primary("Decide").busy("Deciding…"),
        keep: "Not yet",
        reason: &typed.reason,
        unchanged: "Nothing is decided yet.",
    };
    if report.is_none() || case.booking.status != Status::NoShow {
        let why = Refusal::unprocessable("NO_SHOW_NOT_REPORTED", "There is no open report to decide about.");
        return impossible(site, chrome, &view, &why);
    }
    ask(site, chrome, &view, refused.as_ref())
}
