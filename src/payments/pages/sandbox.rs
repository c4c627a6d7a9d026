//! Stripe's own pages, as the sandbox has them: choosing a test card, the bank's question, an instructor's account, a
//! look at a document.
//! In live mode they are Stripe's and none of these exists.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::outside::sandbox::stripe::StandIn;
use crate::site::Site;
use crate::web::components::{Button, Choice, Field, Pick, Tone, button, field, link_button, notice, page_head, picks};
use crate::web::{Answer, Chrome, Form, away, page};

fn stand_in(site: &Site) -> Outcome<StandIn> {
    let found = site.part::<StandIn>().ok().filter(|_| site.is_sandbox());
    let found = found.ok_or_else(|| Refusal::not_found("NOT_FOUND", "There is nothing at this address."))?;
    Ok(StandIn::clone(&found))
}

fn frame(chrome: &Chrome, title: &str, lead: &str, body: &Markup) -> Markup {
    page(
        chrome,
        title,
        html! {
            div.wrap.narrow.stack.stack--l {
                (page_head(title, lead, html! {}))
                (notice(Tone::Info, "This page stands in for Stripe’s. Nothing here is real money."))
                (body)
            }
        },
    )
}

pub(super) async fn card_page(State(site): State<Site>, chrome: Chrome, Path(session): Path<String>) -> Answer<Markup> {
    let view = stand_in(&site)?.card_page(&session)?;
    if view.status != "open" {
        let words = "This page was used already, or it has expired. Go back and open it again.";
        return Ok(frame(&chrome, "Card page closed", words, &html! {}));
    }
    let choice = |(n, c): (usize, &crate::outside::sandbox::stripe::CardChoice)| {
        Choice::new(c.token, c.label, n == 0).note(c.hint)
    };
    let choices: Vec<Choice> = view.choices.iter().enumerate().map(choice).collect();
    let card = Field { name: "card", label: "Test card", ..Field::default() };
    let body = html! {
        form.stack method="post" action={ "/sandbox/checkout/" (view.session) } {
            (picks(Pick::One, &card, &choices))
            div.row {
                (button(&Button::primary("Save this card").busy("Saving…")))
                @if let Some(back) = &view.cancel_url { (link_button(back, &Button::line("Go back without a card"))) }
            }
        }
    };
    Ok(frame(&chrome, "Add a card", "Choose how the bank behind your card shall behave.", &body))
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    card: String,
}

pub(super) async fn choose_card(
    State(site): State<Site>,
    Path(session): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Answer<Response> {
    let back = stand_in(&site)?.complete_card_page(&session, &chosen.card)?;
    Ok(away(&back)?)
}

pub(super) async fn bank_page(State(site): State<Site>, chrome: Chrome, Path(intent): Path<String>) -> Answer<Markup> {
    let view = stand_in(&site)?.authentication_page(&intent)?;
    if !view.waiting {
        let words = "This payment is not waiting for you any more.";
        return Ok(frame(&chrome, "Nothing to confirm", words, &html! {}));
    }
    let lead = format!("{} for {}", Cents(view.amount).dollars(), view.description.unwrap_or_default());
    let body = html! {
        form.row method="post" action={ "/sandbox/authentication/" (view.intent) } {
            (button(&Button::primary("Yes, it is me").sends("answer", "yes")))
            (button(&Button::line("No").sends("answer", "no")))
        }
    };
    Ok(frame(&chrome, "Your bank asks: is this you?", &lead, &body))
}

#[derive(Deserialize)]
pub(super) struct Answered {
    answer: String,
}

pub(super) async fn answer_bank(
    State(site): State<Site>,
    Path(intent): Path<String>,
    Form(said): Form<Answered>,
) -> Answer<Response> {
    let back = stand_in(&site)?.finish_authentication(&intent, said.answer == "yes")?;
    Ok(away(&back)?)
}

pub(super) async fn account_page(
    State(site): State<Site>,
    chrome: Chrome,
    Path(account): Path<String>,
) -> Answer<Markup> {
    stand_in(&site)?;
    let body = html! {
        form method="post" action={ "/sandbox/connect/" (account) } {
            (button(&Button::primary("Fill everything in for me")))
        }
    };
    Ok(frame(&chrome, "Payout account", "Stripe asks for your name, address, identity and bank account here.", &body))
}

pub(super) async fn finish_account(State(site): State<Site>, Path(account): Path<String>) -> Answer<Response> {
    let stand_in = stand_in(&site)?;
    stand_in.onboard(&account)?;
    Ok(away(&stand_in.account_return_url(&account)?)?)
}

pub(super) async fn identity_page(
    State(site): State<Site>,
    chrome: Chrome,
    Path(session): Path<String>,
) -> Answer<Markup> {
    if stand_in(&site)?.identity_return_url(&session)?.is_none() {
        let words = "A document was shown already. Go back to where you came from.";
        return Ok(frame(&chrome, "Identity check done", words, &html! {}));
    }
    let name = |name, label, autocomplete| Field {
        name,
        label,
        autocomplete,
        required: true,
        maxlength: Some(50),
        ..Field::default()
    };
    let body = html! {
        form.stack method="post" action={ "/sandbox/identity/" (session) } {
            (field(&name("first_name", "First name on it", "given-name")))
            (field(&name("last_name", "Last name on it", "family-name")))
            div.row { (button(&Button::primary("Show this document").busy("Looking…"))) }
        }
    };
    Ok(frame(&chrome, "Identity check", "Stripe photographs your document and your face here.", &body))
}

#[derive(Deserialize)]
pub(super) struct Document {
    first_name: String,
    last_name: String,
}

pub(super) async fn show_document(
    State(site): State<Site>,
    Path(session): Path<String>,
    Form(shown): Form<Document>,
) -> Answer<Response> {
    let stand_in = stand_in(&site)?;
    let back = stand_in.identity_return_url(&session)?;
    stand_in.verify_identity(&session, Some((&shown.first_name, &shown.last_name)))?;
    Ok(away(&back.unwrap_or_else(|| "/".to_owned()))?)
}
