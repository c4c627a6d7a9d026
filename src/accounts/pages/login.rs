//! Signing in and out.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Refused, correctable, home_of, own_path, passkeys, second_step, with_cookie};
use crate::accounts::api::{TRUST_COOKIE, device_cookie, visitor};
use crate::accounts::ops::sign_in::{Credentials, Effort, Entered};
use crate::accounts::ops::{self};
use crate::accounts::parts::{Accounts, DemoPeople};
use crate::accounts::rules::challenge;
use crate::base::access::{Actor, Role};
use crate::base::refusal::Refusal;
use crate::base::text::normal_email;
use crate::site::Site;
use crate::web::components::{
    Button, Field, Tone, button, field, held, link_button, notice, panel, post_button, section_one,
};
use crate::web::{
    Answer, Chrome, ClientIp, Form, Head, Params, clear_session_cookie, cookie, guest_id, page, see_other,
    session_cookie, session_token,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    redirect: String,
    /// Why the person is here: `reset`, `joined`, `closed`, `erased`, `late`.
    done: String,
}

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Option<Actor>,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    if let Some(actor) = actor {
        return Ok(see_other(own_path(&asked.redirect).unwrap_or(home_of(actor.main_role()))));
    }
    let said = match asked.done.as_str() {
        "reset" => notice(Tone::Ok, "Your new password is set. Sign in with it."),
        "joined" => notice(Tone::Ok, "This address has its account. Sign in with its password to go on."),
        "closed" => notice(Tone::Ok, "Your account is closed. Write to us if you want it back."),
        "erased" => notice(
            Tone::Ok,
            "Everything that was yours is erased, and a last mail tells you so. Thank you for having been here.",
        ),
        "late" => notice(Tone::Info, "That took longer than five minutes. Sign in again."),
        _ => Markup::default(),
    };
    let view = View { redirect: asked.redirect, ..View::default() };
    Ok(Refused::default().answer(render(&site, &chrome, &view, said)))
}

#[derive(Deserialize)]
pub(super) struct Input {
    email: String,
    password: String,
    #[serde(default)]
    redirect: String,
    #[serde(default)]
    pause: String,
}

pub(super) async fn enter(
    State(site): State<Site>,
    chrome: Chrome,
    ip: ClientIp,
    headers: HeaderMap,
    Form(input): Form<Input>,
) -> Answer<Response> {
    let effort = (!input.pause.is_empty()).then(|| Effort::Pause(input.pause.clone()));
    let visitor = visitor(ip, &headers);
    let trusted_device = cookie(&headers, TRUST_COOKIE);
    let given = Credentials {
        email: input.email.clone(),
        password: input.password,
        effort,
        trusted_device,
        browser: true,
        visitor,
    };
    match ops::sign_in::sign_in(&site, given).await {
        Ok(Entered::SecondStep { temp_token }) => Ok(second_step::go_on(&site, temp_token, &input.redirect)),
        Ok(Entered::Session(signed_in)) => {
            ops::sign_in::adopt_guest(&site, signed_in.user.id, guest_id(&headers)).await;
            let role = signed_in.user.roles.first().copied().unwrap_or(Role::Student);
            let on = own_path(&input.redirect).unwrap_or(home_of(role));
            let on = with_cookie(see_other(on), session_cookie(&site, &signed_in.opened.token));
            Ok(with_cookie(on, device_cookie(&site, &signed_in.user.email)?))
        }
        Err(refusal) => {
            let pause = next_pause(&site, &input.email, &input.pause)?;
            let effort = is_effort(&refusal).then_some(challenge::PAUSE_SECONDS.unsigned_abs());
            let refused = correctable(in_words(refusal))?;
            let wait = refused.wait().or(effort);
            let view = View { redirect: input.redirect, email: input.email, pause, refused, wait };
            let page = render(&site, &chrome, &view, Markup::default());
            Ok(view.refused.answer(page))
        }
    }
}

/// The note for the next try. One that is still too young is kept, or its time would never come.
fn next_pause(site: &Site, email: &str, given: &str) -> Result<String, Refusal> {
    let key = site.part::<Accounts>()?.door_key;
    let now = site.now();
    if challenge::is_waiting(&key, given, now) {
        return Ok(given.to_owned());
    }
    Ok(challenge::pause(&key, &normal_email(email), now))
}

fn is_effort(refusal: &Refusal) -> bool {
    matches!(refusal.code, "AUTH_CHALLENGE_REQUIRED" | "AUTH_CHALLENGE_INVALID")
}

/// On the page the effort is a pause, not a piece of work.
fn in_words(mut refusal: Refusal) -> Refusal {
    if is_effort(&refusal) {
        refusal.detail = format!(
            "Several wrong passwords in a row. Wait {} seconds, then enter the password again.",
            challenge::PAUSE_SECONDS
        );
    }
    refusal
}

/// For whoever types the address or follows an old link: leaving takes a press.
pub(super) async fn ask_leave(chrome: Chrome, actor: Option<Actor>) -> Response {
    if actor.is_none() {
        return see_other("/login");
    }
    let head = Head { robots: Some("noindex".into()), ..Head::from("Sign out") };
    let body = html! {
        div.wrap.sign-in {
            div.stack {
                h1 { "Sign out?" }
                p { "Of this browser. Lessons and held times stay as they are." }
                (post_button("/logout", &[], &Button::primary("Sign out").wide().busy("Signing out…")))
                p { a href="/account/security" { "Look at where else you are signed in" } }
            }
        }
    };
    page(&chrome, head, body).into_response()
}

pub(super) async fn leave(State(site): State<Site>, headers: HeaderMap) -> Answer<Response> {
    if let Some(token) = session_token(&site, &headers) {
        ops::session::sign_out(&site, &token).await?;
    }
    Ok(with_cookie(see_other("/"), clear_session_cookie(&site)))
}

#[derive(Default)]
struct View {
    redirect: String,
    email: String,
    pause: String,
    refused: Refused,
    /// Seconds until the next try is worth it.
    wait: Option<u64>,
}

fn render(site: &Site, chrome: &Chrome, view: &View, said: Markup) -> Markup {
    let head = Head { robots: Some("noindex".into()), ..Head::from("Sign in") };
    let join = if own_path(&view.redirect).is_some() {
        format!("/signup?{}", serde_urlencoded::to_string([("redirect", &view.redirect)]).unwrap_or_default())
    } else {
        "/signup".to_owned()
    };
    page(
        chrome,
        head,
        html! {
            div.wrap.sign-in {
                div.stack {
                    h1 { "Sign in" }
                    (said)
                    @if view.redirect.starts_with("/book/") {
                        (held("The time you chose is in the address. Sign in and you go straight back to it."))
                    }
                    (view.refused.summary("password", "You are not signed in; nothing was changed."))
                    (form(view))
                    (passkeys::sign_in_form(site, "", own_path(&view.redirect).unwrap_or("/dashboard")))
                    p { a href="/forgot-password" { "Forgot the password?" } }
                    (section_one("join", "New here?", html! {
                        p { "An account takes a name, an e-mail address and a " (chrome.city) " ZIP code." }
                        p { (link_button(&join, &Button::line("Create account").wide())) }
                    }))
                }
                (demo_people(site, view))
            }
        },
    )
}

fn form(view: &View) -> Markup {
    let email = Field {
        name: "email",
        label: "E-mail",
        kind: "email",
        value: &view.email,
        autocomplete: "username",
        required: true,
        maxlength: Some(254),
        ..Field::default()
    };
    let password = Field {
        name: "password",
        label: "Password",
        kind: "password",
        error: view.refused.at("password", "password"),
        autocomplete: "current-password",
        required: true,
        ..Field::default()
    };
    html! {
        form.stack method="post" action="/login" {
            @if own_path(&view.redirect).is_some() { input type="hidden" name="redirect" value=(view.redirect); }
            @if !view.pause.is_empty() { input type="hidden" name="pause" value=(view.pause); }
            (field(&email))
            (field(&password))
            (show_password("#password"))
            (button(&Button::primary("Sign in").wide().busy("Signing in…").waits(view.wait)))
        }
    }
}

/// Hidden until the script that makes it work is there.
pub(super) fn show_password(fields: &str) -> Markup {
    html! { label.pick data-needs-script { input type="checkbox" data-reveal=(fields); span { "Show password" } } }
}

/// Sandbox only: who is there to try, each with one button.
fn demo_people(site: &Site, view: &View) -> Markup {
    let Some(people) = site.part::<DemoPeople>().ok().filter(|_| site.is_sandbox()) else { return Markup::default() };
    let redirect = own_path(&view.redirect).unwrap_or_default();
    panel(
        "Demo people",
        html! {
            h2.h3 { "Demo people" }
            p.small.muted { "Shown in sandbox mode only. Press a name to sign in, or type the password." }
            table.tbl {
                thead.vh { tr { th scope="col" { "Name" } th scope="col" { "Role" } th scope="col" { "Password" } } }
                tbody {
                    @for person in &people.0 {
                        tr {
                            th scope="row" {
                                form method="post" action="/login" {
                                    input type="hidden" name="email" value=(person.email);
                                    input type="hidden" name="password" value=(person.password);
                                    @if !redirect.is_empty() { input type="hidden" name="redirect" value=(redirect); }
                                    (button(&Button::link(&person.name)))
                                }
                            }
                            td {
                                (person.role.name())
                                @if !person.note.is_empty() { ", " (person.note) }
                            }
                            td { span.fig { (person.password) } }
                        }
                    }
                }
            }
        },
    )
}
