//! One's own account: the facts, the password, where one is signed in.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Refused, correctable, with_cookie};
use crate::accounts::model::{Session, User};
use crate::accounts::must_user;
use crate::accounts::ops::profile::Changes;
use crate::accounts::ops::{self};
use crate::base::access::{Actor, Role};
use crate::base::id::SessionId;
use crate::base::refusal::Refusal;
use crate::base::time::{TimeZone, Timestamp, fmt_clock, fmt_date, fmt_zone, utc_to_local, zone};
use crate::site::Site;
use crate::web::components::{
    Button, Col, Field, Row, Tab, Table, Tone, badge, button, facts, field, notice, page_head, post_button, section,
    table, tabs,
};
use crate::web::{Answer, Chrome, Form, Id, Params, clear_session_cookie, page, see_other, session_cookie};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What was just done: `profile`, `password`, `session`.
    done: String,
}

pub(super) async fn student(site: State<Site>, chrome: Chrome, actor: Actor, asked: Params<Asked>) -> Answer<Response> {
    show(site, chrome, actor, asked).await
}

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let said = match asked.done.as_str() {
        "profile" => "Your details are saved.",
        "password" => "Your password is changed. You are signed out everywhere else.",
        "session" => "That session is ended.",
        _ => "",
    };
    let view = View::load(&site, &actor)?;
    Ok(view.refused.answer(render(&site, &chrome, &actor, &view, said)?))
}

fn back_to(actor: &Actor, done: &str) -> Response {
    let root = if actor.main_role() == Role::Student { "/student/dashboard" } else { "/account" };
    see_other(&format!("{root}?done={done}"))
}

#[derive(Default, Deserialize)]
pub(super) struct Profile {
    first_name: String,
    last_name: String,
    phone: String,
    zip_code: String,
    timezone: String,
}

pub(super) async fn save_profile(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
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
    match ops::profile::change(&site, actor.user_id, changes).await {
        Ok(_) => Ok(back_to(&actor, "profile")),
        Err(refusal) => {
            let view = View { profile: input, refused: correctable(refusal)? };
            Ok(view.refused.answer(render(&site, &chrome, &actor, &view, "")?))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    current_password: String,
    password: String,
    password_again: String,
}

pub(super) async fn change_password(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(input): Form<NewPassword>,
) -> Answer<Response> {
    let changed = if input.password == input.password_again {
        let (old, new) = (&input.current_password, &input.password);
        ops::password::change(&site, actor.user_id, actor.session_id, old, new, true).await
    } else {
        Err(Refusal::invalid("password_again", "This is not the same as above."))
    };
    match changed {
        Ok(Some(opened)) => Ok(with_cookie(back_to(&actor, "password"), session_cookie(&site, &opened.token))),
        Ok(None) => Ok(back_to(&actor, "password")),
        Err(refusal) => {
            let view = View { refused: correctable(refusal)?, ..View::load(&site, &actor)? };
            Ok(view.refused.answer(render(&site, &chrome, &actor, &view, "")?))
        }
    }
}

pub(super) async fn end_session(State(site): State<Site>, actor: Actor, Id(id): Id<SessionId>) -> Answer<Response> {
    ops::session::end_one(&site, actor.user_id, id).await?;
    Ok(back_to(&actor, "session"))
}

pub(super) async fn end_all(State(site): State<Site>, actor: Actor, _: HeaderMap) -> Answer<Response> {
    ops::session::end_everywhere(&site, actor.user_id).await?;
    Ok(with_cookie(see_other("/login"), clear_session_cookie(&site)))
}

struct View {
    profile: Profile,
    refused: Refused,
}

impl View {
    fn load(site: &Site, actor: &Actor) -> Result<Self, Refusal> {
        let user = site.read(|r| must_user(r, actor.user_id))?;
        let profile = Profile {
            first_name: user.first_name,
            last_name: user.last_name,
            phone: user.phone.unwrap_or_default(),
            zip_code: user.zip_code,
            timezone: user.timezone,
        };
        Ok(Self { profile, refused: Refused::default() })
    }
}

fn render(site: &Site, chrome: &Chrome, actor: &Actor, view: &View, said: &str) -> Result<Markup, Refusal> {
    let user = site.read(|r| must_user(r, actor.user_id))?;
    let sessions = ops::session::list(site, actor.user_id)?;
    let tz = zone(&user.timezone).unwrap_or_else(|| site.zone.clone());
    Ok(page(
        chrome,
        "Your account",
        html! {
            div.wrap.stack.stack--l {
                (page_head("Your account", html! { (user.full_name()) ", " (user.email) }, html! {}))
                @if actor.main_role() == Role::Student { (student_tabs()) }
                @if !said.is_empty() { (notice(Tone::Ok, said)) }
                (view.refused.summary("current_password", "Nothing was changed."))
                (section("you", "About you", "Others see your first name and the first letter of your last name.", about(view, &user, &tz)))
                (section("password-part", "Password", "Changing it signs you out everywhere else.", password_form(view, &user)))
                (section("more", "More", "", html! {
                    ul.stack {
                        li { a href="/account/two-factor" { "Second step: a code from your phone" } }
                        li { a href="/account/notifications" { "What we tell you, and when not" } }
                        li { a href="/account/leave" { "Your data, pausing, leaving" } }
                    }
                }))
                (section("sessions", "Where you are signed in", "End what you do not recognise, then change your password.", session_list(&sessions, actor, &tz)))
            }
        },
    ))
}

fn student_tabs() -> Markup {
    tabs(
        "Your pages",
        &[
            Tab::new("Account", "/student/dashboard", true),
            Tab::new("Lessons", "/student/lessons", false),
            Tab::new("Messages", "/student/messages", false),
        ],
    )
}

fn about(view: &View, user: &User, tz: &TimeZone) -> Markup {
    let text = |name, label, value, autocomplete| Field {
        name,
        label,
        value,
        autocomplete,
        error: view.refused.at(name, ""),
        ..Field::default()
    };
    let given = &view.profile;
    let (since, _) = utc_to_local(user.created_at, tz);
    let phone = Field { kind: "tel", optional: true, ..text("phone", "Phone", &given.phone, "tel") };
    let zone_field = Field {
        hint: "An IANA name such as America/New_York. A new ZIP code brings its own.",
        ..text("timezone", "Time zone", &given.timezone, "")
    };
    html! {
        (facts(&[
            ("E-mail", html! { (user.email) @if user.email_verified { " " (badge(Tone::Ok, "proven")) } }),
            ("Here since", html! { (fmt_date(since)) ", " (since.year()) }),
        ]))
        form.stack method="post" action="/account/profile" {
            (field(&text("first_name", "First name", &given.first_name, "given-name")))
            (field(&text("last_name", "Last name", &given.last_name, "family-name")))
            (field(&phone))
            (field(&Field { inputmode: "numeric", ..text("zip_code", "ZIP code", &given.zip_code, "postal-code") }))
            (field(&zone_field))
            div.row { (button(&Button::primary("Save your details").busy("Saving…"))) }
        }
    }
}

fn password_form(view: &View, user: &User) -> Markup {
    let secret = |name, label, autocomplete| Field {
        name,
        label,
        kind: "password",
        autocomplete,
        error: view.refused.at(name, "current_password"),
        required: true,
        ..Field::default()
    };
    html! {
        form.stack method="post" action="/account/password" {
            input type="hidden" name="username" autocomplete="username" value=(user.email);
            (field(&secret("current_password", "Current password", "current-password")))
            (field(&secret("password", "New password", "new-password")))
            (field(&secret("password_again", "The new password again", "new-password")))
            div.row { (button(&Button::line("Change the password").busy("Changing…"))) }
        }
    }
}

fn session_list(sessions: &[Session], actor: &Actor, tz: &TimeZone) -> Markup {
    let rows = sessions.iter().map(|session| {
        let current = session.id == actor.session_id;
        let end = format!("/account/sessions/{}/end", session.id);
        Row::new(vec![
            html! { (session.label) @if current { " " (badge(Tone::Plain, "this one")) } },
            html! { (moment(session.created_at, tz)) },
            html! { (moment(session.last_seen_at, tz)) },
            html! { (session.ip) },
            html! { @if !current { (post_button(&end, &[], &Button::link("End"))) } },
        ])
    });
    let list = Table {
        caption: "Sessions".into(),
        caption_hidden: true,
        cols: ["Browser", "Signed in", "Last seen", "Address", ""].map(Col::new).into(),
        rows: rows.collect(),
        foot: None,
    };
    html! {
        (table(&list))
        div.row { (post_button("/account/sessions/end-all", &[], &Button::line("Sign out everywhere").small())) }
    }
}

/// "Thu Nov 12, 4:30 pm EST".
fn moment(at: Timestamp, tz: &TimeZone) -> String {
    let (date, wall) = utc_to_local(at, tz);
    format!("{}, {} {}", fmt_date(date), fmt_clock(wall), fmt_zone(at, tz))
}
