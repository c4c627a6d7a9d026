//! How one signs in: the address, the password, second factors, and where one is signed in.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::own::{Asked, Sheet, list_of, moment, or_prove, own_zone};
use super::{Refused, correctable, with_cookie, with_session};
use crate::accounts::model::{Session, User};
use crate::accounts::must_user;
use crate::accounts::ops;
use crate::base::access::Actor;
use crate::base::id::SessionId;
use crate::base::refusal::Refusal;
use crate::base::text::count;
use crate::base::time::TimeZone;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Field, Row, Tone, badge, button, facts, field, post_button, section};
use crate::web::{Answer, Chrome, Form, Id, Params, clear_session_cookie, see_other};

pub(super) const HERE: &str = "/account/security";

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let said = match asked.done.as_str() {
        "password" => "Your password is changed. You are signed out everywhere else.",
        "session" => "That session is ended.",
        "email" => "A link is on its way to your old address. Follow it there, and your address changes.",
        _ => "",
    };
    Ok(render(&site, &chrome, &actor, &Refused::default(), said)?)
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
    by: By,
    Form(input): Form<NewPassword>,
) -> Answer<Response> {
    let changed = if input.password == input.password_again {
        let (old, new) = (&input.current_password, &input.password);
        ops::password::change(&site, &actor, by, old, new, true).await
    } else {
        Err(Refusal::invalid("password_again", "This is not the same as above."))
    };
    match changed {
        Ok(rotated) => Ok(with_session(see_other("/account/security?done=password"), &site, rotated)),
        Err(refusal) => Ok(render(&site, &chrome, &actor, &correctable(refusal)?, "")?),
    }
}

pub(super) async fn end_session(
    State(site): State<Site>,
    actor: Actor,
    by: By,
    Id(id): Id<SessionId>,
) -> Answer<Response> {
    match ops::session::end_one(&site, &actor, by, id).await {
        Ok(()) => Ok(see_other("/account/security?done=session")),
        Err(refusal) => Ok(or_prove(refusal, HERE)?),
    }
}

pub(super) async fn end_all(State(site): State<Site>, actor: Actor, by: By) -> Answer<Response> {
    match ops::session::end_everywhere(&site, &actor, by).await {
        Ok(_) => Ok(with_cookie(see_other("/login"), clear_session_cookie(&site))),
        Err(refusal) => Ok(or_prove(refusal, HERE)?),
    }
}

fn render(site: &Site, chrome: &Chrome, actor: &Actor, refused: &Refused, said: &str) -> Result<Response, Refusal> {
    let user = site.read(|r| must_user(r, actor.user_id))?;
    let sessions = ops::session::list(site, actor.user_id)?;
    let keys = site.read(|r| ops::api_keys::of(r, actor.user_id))?.len();
    let waiting = ops::change_email::waiting(site, actor.user_id)?;
    let tz = own_zone(actor);
    let sheet = Sheet {
        title: "Signing in",
        lead: "Your address, your password, what comes beside it, and where you are signed in.",
        tab: HERE,
        said,
        refused,
        catch_all: "current_password",
    };
    let body = html! {
        (section("ways", "Ways in", "Something beside the password keeps a stolen one from opening your account.", ways(&user, waiting.as_deref(), keys)))
        (section("password-part", "Password", "Changing it signs you out everywhere else.", password_form(refused, &user)))
        (section("sessions", "Where you are signed in", "End what you do not recognise, then change your password.", session_list(&sessions, actor, &tz)))
    };
    Ok(sheet.answer(chrome, body))
}

fn ways(user: &User, waiting: Option<&str>, keys: usize) -> Markup {
    let on = |yes: bool| if yes { badge(Tone::Ok, "on") } else { badge(Tone::Plain, "off") };
    let to = |href: &str, words: &str| html! { a href=(href) { (words) } };
    facts(&[
        (
            "E-mail",
            html! {
                (user.email) " " (to("/account/email", "Change"))
                @if let Some(new) = waiting { br; span.small.muted { "On its way to " (new) ": follow the link in your old address's mail." } }
            },
        ),
        (
            "Passkeys",
            html! {
                @if user.passkeys > 0 { (count(user.passkeys, "passkey", "passkeys")) } @else { "None yet" }
                ". " (to("/account/passkeys", "Look after them"))
            },
        ),
        ("Second step", html! { (on(user.totp_enabled)) " " (to("/account/two-factor", "A code from your phone")) }),
        (
            "Keys for programs",
            html! {
                @if keys > 0 { (count(keys, "key", "keys")) } @else { "None" } ". "
                (to("/account/keys", "Look after them"))
            },
        ),
    ])
}

fn password_form(refused: &Refused, user: &User) -> Markup {
    let secret = |name, label, autocomplete| Field {
        name,
        label,
        kind: "password",
        autocomplete,
        error: refused.at(name, "current_password"),
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
    html! {
        (list_of("Sessions", ["Browser", "Signed in", "Last seen", "Address", ""], rows))
        div.row { (post_button("/account/sessions/end-all", &[], &Button::line("Sign out everywhere").small())) }
    }
}
