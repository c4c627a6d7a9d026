//! One's own account: the facts about oneself.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::own::{Asked, Sheet, is_fresh, password_field};
use super::{Refused, correctable};
use crate::accounts::model::User;
use crate::accounts::must_user;
use crate::accounts::ops::profile::{self, Changes};
use crate::accounts::ops::step_up::beside;
use crate::base::access::{Actor, Role};
use crate::base::refusal::Refusal;
use crate::base::time::{TimeZone, fmt_date, utc_to_local, zone};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Field, Tone, badge, button, facts, field, section};
use crate::web::{Answer, Chrome, Form, Params, see_other};

/// Offered, not the only ones: those of the country's ZIP codes.
const ZONES: [&str; 8] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
];

/// The old address of a student's own pages, by their tabs.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Shelf {
    tab: String,
    done: String,
}

pub(super) async fn student(
    site: State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(shelf): Params<Shelf>,
) -> Answer<Response> {
    match shelf.tab.as_str() {
        "billing" => Ok(see_other("/student/billing")),
        "notifications" => Ok(see_other("/account/notifications")),
        _ => show(site, chrome, actor, Params(Asked { done: shelf.done })).await,
    }
}

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let said = if asked.done == "profile" { "Your details are saved." } else { "" };
    let user = site.read(|r| must_user(r, actor.user_id))?;
    Ok(render(&site, &chrome, (&user, is_fresh(&site, &actor)), &Profile::of(&user), &Refused::default(), said))
}

#[derive(Default, Deserialize)]
pub(super) struct Profile {
    first_name: String,
    last_name: String,
    phone: String,
    zip_code: String,
    timezone: String,
    #[serde(default)]
    current_password: String,
}

impl Profile {
    fn of(user: &User) -> Self {
        Self {
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            phone: user.phone.clone().unwrap_or_default(),
            zip_code: user.zip_code.clone(),
            timezone: user.timezone.clone(),
            current_password: String::new(),
        }
    }
}

pub(super) async fn save_profile(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Form(input): Form<Profile>,
) -> Answer<Response> {
    let before = site.read(|r| must_user(r, actor.user_id))?;
    // Only a zone somebody typed anew counts as named; otherwise a new ZIP code brings its own.
    let changes = Changes {
        first_name: Some(input.first_name.clone()),
        last_name: Some(input.last_name.clone()),
        phone: Some(input.phone.clone()),
        zip_code: Some(input.zip_code.clone()).filter(|zip| *zip != before.zip_code),
        timezone: Some(input.timezone.clone()).filter(|zone| *zone != before.timezone),
    };
    let given = Some(input.current_password.as_str()).filter(|password| !password.is_empty());
    let changed = match beside(&site, actor.clone(), given).await {
        Ok(proven) => profile::change(&site, &proven, by, changes).await.map_err(wants_password),
        Err(refusal) => Err(refusal),
    };
    match changed {
        Ok(_) => Ok(see_other(match actor.main_role() {
            Role::Student => "/student/dashboard?done=profile",
            _ => "/account?done=profile",
        })),
        Err(refusal) => {
            Ok(render(&site, &chrome, (&before, is_fresh(&site, &actor)), &input, &correctable(refusal)?, ""))
        }
    }
}

/// On the page the proof is asked for beside the number.
fn wants_password(refusal: Refusal) -> Refusal {
    match refusal.code {
        "REAUTH_REQUIRED" => Refusal::invalid("current_password", "Another phone number needs your password."),
        _ => refusal,
    }
}

fn render(
    site: &Site,
    chrome: &Chrome,
    (user, fresh): (&User, bool),
    given: &Profile,
    refused: &Refused,
    said: &str,
) -> Response {
    let tz = zone(&user.timezone).unwrap_or_else(|| site.zone.clone());
    let lead = user.full_name();
    let sheet = Sheet { title: "Your account", lead: &lead, tab: "/account", said, refused, catch_all: "first_name" };
    let about = about(given, refused, user, &tz, fresh);
    sheet.answer(
        chrome,
        section("you", "About you", "Others see your first name and the first letter of your last name.", about),
    )
}

fn about(given: &Profile, refused: &Refused, user: &User, tz: &TimeZone, fresh: bool) -> Markup {
    let text = |name, label, value, autocomplete| Field {
        name,
        label,
        value,
        autocomplete,
        error: refused.at(name, ""),
        ..Field::default()
    };
    let (since, _) = utc_to_local(user.created_at, tz);
    let phone = Field { kind: "tel", optional: true, ..text("phone", "Phone", &given.phone, "tel") };
    let password = Field {
        label: "Your password, if the phone number is another",
        required: false,
        optional: true,
        ..password_field("current_password", refused)
    };
    let zone_field = Field {
        hint: "The city whose clock is yours: America/New_York. A new ZIP code brings its own.",
        offers: &ZONES,
        ..text("timezone", "Time zone", &given.timezone, "")
    };
    html! {
        (facts(&[
            ("E-mail", html! { (user.email) @if user.email_verified { " " (badge(Tone::Ok, "proven")) } " " a href="/account/email" { "Change" } }),
            ("Here since", html! { (fmt_date(since)) ", " (since.year()) }),
        ]))
        form.stack method="post" action="/account/profile" {
            (field(&text("first_name", "First name", &given.first_name, "given-name")))
            (field(&text("last_name", "Last name", &given.last_name, "family-name")))
            (field(&phone))
            (field(&Field { inputmode: "numeric", ..text("zip_code", "ZIP code", &given.zip_code, "postal-code") }))
            (field(&zone_field))
            @if !fresh { (field(&password)) }
            div.row { (button(&Button::primary("Save your details").busy("Saving…"))) }
        }
    }
}
