//! Pausing, closing, taking one's data along, leaving for good.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::own::{Asked, Sheet, or_prove};
use super::{Refused, correctable, with_cookie};
use crate::accounts::model::{AccountStatus, User};
use crate::accounts::ops::lifecycle as ops;
use crate::accounts::ops::{archive, privacy};
use crate::accounts::rules::lifecycle::Move;
use crate::base::access::{Actor, Role};
use crate::base::refusal::Refusal;
use crate::base::text::count;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Choice, Field, Pick, button, field, link_button, picks, post_button, section};
use crate::web::{Answer, BRAND, Chrome, Form, Params, clear_session_cookie, see_other};

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let said = match asked.done.as_str() {
        "paused" => "Your account is paused. Lessons already booked stay.",
        "student" => "You do not teach here any more. Everything else is as it was.",
        "resumed" => "Welcome back. Students can find and book you again.",
        _ => "",
    };
    let refused = Refused::default();
    Ok(render(&site, &chrome, &actor, &refused, said)?)
}

pub(super) async fn pause(site: State<Site>, chrome: Chrome, actor: Actor, by: By) -> Answer<Response> {
    change(&site, &chrome, &actor, by, Move::Suspend, "/account/leave?done=paused").await
}

pub(super) async fn resume(site: State<Site>, chrome: Chrome, actor: Actor, by: By) -> Answer<Response> {
    change(&site, &chrome, &actor, by, Move::Reactivate, "/account/leave?done=resumed").await
}

/// Closing is undone by us alone, so it is asked first. // rule: 50§1 confirm beats regret
pub(super) async fn ask_close(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    let (user, ahead) = ops::standing(&site, actor.user_id)?;
    let refused = match ops::possible(&user, Move::Deactivate, ahead) {
        Ok(()) => Refused::default(),
        Err(refusal) => correctable(refusal)?,
    };
    let closable = refused.0.is_none();
    let sheet = Sheet {
        title: "Close your account?",
        lead: "Nobody finds you any more, and you cannot sign in. Only we can open it again.",
        tab: "/account/leave",
        said: "",
        refused: &refused,
        catch_all: "close",
    };
    let body = section(
        "close",
        "What will happen",
        "",
        html! {
            ul.prose {
                li { "You are signed out everywhere, at once, and the password opens nothing any more." }
                li { "Your page, your services and your free hours are hidden. Past lessons and payouts stay in the books." }
                li { "We keep your data. If you want it erased, " a href="/account/leave#erase" { "leave for good" } " instead; if you only need a rest, pause." }
                li { "Should you change your mind, " a href="/contact" { "write to us" } "." }
            }
            @if closable {
                div.row {
                    (post_button("/account/close", &[], &Button::bad("Close my account").busy("Closing…")))
                    (link_button("/account/leave", &Button::line("Keep it open")))
                }
            } @else { p { (link_button("/account/leave", &Button::line("Back"))) } }
        },
    );
    Ok(sheet.answer(&chrome, body))
}

pub(super) async fn close(site: State<Site>, chrome: Chrome, actor: Actor, by: By) -> Answer<Response> {
    change(&site, &chrome, &actor, by, Move::Deactivate, "/login?done=closed").await
}

async fn change(site: &Site, chrome: &Chrome, actor: &Actor, by: By, wish: Move, then: &str) -> Answer<Response> {
    match ops::change_status(site, by, actor.user_id, wish).await {
        Ok(_) if wish == Move::Deactivate => Ok(with_cookie(see_other(then), clear_session_cookie(site))),
        Ok(_) => Ok(see_other(then)),
        Err(refusal) => {
            let refused = correctable(refusal)?;
            Ok(render(site, chrome, actor, &refused, "")?)
        }
    }
}

/// Everything that is held about the person, as a file.
pub(super) async fn export(State(site): State<Site>, actor: Actor, by: By) -> Answer<Response> {
    let data = match privacy::export_own(&site, &actor, by).await {
        Ok(data) => data,
        Err(refusal) => return Ok(or_prove(refusal, "/account/leave")?),
    };
    let bytes = archive::zip(&data, BRAND, site.now())?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.zip\""),
    ];
    Ok((headers, bytes).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Erasing {
    what: String,
    word: String,
    current_password: String,
}

pub(super) async fn erase(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Form(input): Form<Erasing>,
) -> Answer<Response> {
    let delete = input.what != "anonymise";
    let erased = if input.word.trim() == "DELETE" {
        privacy::leave(&site, &actor, by, delete, Some(&input.current_password)).await
    } else {
        Err(Refusal::invalid("word", "Type DELETE in capital letters."))
    };
    match erased {
        Ok(()) => Ok(with_cookie(see_other("/login?done=erased"), clear_session_cookie(&site))),
        Err(refusal) => {
            let refused = correctable(refusal)?;
            Ok(render(&site, &chrome, &actor, &refused, "")?)
        }
    }
}

fn render(site: &Site, chrome: &Chrome, actor: &Actor, refused: &Refused, said: &str) -> Result<Response, Refusal> {
    let (user, ahead) = ops::standing(site, actor.user_id)?;
    let sheet = Sheet {
        title: "Your data",
        lead: "Take it along, pause, or leave. Once erased it cannot be brought back.",
        tab: "/account/leave",
        said,
        refused,
        catch_all: "erase",
    };
    let body = html! {
        (section("data", "Take it along", "Everything we hold about you, to read and for programs.", html! {
            p { (link_button("/account/export", &Button::line("Download your data"))) }
            p.small.muted { "A zip archive: open " code { "index.html" } " in it, or feed " code { "data.json" } " to a program." }
        }))
        (section("searches", "What you searched for", "Kept to bring you back to it; you can clear it.", html! {
            p { (link_button("/searches", &Button::line("Your searches"))) }
        }))
        @if actor.is(Role::Instructor) { (teaching(&user, ahead)) }
        (section("erase", "Leave for good", "There is no way back.", erase_form(refused, ahead)))
    };
    Ok(sheet.answer(chrome, body))
}

fn teaching(user: &User, ahead: usize) -> Markup {
    let paused = user.status == AccountStatus::Suspended;
    section(
        "pause",
        "Pausing",
        "While paused, students do not find you and cannot book you.",
        html! {
            @if ahead > 0 {
                p { "You have " (count(ahead, "lesson", "lessons")) " ahead. Lessons already booked stay either way." }
            }
            div.row {
                @if paused {
                    (post_button("/account/resume", &[], &Button::primary("Resume")))
                } @else {
                    (post_button("/account/pause", &[], &Button::line("Pause your account")))
                }
                @if ahead == 0 {
                    (link_button("/account/stop-teaching", &Button::line("Give up teaching")))
                    (link_button("/account/close", &Button::bad("Close your account")))
                }
            }
            @if ahead > 0 {
                p.small.muted { "Giving up teaching and closing are possible once no lesson lies ahead." }
            }
        },
    )
}

fn erase_form(refused: &Refused, ahead: usize) -> Markup {
    if ahead > 0 {
        return html! {
            p { "You have " (count(ahead, "lesson", "lessons")) " ahead. Cancel them or let them take place first." }
        };
    }
    let word =
        Field { name: "word", label: "Type DELETE", error: refused.at("word", ""), required: true, ..Field::default() };
    let password = Field {
        name: "current_password",
        label: "Password",
        kind: "password",
        autocomplete: "current-password",
        error: refused.at("current_password", ""),
        required: true,
        ..Field::default()
    };
    let what = Field { name: "what", label: "What happens to your account?", ..Field::default() };
    let choices = [
        Choice::new("delete", "Delete it", true).note("Name, addresses, contact data and devices are erased."),
        Choice::new("anonymise", "Make it anonymous", false)
            .note("The same, and past lessons count on without your name."),
    ];
    html! {
        form.stack method="post" action="/account/erase" {
            p { "Either way nobody can sign in to it again. What law and bookkeeping need stays, without your name." }
            (picks(Pick::One, &what, &choices))
            (field(&word)) (field(&password))
            div.row { (button(&Button::bad("Erase my account").busy("Erasing…"))) }
        }
    }
}
