//! `/admin/mail-texts`: the words of every mail, ours or the operator's, with a look at the result and what held before.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::confirm::correctable;
use super::shell::{heading, moments, person, show};
use crate::accounts;
use crate::base::refusal::{Outcome, Refusal};
use crate::console::words::Moments;
use crate::notify::letter::Letter;
use crate::notify::words::{self, MailWords, OURS};
use crate::notify::{ops::sender, samples};
use crate::site::Site;
use crate::site::audit::{By, REASON_CHARS};
use crate::store::Read;
use crate::web::components::{
    Button, Col, Field, Row, Table, Tone, button, crumb, empty, error_summary, field, link_button, notice, section,
    table,
};
use crate::web::{Answer, Chrome, Form, Params, see_other};

const PATH: &str = "/admin/mail-texts";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    saved: String,
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(done): Params<Done>) -> Answer<Markup> {
    let (letters, times) = (samples::all(&sender(&site), site.now()), moments(&site));
    let rows: Outcome<Vec<Row>> = site.read(|r| letters.iter().map(|letter| row(r, letter, &times)).collect());
    let saved = letters.iter().any(|letter| letter.template == done.saved);
    let body = html! {
        div.stack {
            (heading("Mail texts", html! { span.muted { "What every mail says." } }))
            @if saved { (notice(Tone::Ok, format!("The words of {} are kept. They hold from the next mail on.", done.saved))) }
            (table(&Table {
                caption: "Mail texts".to_owned(),
                caption_hidden: true,
                cols: ["Template", "Subject", "Words", "Changed"].map(Col::new).into(),
                rows: rows?,
                foot: None,
            }))
        }
    };
    Ok(show(&site, &chrome, "Mail texts", body)?)
}

fn row(r: &dyn Read, letter: &Letter, times: &Moments) -> Outcome<Row> {
    let own = words::of(r, letter.template)?;
    let subject = match &own {
        Some(own) => words::worded(letter, &own.subject, &own.body).subject,
        None => letter.subject.clone(),
    };
    Ok(Row::new(vec![
        html! { a href={ (PATH) "/" (letter.template) } { code { (letter.template) } } },
        html! { (subject) },
        html! { @if own.is_some() { "Yours" } @else { span.muted { "Ours" } } },
        html! { @match &own { Some(own) => (times.at(own.at)), None => span.muted { "never" } } },
    ]))
}

/// What is on the form: as it holds, as it was typed, or as it once was.
struct View<'a> {
    letter: Letter,
    subject: String,
    body: String,
    reason: &'a str,
    refused: Option<&'a Refusal>,
}

fn sample(site: &Site, template: &str) -> Outcome<Letter> {
    samples::of(&sender(site), site.now(), template)
        .ok_or_else(|| Refusal::not_found("TEMPLATE_NOT_FOUND", "There is no such mail."))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Version {
    /// Which former version to begin from, the newest is 1.
    version: usize,
}

pub async fn edit(
    State(site): State<Site>,
    chrome: Chrome,
    Path(template): Path<String>,
    Params(asked): Params<Version>,
) -> Answer<Response> {
    let letter = sample(&site, &template)?;
    let held = site.read(|r| match asked.version {
        0 => words::of(r, letter.template),
        n => Ok(words::former(r, letter.template)?.into_iter().nth(n - 1)),
    })?;
    let (subject, body) = held.map_or_else(|| (OURS.0.to_owned(), OURS.1.to_owned()), |held| (held.subject, held.body));
    Ok(render(&site, &chrome, &View { letter, subject, body, reason: "", refused: None })?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Input {
    subject: String,
    body: String,
    reason: String,
    /// `look`, `keep` or `ours`.
    wish: String,
}

pub async fn change(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Path(template): Path<String>,
    Form(input): Form<Input>,
) -> Answer<Response> {
    let letter = sample(&site, &template)?;
    let name = letter.template;
    let checked = words::check(&letter, &input.subject, &input.body);
    let kept = match (input.wish.as_str(), checked) {
        ("ours", _) => keep(&site, by, &input.reason, name, None).await,
        (_, Err(refusal)) => Err(refusal),
        ("keep", Ok(new)) => keep(&site, by, &input.reason, name, Some(new)).await,
        (_, Ok(_)) => {
            let view = View { letter, subject: input.subject, body: input.body, reason: &input.reason, refused: None };
            return Ok(render(&site, &chrome, &view)?);
        }
    };
    match kept {
        Ok(()) => Ok(see_other(&format!("{PATH}?saved={name}"))),
        Err(refusal) => {
            let refusal = correctable(refusal)?;
            let view = View {
                letter,
                subject: input.subject,
                body: input.body,
                reason: &input.reason,
                refused: Some(&refusal),
            };
            Ok(render(&site, &chrome, &view)?)
        }
    }
}

async fn keep(site: &Site, by: By, reason: &str, template: &'static str, new: Option<(String, String)>) -> Outcome<()> {
    words::keep(site, by.because(reason)?, template, new).await
}

fn render(site: &Site, chrome: &Chrome, view: &View<'_>) -> Outcome<Response> {
    let times = moments(site);
    let template = view.letter.template;
    let (own, former) = site.read(|r| Ok((words::of(r, template)?, history(r, template, &times)?)))?;
    let errors: Vec<(&str, &str)> = match view.refused {
        None => Vec::new(),
        Some(r) if r.errors.is_empty() => vec![("body", r.detail.as_str())],
        Some(r) => r.errors.iter().map(|e| (e.field.as_str(), e.message.as_str())).collect(),
    };
    let made = words::worded(&view.letter, &view.subject, &view.body);
    let body = html! {
        div.stack.stack--l.con__ask {
            header.stack.stack--s {
                (crumb("All mail texts", PATH))
                h1.h2 { code { (template) } }
                (error_summary(&errors, "The words are as they were."))
            }
            (form(view, own.is_some()))
            section.stack.stack--s {
                h2.h3 { "How it reads" }
                p { b { (made.subject) } }
                pre.con__letter { (made.text(&sender(site), None)) }
            }
            (section("former", "What held before", "Newest first. Opening one fills the form with it.", former))
        }
    };
    let page = show(site, chrome, template, body)?;
    let status = view.refused.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    Ok((status, page).into_response())
}

fn form(view: &View<'_>, has_own: bool) -> Markup {
    let at =
        |name: &str| view.refused.and_then(|r| r.errors.iter().find(|e| e.field == name)).map(|e| e.message.as_str());
    let names = words::names(&view.letter).iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(" ");
    let hint = format!(
        "Paragraphs with a blank line between. A paragraph may be a part of ours: {{letter}} (all of it), {{words}}, {{facts}}, {{action}}, {{code}}, {{quote}}. Filled in: {names}"
    );
    let reason_hint = format!("At least {} characters. It is kept in the audit trail.", REASON_CHARS.0);
    html! {
        form.stack method="post" action={ (PATH) "/" (view.letter.template) } {
            (field(&Field { name: "subject", label: "Subject", value: &view.subject, error: at("subject"), required: true, maxlength: Some(150), ..Field::default() }))
            (field(&Field { name: "body", label: "Words", value: &view.body, hint: &hint, error: at("body"), rows: Some(10), required: true, maxlength: Some(5000), ..Field::default() }))
            (field(&Field { name: "reason", label: "Why?", value: view.reason, hint: &reason_hint, error: at("reason"), rows: Some(2), maxlength: Some(REASON_CHARS.1), ..Field::default() }))
            div.row {
                (button(&Button::line("Look at it").sends("wish", "look")))
                (button(&Button::primary("Keep these words").sends("wish", "keep").busy("Keeping…")))
                @if has_own { (button(&Button::line("Back to ours").sends("wish", "ours"))) }
            }
        }
    }
}

fn history(r: &dyn Read, template: &str, times: &Moments) -> Outcome<Markup> {
    let former = words::former(r, template)?;
    if former.is_empty() {
        return Ok(empty("Nothing yet", "Words that were replaced stand here.", None));
    }
    let row = |(at, words): (usize, &MailWords)| -> Outcome<Row> {
        let by = match words.by {
            Some(id) => person(accounts::user(r, id)?.as_ref(), id),
            None => html! { "the program" },
        };
        Ok(Row::new(vec![
            html! { (times.at(words.at)) },
            by,
            html! { (words.subject) },
            link_button(&format!("{PATH}/{template}?version={}", at + 1), &Button::line("Open").small()),
        ]))
    };
    let rows: Outcome<Vec<Row>> = former.iter().enumerate().map(row).collect();
    Ok(table(&Table {
        caption: "Former words".to_owned(),
        caption_hidden: true,
        cols: ["Kept", "By", "Subject", ""].map(Col::new).into(),
        rows: rows?,
        foot: None,
    }))
}
