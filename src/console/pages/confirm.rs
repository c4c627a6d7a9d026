//! The page before a change of consequence: what it will do, why it is done (rule: 50§3, level R).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::shell;
use crate::base::refusal::Refusal;
use crate::site::Site;
use crate::site::audit::REASON_CHARS;
use crate::web::components::{Button, Field, Tone, button, crumb, error_summary, field, link_button, notice};
use crate::web::{Answer, Chrome};

pub struct Confirm<'a> {
    /// "Cancel this lesson?"
    pub title: String,
    pub back: (&'a str, &'a str),
    pub action: &'a str,
    /// What will follow, in words and figures.
    pub effects: Markup,
    /// Questions beside the reason.
    pub fields: Markup,
    pub button: Button<'a>,
    /// "Keep the lesson".
    pub keep: &'a str,
    pub reason: &'a str,
    /// "The lesson is not cancelled."
    pub unchanged: &'a str,
}

/// What stands in the way of even asking.
pub fn impossible(site: &Site, chrome: &Chrome, view: &Confirm<'_>, why: &Refusal) -> Answer<Response> {
    let body = html! {
        div.stack {
            (crumb(view.back.0, view.back.1))
            h1.h2 { (view.title) }
            (notice(Tone::Warn, &why.detail))
            p { (link_button(view.back.1, &Button::line(view.keep))) }
        }
    };
    let page = shell::show(site, chrome, view.title.as_str(), body)?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// The form; with a refusal, the same again with what was typed.
pub fn ask(site: &Site, chrome: &Chrome, view: &Confirm<'_>, refused: Option<&Refusal>) -> Answer<Response> {
    let at = |name: &str| refused.and_then(|r| r.errors.iter().find(|e| e.field == name)).map(|e| e.message.as_str());
    let errors: Vec<(&str, &str)> = match refused {
        None => Vec::new(),
        Some(r) if r.errors.is_empty() => vec![("reason", r.detail.as_str())],
        Some(r) => r.errors.iter().map(|e| (e.field.as_str(), e.message.as_str())).collect(),
    };
    let hint = format!("At least {} characters. It is kept in the audit trail.", REASON_CHARS.0);
    let body = html! {
        div.stack.stack--l.con__ask {
            header.stack.stack--s {
                (crumb(view.back.0, view.back.1))
                h1.h2 { (view.title) }
                (error_summary(&errors, view.unchanged))
            }
            section.stack.stack--s { h2.h3 { "What will happen" } (view.effects) }
            form.stack method="post" action=(view.action) {
                (view.fields)
                (field(&Field {
                    name: "reason",
                    label: "Why?",
                    value: view.reason,
                    hint: &hint,
                    error: at("reason"),
                    rows: Some(3),
                    maxlength: Some(REASON_CHARS.1),
                    required: true,
                    ..Field::default()
                }))
                div.row { (button(&view.button)) (link_button(view.back.1, &Button::line(view.keep))) }
            }
        }
    };
    let page = shell::show(site, chrome, view.title.as_str(), body)?;
    let status = refused.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    Ok((status, page).into_response())
}

/// What a person can put right on the form; anything else is an error page.
pub fn correctable(refusal: Refusal) -> Result<Refusal, Refusal> {
    if matches!(refusal.status, 409 | 422 | 429) { Ok(refusal) } else { Err(refusal) }
}
