//! One's saved addresses as a page: for lessons at home, and for "near me".

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::address::{Address, Label, Wish};
use super::{addresses_of, ops};
use crate::base::access::{Actor, Permission};
use crate::base::id::AddressId;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::web::components::{
    Button, Choice, Field, Pick, Tone, account_tabs, badge, button, empty, error_summary, facts, field, notice,
    page_head, pick, post_button, section, select,
};
use crate::web::{Access, Answer, Chrome, Form, Id, Pages, Params, page, see_other};

const HERE: &str = "/account/addresses";

pub fn pages(pages: Pages) -> Pages {
    let own = Access::can(Permission::ManageOwnProfile);
    pages
        .get(own, "/account/addresses", show)
        .post(own, "/account/addresses", add)
        .post(own, "/account/addresses/{id}/default", make_default)
        .post(own, "/account/addresses/{id}/remove", remove)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    done: String,
}

async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let said = match asked.done.as_str() {
        "added" => "Your address is saved.",
        "default" => "Your usual address is changed.",
        "removed" => "That address is removed.",
        _ => "",
    };
    Ok(render(&site, &chrome, &actor, &Input::default(), None, said)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Input {
    label: String,
    custom_label: String,
    street_line1: String,
    street_line2: String,
    locality: String,
    administrative_area: String,
    postal_code: String,
    usual: Option<String>,
}

impl Input {
    fn wish(&self) -> Wish {
        let text = |text: &String| Some(text.clone());
        let label = match self.label.as_str() {
            "work" => Label::Work,
            "other" => Label::Other,
            _ => Label::Home,
        };
        Wish {
            label: Some(label),
            custom_label: text(&self.custom_label),
            street_line1: text(&self.street_line1),
            street_line2: text(&self.street_line2),
            locality: text(&self.locality),
            administrative_area: text(&self.administrative_area),
            postal_code: text(&self.postal_code),
            is_default: self.usual.is_some().then_some(true),
            ..Wish::default()
        }
    }
}

async fn add(State(site): State<Site>, chrome: Chrome, actor: Actor, Form(input): Form<Input>) -> Answer<Response> {
    match ops::add(&site, actor.user_id, input.wish()).await {
        Ok(_) => Ok(see_other("/account/addresses?done=added")),
        Err(refusal) if refusal.status >= 500 => Err(refusal.into()),
        Err(refusal) => Ok(render(&site, &chrome, &actor, &input, Some(&refusal), "")?),
    }
}

async fn make_default(State(site): State<Site>, actor: Actor, Id(id): Id<AddressId>) -> Answer<Response> {
    let wish = Wish { is_default: Some(true), ..Wish::default() };
    ops::change(&site, actor.user_id, id, wish).await?;
    Ok(see_other("/account/addresses?done=default"))
}

async fn remove(State(site): State<Site>, actor: Actor, Id(id): Id<AddressId>) -> Answer<Response> {
    ops::remove(&site, actor.user_id, id).await?;
    Ok(see_other("/account/addresses?done=removed"))
}

fn render(
    site: &Site,
    chrome: &Chrome,
    actor: &Actor,
    given: &Input,
    refused: Option<&Refusal>,
    said: &str,
) -> Outcome<Response> {
    let addresses = site.read(|r| addresses_of(r, actor.user_id))?;
    let errors: Vec<(&str, &str)> = match refused {
        None => Vec::new(),
        Some(r) if r.errors.is_empty() => vec![("street_line1", r.detail.as_str())],
        Some(r) => r.errors.iter().map(|e| (e.field.as_str(), e.message.as_str())).collect(),
    };
    let whole = page(
        chrome,
        "Addresses",
        html! {
            div.wrap.stack.stack--l {
                (page_head("Addresses", "For lessons at your place, and for what is near you. Instructors see one when you book it.", html! {}))
                (account_tabs(HERE))
                @if !said.is_empty() { (notice(Tone::Ok, said)) }
                (error_summary(&errors, "Nothing was saved."))
                (section("saved", "Saved", "", list(&addresses)))
                (section("new", "Another one", "", form(given, refused)))
            }
        },
    );
    let status = refused.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    Ok((status, whole).into_response())
}

fn list(addresses: &[Address]) -> Markup {
    if addresses.is_empty() {
        return empty("No address yet", "The first one becomes your usual one.", None);
    }
    html! { @for address in addresses { (one(address)) } }
}

fn one(address: &Address) -> Markup {
    let parts = &address.parts;
    let name = parts.custom_label.as_deref().unwrap_or(match parts.label {
        Label::Home => "Home",
        Label::Work => "Work",
        Label::Other => "Other",
    });
    let street = match &parts.street_line2 {
        Some(second) => format!("{}, {second}", parts.street_line1),
        None => parts.street_line1.clone(),
    };
    let town = format!("{}, {} {}", parts.locality, parts.administrative_area, parts.postal_code);
    let path = format!("{HERE}/{}", address.id);
    html! {
        div.stack.stack--s {
            (facts(&[
                (name, html! { (street) br; (town) @if address.is_default { " " (badge(Tone::Plain, "usual")) } }),
            ]))
            div.row {
                @if !address.is_default { (post_button(&format!("{path}/default"), &[], &Button::link("Make it the usual one"))) }
                (post_button(&format!("{path}/remove"), &[], &Button::link("Remove").says(&format!("Remove {street}"))))
            }
        }
    }
}

fn form(given: &Input, refused: Option<&Refusal>) -> Markup {
    let error =
        |name: &str| refused.and_then(|r| r.errors.iter().find(|e| e.field == name)).map(|e| e.message.as_str());
    let text = |name, label, value, autocomplete| Field {
        name,
        label,
        value,
        autocomplete,
        error: error(name),
        required: true,
        ..Field::default()
    };
    let kinds = [("home", "Home"), ("work", "Work"), ("other", "Other")]
        .map(|(value, label)| Choice::new(value, label, given.label == value));
    let kind = Field { name: "label", label: "What is it?", error: error("label"), ..Field::default() };
    let own = Field {
        required: false,
        optional: true,
        maxlength: Some(50),
        ..text("custom_label", "Your name for it", &given.custom_label, "")
    };
    let second = Field {
        required: false,
        optional: true,
        ..text("street_line2", "Apartment, floor", &given.street_line2, "address-line2")
    };
    let usual = Choice::new("yes", "This is my usual address", given.usual.is_some());
    html! {
        form.stack method="post" action=(HERE) {
            (select(&kind, &kinds))
            (field(&own))
            (field(&text("street_line1", "Street and number", &given.street_line1, "address-line1")))
            (field(&second))
            (field(&text("locality", "City", &given.locality, "address-level2")))
            (field(&text("administrative_area", "State", &given.administrative_area, "address-level1")))
            (field(&Field { inputmode: "numeric", ..text("postal_code", "ZIP code", &given.postal_code, "postal-code") }))
            (pick(Pick::Many, "usual", &usual))
            div.row { (button(&Button::primary("Save the address").busy("Saving…"))) }
        }
    }
}
