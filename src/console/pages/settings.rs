//! `/admin/settings`: what a business person may change, each with its meaning, its default and who changed it last.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::confirm::{Confirm, ask as ask_why, correctable};
use super::shell::{heading, moments, person, show};
use crate::accounts;
use crate::base::refusal::{Outcome, Refusal};
use crate::console::settings::{self, Standing, named, standing};
use crate::console::words::Moments;
use crate::site::Site;
use crate::site::audit::By;
use crate::site::settings::LAUNCH;
use crate::store::Read;
use crate::web::components::{
    Button, Choice, Col, Field, Row, Table, Tone, facts, field, link_button, notice, select, table,
};
use crate::web::{Answer, Chrome, Form, Params, see_other};

const PATH: &str = "/admin/settings";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    /// The key that was just changed.
    saved: String,
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(done): Params<Done>) -> Answer<Markup> {
    let times = moments(&site);
    let body = site.read(|r| {
        let rows: Outcome<Vec<Row>> = settings::all(r)?.iter().map(|setting| row(r, setting, &times)).collect();
        Ok(html! {
            div.stack {
                (heading("Settings", html! {}))
                @if named(&done.saved).is_ok() { (notice(Tone::Ok, format!("{} is changed and holds from now on.", done.saved))) }
                (table(&Table {
                    caption: "Settings".to_owned(),
                    caption_hidden: true,
                    cols: vec![Col::new("Setting"), Col::new("Now"), Col::new("Default"), Col::new("Changed"), Col::new("")],
                    rows: rows?,
                    foot: None,
                }))
                p.small.muted { "A change holds from the next decision on. Lessons already booked keep what they were sold under." }
            }
        })
    })?;
    Ok(show(&site, &chrome, "Settings", body)?)
}

fn row(r: &dyn Read, setting: &Standing, times: &Moments) -> Outcome<Row> {
    let by = setting.updated_by.map(|id| Ok::<_, Refusal>(person(accounts::user(r, id)?.as_ref(), id))).transpose()?;
    let changed = html! {
        @match setting.updated_at {
            Some(at) => span { (times.at(at)) @if let Some(by) = by { br; small { "by " (by) } } },
            None => span.muted { "never" },
        }
    };
    let about = format!("Change {}", setting.key);
    Ok(Row::new(vec![
        html! { span { b { (setting.key) } br; small { (setting.description) } } },
        html! { b { (said(&setting.value)) } },
        html! { span.muted { (said(&setting.default)) } },
        changed,
        link_button(&format!("{PATH}/{}", setting.key), &Button::line("Change").small().says(&about)),
    ]))
}

/// The third field of the launch state.
const UNINVITED: &str = "allow_signup_without_invite";

/// A value as a person reads it.
fn said(value: &Value) -> String {
    match value {
        Value::Null => "as the mode says".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let each = fields.iter().map(|(name, value)| format!("{} {}", name.replace('_', " "), said(value)));
            each.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    value: String,
    /// The two axes of the launch state.
    instructor: String,
    student: String,
    /// Whether students may join without an invitation; absent leaves it as it is.
    uninvited: String,
    reason: String,
}

impl Typed {
    /// The value in the kind that the setting has.
    fn value(&self, setting: &Standing) -> Outcome<Value> {
        let text = self.value.trim();
        if setting.key == LAUNCH.key {
            let stands = setting.value.get(UNINVITED).and_then(Value::as_bool).unwrap_or_default();
            let uninvited = if self.uninvited.is_empty() { stands } else { self.uninvited == "true" };
            return Ok(json!({ "instructor": self.instructor, "student": self.student, UNINVITED: uninvited }));
        }
        let number = || text.parse::<i64>().map(Value::from).map_err(|_| Refusal::invalid("value", "A whole number."));
        match &setting.default {
            Value::Null if text.is_empty() => Ok(Value::Null),
            Value::Bool(_) => Ok(Value::Bool(text == "true")),
            Value::Number(_) => number(),
            // What may be absent is a number, or a yes or no.
            Value::Null if matches!(text, "true" | "false") => Ok(Value::Bool(text == "true")),
            Value::Null => number(),
            Value::String(_) => Ok(Value::String(text.to_owned())),
            other => serde_json::from_str(text)
                .map_err(|_| Refusal::invalid("value", format!("JSON of the same shape as {other}."))),
        }
    }

    fn of(setting: &Standing) -> Self {
        let text = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let axis = |name: &str| text(setting.value.get(name).unwrap_or(&Value::Null));
        Self {
            value: text(&setting.value),
            instructor: axis("instructor"),
            student: axis("student"),
            uninvited: axis(UNINVITED),
            reason: String::new(),
        }
    }
}

pub async fn ask(State(site): State<Site>, chrome: Chrome, Path(key): Path<String>) -> Answer<Response> {
    let setting = load(&site, &key)?;
    let typed = Typed::of(&setting);
    asking(&site, &chrome, &setting, &typed, None)
}

pub async fn change(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let setting = load(&site, &key)?;
    let wish = by.because(&typed.reason).and_then(|by| Ok((by, typed.value(&setting)?)));
    let done = match wish {
        Ok((by, value)) => settings::change(&site, by, vec![(key.clone(), value)]).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => Ok(see_other(&super::shell::address(PATH, &[("saved", &key)]))),
        Err(refusal) => asking(&site, &chrome, &setting, &typed, Some(about_value(correctable(refusal)?, &key))),
    }
}

fn load(site: &Site, key: &str) -> Outcome<Standing> {
    let setting = named(key).map_err(|_| Refusal::not_found("UNKNOWN_SETTING", "There is no such setting."))?;
    site.read(|r| standing(r, setting))
}

/// The rule names the setting; on the form the field is called value.
fn about_value(mut refusal: Refusal, key: &str) -> Refusal {
    for error in &mut refusal.errors {
        if error.field == key {
            error.field = "value".to_owned();
        }
    }
    refusal
}

fn asking(
    site: &Site,
    chrome: &Chrome,
    setting: &Standing,
    typed: &Typed,
    refused: Option<Refusal>,
) -> Answer<Response> {
    let error = refused.as_ref().and_then(|r| r.errors.iter().find(|e| e.field == "value")).map(|e| e.message.as_str());
    let effects = html! {
        p { (setting.description) }
        @if setting.key == LAUNCH.key { (shut_words()) }
        (facts(&[("Now", html! { (said(&setting.value)) }), ("Default", html! { (said(&setting.default)) })]))
    };
    let action = format!("{PATH}/{}", setting.key);
    let view = Confirm {
        title: format!("Change {}", setting.key),
        back: ("All settings", PATH),
        action: &action,
        effects,
        fields: inputs(setting, typed, error),
        button: Button::primary("Save the setting").busy("Saving…"),
        keep: "Leave it",
        reason: &typed.reason,
        unchanged: "Nothing is changed yet.",
    };
    ask_why(site, chrome, &view, refused.as_ref())
}

/// What a side that is not open means, in both states. // rule: 20§4
fn shut_words() -> Markup {
    html! {
        ul.prose {
            li { "Students not open: searching, booking and the list of one’s lessons are for admins and people you let in, members or not. Lessons booked already go on." }
            li { "Students closed: guests are led from the shop’s pages to “Teach here” as well, and nobody joins as a student." }
            li { "Instructors not open: profiles, services and weeks are changed only by those you let in; everybody may still look, pause and leave." }
            li { "You let somebody in on their page under " a href="/admin/users" { "Users" } "." }
        }
    }
}

fn inputs(setting: &Standing, typed: &Typed, error: Option<&str>) -> Markup {
    let plain = Field { name: "value", label: "New value", value: &typed.value, error, ..Field::default() };
    let choices = |values: &[(&str, &str)], now: &str| -> Vec<Choice> {
        values.iter().map(|(value, label)| Choice::new(*value, *label, *value == now)).collect()
    };
    if setting.key == LAUNCH.key {
        let axis = |name, label, middle: (&str, &str), now: &str| {
            let values = [("open", "Open"), middle, ("closed", "Closed")];
            select(
                &Field { name, label, error: error.filter(|_| name == "instructor"), ..Field::default() },
                &choices(&values, now),
            )
        };
        return html! {
            (axis("instructor", "Instructors", ("invite_only", "By invitation only"), &typed.instructor))
            (axis("student", "Students", ("referral_only", "By referral only"), &typed.student))
            (select(
                &Field { name: "uninvited", label: "Students may join without an invitation", ..Field::default() },
                &choices(&[("false", "No"), ("true", "Yes")], &typed.uninvited),
            ))
        };
    }
    match (&setting.default, setting.key) {
        (Value::Bool(_), _) => select(&plain, &choices(&[("true", "Yes"), ("false", "No")], &typed.value)),
        (Value::Null, "availability.clamp_copy_to_future") => {
            select(&plain, &choices(&[("", "As the mode says"), ("true", "Yes"), ("false", "No")], &typed.value))
        }
        (Value::String(_), "booking_rules.mode") => {
            let values = [("instructor", "Each instructor’s own"), ("platform", "The marketplace’s for all")];
            select(&plain, &choices(&values, &typed.value))
        }
        (Value::Number(_) | Value::Null, _) => field(&Field { inputmode: "numeric", ..plain }),
        _ => field(&plain),
    }
}
