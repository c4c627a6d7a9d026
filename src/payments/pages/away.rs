//! To Stripe's pages and back. The way back is a GET because Stripe chooses it; it only reads what already happened
//! there, so that coming back twice changes nothing.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::refusal::Refusal;
use crate::payments::ops;
use crate::site::Site;
use crate::web::{Answer, Id, Params, away, see_other};

const BILLING: &str = "/student/billing";
const EARNINGS: &str = "/instructor/earnings";

#[derive(Deserialize)]
pub(super) struct Onward {
    #[serde(default)]
    next: String,
}

/// A page of ours to go on to, or the usual one.
fn own<'a>(next: &'a str, usual: &'a str) -> &'a str {
    let safe = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if safe && next.len() <= 2000 { next } else { usual }
}

pub(super) async fn to_card_page(
    State(site): State<Site>,
    actor: Actor,
    Params(onward): Params<Onward>,
) -> Answer<Response> {
    let url = ops::open_card_page(&site, actor.user_id, own(&onward.next, BILLING)).await?;
    Ok(away(&url)?)
}

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    session: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn from_card_page(
    State(site): State<Site>,
    actor: Actor,
    Params(back): Params<Back>,
) -> Answer<Response> {
    ops::finish_card_page(&site, actor.user_id, &back.session).await?;
    Ok(see_other(own(&back.next, BILLING)))
}

/// From the bank's page: the payment is read anew, the checkout shows how it stands.
pub(super) async fn from_bank(State(site): State<Site>, actor: Actor, Id(id): Id<BookingId>) -> Answer<Response> {
    let payment = site.read(|r| ops::payment(r, id))?;
    if payment.student_id != actor.user_id {
        return Err(Refusal::not_found("NOT_FOUND", "There is nothing at this address.").into());
    }
    ops::refresh(&site, id).await?;
    Ok(see_other(&format!("/student/booking/confirm?booking={id}")))
}

pub(super) async fn to_onboarding(
    State(site): State<Site>,
    actor: Actor,
    Params(onward): Params<Onward>,
) -> Answer<Response> {
    let next = own(&onward.next, EARNINGS);
    let back = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
    let back = format!("/payments/connect/return?{back}");
    let (_, url) = ops::begin_onboarding(&site, actor.user_id, &back).await?;
    match url {
        Some(url) => Ok(away(&url)?),
        None => Ok(see_other(next)),
    }
}

pub(super) async fn from_onboarding(
    State(site): State<Site>,
    actor: Actor,
    Params(onward): Params<Onward>,
) -> Answer<Response> {
    ops::refresh_account(&site, actor.user_id).await?;
    Ok(see_other(own(&onward.next, EARNINGS)))
}
