//! Another card for a lesson whose card was refused.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::refusal::{Outcome, Refusal};
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::paying::{Payment, change_card, own};
use crate::bookings::pages::checkout::load::card_choices;
use crate::bookings::pages::money::refusal;
use crate::bookings::pages::words::{moment, zone_of};
use crate::payments::model::{BookingPayment, PaymentStatus};
use crate::payments::ops::cards;
use crate::site::Site;
use crate::web::components::{Button, Field, Icon, Pick, button, crumb, error_summary, page_head, picks};
use crate::web::{Answer, Chrome, Form, Id, page, see_other};

fn shown(site: &Site, chrome: &Chrome, actor: &Actor, id: BookingId, trouble: Option<&str>) -> Outcome<Markup> {
    let (lead, wish, choices) = site.read(|r| {
        let (booking, payment) = own(r, id, actor.user_id)?;
        let choices = card_choices(&cards(r, actor.user_id)?, payment.method_id, None);
        let (lead, wish) = asked(&booking, &payment);
        Ok((lead, wish, choices))
    })?;
    let (root, action) = (format!("/student/lessons/{id}"), format!("/student/lessons/{id}/card"));
    let next = serde_urlencoded::to_string([("next", &action)]).unwrap_or_default();
    let field = Field { name: "payment_method_id", label: "Your cards", error: trouble, ..Field::default() };
    let body = html! {
        div.wrap.stack.stack--l {
            (crumb("Back to the lesson", &root))
            (page_head("Choose a card", lead.as_str(), html! {}))
            @if let Some(words) = trouble { (error_summary(&[("payment_method_id", words)], "Nothing was charged.")) }
            @if !choices.is_empty() {
                form.stack method="post" action=(action) {
                    (picks(Pick::One, &field, &choices))
                    (button(&Button::primary(&wish).busy("Asking the bank…")))
                }
            }
            form method="post" action={ "/payments/cards/new?" (next) } {
                (button(&Button::line("Use another card").icon(Icon::Lock).busy("Opening Stripe…")))
            }
        }
    };
    Ok(page(chrome, "Choose a card", body))
}

/// What the card is asked for, and when; and the words on the button.
fn asked(booking: &Booking, payment: &BookingPayment) -> (String, String) {
    let sum = payment.card_amount().dollars();
    let what = format!("{} on {}", booking.service_name, moment(booking.start, &zone_of(&booking.zone)));
    match payment.status {
        PaymentStatus::PaymentMethodRequired if booking.status == Status::Completed => {
            let lead = format!("{what}. The last card did not give {sum}; nothing was charged.");
            (lead, format!("Pay {sum} with this card"))
        }
        PaymentStatus::PaymentMethodRequired => {
            let lead = format!("{what}. The last card was refused; nothing was charged.");
            (lead, format!("Have the bank set {sum} aside"))
        }
        _ => {
            let lead = format!("{what}. The card is asked for {sum} a day before the lesson; nothing is charged now.");
            (lead, "Use this card".to_owned())
        }
    }
}

pub async fn card_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
) -> Answer<Markup> {
    Ok(shown(&site, &chrome, &actor, id, None)?)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardForm {
    #[serde(default)]
    payment_method_id: String,
}

pub async fn choose_card(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Id(id): Id<BookingId>,
    Form(form): Form<CardForm>,
) -> Answer<Response> {
    let method = Some(form.payment_method_id).filter(|card| !card.is_empty());
    let trouble = match change_card(&site, id, actor.user_id, Payment { method, ..Payment::default() }).await {
        Ok(paid) if paid.checkout.success => return Ok(see_other(&format!("/student/lessons/{id}?done=card"))),
        Ok(paid) => match paid.checkout.action_url {
            Some(url) => {
                let location = HeaderValue::from_str(&url).map_err(Refusal::internal)?;
                return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response());
            }
            None => refusal(paid.checkout.decline_code.as_deref()),
        },
        Err(fault) if matches!(fault.status, 400 | 409 | 422 | 429 | 503) => fault.detail,
        Err(fault) => return Err(fault.into()),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&site, &chrome, &actor, id, Some(&trouble))?).into_response())
}
