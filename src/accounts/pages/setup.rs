//! The first admin of an empty marketplace: the one-time link that `serve` prints.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::login::show_password;
use super::{Refused, correctable, with_cookie};
use crate::accounts::api::visitor;
use crate::accounts::ops::admin::{self, NewAdmin};
use crate::accounts::rules::password::MIN_ADMIN;
use crate::base::refusal::Refusal;
use crate::site::Site;
use crate::web::components::{Button, Field, button, field};
use crate::web::{Answer, Chrome, ClientIp, Fault, Form, Head, page, see_other, session_cookie};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    email: String,
    first_name: String,
    last_name: String,
    password: String,
}

pub(super) async fn show(State(site): State<Site>, chrome: Chrome, Path(token): Path<String>) -> Answer<Response> {
    if !admin::setup_is_open(&site, &token)? {
        return Err(Fault(gone()));
    }
    let refused = Refused::default();
    Ok(refused.answer(render(&chrome, &token, &Input::default(), &refused)))
}

fn gone() -> Refusal {
    Refusal::new(
        410,
        "SETUP_LINK_GONE",
        "This set-up link is used or older than 30 minutes. Restart the server for a new one.",
    )
}

pub(super) async fn finish(
    State(site): State<Site>,
    chrome: Chrome,
    Path(token): Path<String>,
    ip: ClientIp,
    headers: HeaderMap,
    Form(input): Form<Input>,
) -> Answer<Response> {
    let given = NewAdmin {
        email: input.email.clone(),
        password: input.password.clone(),
        first_name: input.first_name.clone(),
        last_name: input.last_name.clone(),
    };
    match admin::finish_setup(&site, &token, given, visitor(ip, &headers)).await {
        Ok(opened) => Ok(with_cookie(see_other("/admin"), session_cookie(&site, &opened.token))),
        Err(refusal) if refusal.status == 410 => Err(Fault(refusal)),
        Err(refusal) => {
            let refused = correctable(refusal)?;
            Ok(refused.answer(render(&chrome, &token, &input, &refused)))
        }
    }
}

fn render(chrome: &Chrome, token: &str, input: &Input, refused: &Refused) -> Markup {
    let text = |name, label, kind, value, autocomplete| Field {
        name,
        label,
        kind,
        value,
        autocomplete,
        error: refused.at(name, "password"),
        required: true,
        ..Field::default()
    };
    let hint = format!("At least {MIN_ADMIN} characters; a few words in a row are easy to keep in mind.");
    let password = Field { hint: &hint, ..text("password", "Password", "password", "", "new-password") };
    let head = Head { robots: Some("noindex".into()), ..Head::from("Set up the marketplace") };
    page(
        chrome,
        head,
        html! {
            div.wrap { div.narrow.stack {
                h1 { "Set up the marketplace" }
                p { "You become its first admin. This link works once." }
                (refused.summary("password", "No account was made yet."))
                form.stack method="post" action={ "/setup/" (token) } {
                    (field(&text("email", "E-mail", "email", &input.email, "username")))
                    (field(&text("first_name", "First name", "text", &input.first_name, "given-name")))
                    (field(&text("last_name", "Last name", "text", &input.last_name, "family-name")))
                    (field(&password))
                    (show_password("#password"))
                    (button(&Button::primary("Create the admin account").wide().busy("Creating…")))
                }
            } }
        },
    )
}
