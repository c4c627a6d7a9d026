//! `/admin/audit`: who changed what for others, day by day.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::shell::{address, heading, moments, person, show};
use crate::accounts;
use crate::base::csv::Csv;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::base::time::{Date, utc_to_local};
use crate::console::words::Moments;
use crate::site::Site;
use crate::site::audit::{AuditEntry, Ending, newest};
use crate::store::Read;
use crate::web::components::{
    Button, Choice, Field, Icon, Pager, Tone, badge, button, empty, field, icon, link_button, pager, select,
};
use crate::web::{Answer, Chrome, Params};

const PATH: &str = "/admin/audit";
const PER_PAGE: usize = 50;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    action: String,
    /// What it was done to: an id, or a part of it.
    on: String,
    /// Who did it: an id, an address, a role, or `system`.
    who: String,
    status: String,
    day: String,
    page: String,
}

impl Filter {
    fn href(&self, path: &str, page: usize) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let parts = [
            ("action", &self.action),
            ("on", &self.on),
            ("who", &self.who),
            ("status", &self.status),
            ("day", &self.day),
            ("page", &page),
        ];
        address(path, &parts.map(|(name, value)| (name, value.as_str())))
    }

    fn is_narrowed(&self) -> bool {
        [&self.action, &self.on, &self.who, &self.status, &self.day].iter().any(|text| !text.is_empty())
    }

    fn found(&self, r: &dyn Read, times: &Moments) -> Outcome<Vec<AuditEntry>> {
        let (action, on) = (self.action.trim().to_lowercase(), self.on.trim().to_lowercase());
        let who = self.who.trim().to_lowercase();
        let day: Option<Date> = self.day.trim().parse().ok();
        newest(r, SCAN_ROWS, |entry| {
            let ids = [entry.entity_id.as_deref().unwrap_or_default(), &entry.request_id, &entry.entity_type];
            entry.action.contains(&action)
                && (on.is_empty() || ids.iter().any(|id| id.to_lowercase().contains(&on)))
                && (who.is_empty() || doer(entry).contains(&who))
                && (self.status.is_empty() || entry.status.name() == self.status)
                && day.is_none_or(|day| utc_to_local(entry.at, &times.zone).0 == day)
        })
    }
}

/// Everything that tells who did it, in lower case.
fn doer(entry: &AuditEntry) -> String {
    let id = entry.actor.map_or_else(|| entry.doer().to_owned(), |id| id.to_string());
    let role = entry.role.map(|role| role.name()).unwrap_or_default();
    format!("{id} {role} {}", entry.ip).to_lowercase()
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(filter): Params<Filter>) -> Answer<Markup> {
    let times = moments(&site);
    let number: usize = filter.page.parse().unwrap_or(1).clamp(1, 1_000_000);
    let from = (number - 1) * PER_PAGE;
    let body = site.look(move |r| {
        let found = filter.found(r, &times)?;
        let shown: Vec<&AuditEntry> = found.iter().skip(from).take(PER_PAGE).collect();
        let pages = Pager {
            summary: format!("{} to {} of {}", from + 1, from + shown.len(), found.len()),
            back: (number > 1).then(|| ("Newer".to_owned(), filter.href(PATH, number - 1))),
            next: (from + shown.len() < found.len()).then(|| ("Older".to_owned(), filter.href(PATH, number + 1))),
        };
        let csv_words = format!(" CSV of {}", count(found.len(), "entry", "entries"));
        Ok(html! {
            div.stack {
                (heading("Audit", html! {
                    @if !found.is_empty() { a href=(filter.href("/admin/audit.csv", 1)) download { (icon(Icon::Download)) (csv_words) } }
                }))
                p.small.muted { "Written in the same transaction as the change. Nothing here can be edited." }
                (form(&filter))
                @if shown.is_empty() { (nothing(&filter)) } @else {
                    @for day in shown.chunk_by(|a, b| times.day(a.at) == times.day(b.at)) { (one_day(r, day, &times)?) }
                    (pager(&pages))
                }
            }
        })
    }).await?;
    Ok(show(&site, &chrome, "Audit", body)?)
}

fn form(filter: &Filter) -> Markup {
    let input = |name, label, value, kind| Field {
        name,
        label,
        value,
        kind,
        small: true,
        maxlength: Some(200),
        ..Field::default()
    };
    html! {
        form.filters action=(PATH) {
            (field(&input("action", "Action", &filter.action, "search")))
            (field(&input("on", "Person, booking, request", &filter.on, "search")))
            (field(&input("who", "By", &filter.who, "search")))
            (select(&Field { name: "status", label: "Ended", small: true, ..Field::default() }, &endings(&filter.status)))
            (field(&Field { maxlength: None, ..input("day", "Day", &filter.day, "date") }))
            div.row {
                (button(&Button::line("Apply").small()))
                @if filter.is_narrowed() { a.small href=(PATH) { "Clear" } }
            }
        }
    }
}

fn endings(now: &str) -> Vec<Choice> {
    let any = Choice::new("", "However", now.is_empty());
    let each =
        Ending::ALL.into_iter().map(|ending| Choice::new(ending.name(), ending_words(ending), now == ending.name()));
    std::iter::once(any).chain(each).collect()
}

fn ending_words(ending: Ending) -> &'static str {
    match ending {
        Ending::Success => "Done",
        Ending::Failed => "Failed",
        Ending::Denied => "Denied",
    }
}

fn nothing(filter: &Filter) -> Markup {
    if filter.is_narrowed() {
        let all = link_button(PATH, &Button::line("Show everything"));
        return empty("Nothing fits", "No entry matches all of these.", Some(all));
    }
    empty("Nothing yet", "Whatever an admin changes for somebody stands here, with the reason.", None)
}

fn one_day(r: &dyn Read, entries: &[&AuditEntry], times: &Moments) -> Outcome<Markup> {
    let title = entries.first().map(|e| utc_to_local(e.at, &times.zone).0.strftime("%A, %B %-d, %Y").to_string());
    let rows: Outcome<Vec<Markup>> = entries.iter().map(|entry| row(r, entry, times)).collect();
    Ok(html! {
        section {
            h2.h3.audit__day { (title.unwrap_or_default()) }
            ol.audit { @for row in rows? { (row) } }
        }
    })
}

fn row(r: &dyn Read, entry: &AuditEntry, times: &Moments) -> Outcome<Markup> {
    let who = match entry.actor {
        Some(id) => person(accounts::user(r, id)?.as_ref(), id),
        None if entry.doer() == "anonymous" => html! { b { "a stranger" } },
        None => html! { b { "the program" } },
    };
    Ok(html! {
        li {
            time.fig datetime=(entry.at) { (times.second(entry.at)) }
            p {
                (who) br;
                code { (entry.action) }
                @if entry.status != Ending::Success { " " (badge(Tone::Warn, ending_words(entry.status))) }
                @if !entry.ip.is_empty() { br; span.small.muted title=(entry.user_agent) { (entry.ip) } }
            }
            div {
                p { (entity(r, entry)?) }
                @if let Some(reason) = &entry.reason { p.muted { (reason) } }
            }
            div { (diff(entry.before.as_ref(), entry.after.as_ref())) }
            code.muted { "r_" (entry.request_id.chars().rev().take(6).collect::<String>().chars().rev().collect::<String>()) }
        }
    })
}

fn entity(r: &dyn Read, entry: &AuditEntry) -> Outcome<Markup> {
    let Some(id) = entry.entity_id.as_deref() else { return Ok(html! { (entry.entity_type) }) };
    Ok(match entry.entity_type.as_str() {
        "user" => match id.parse() {
            Ok(user) => person(accounts::user(r, user)?.as_ref(), user),
            Err(_) => html! { (id) },
        },
        "booking" => {
            html! { a href={ "/admin/bookings/" (id) } { "Booking " (id.get(18..22).unwrap_or_default()) "-" (id.get(22..).unwrap_or_default()) } }
        }
        "setting" => html! { a href="/admin/settings" { (id) } },
        other => html! { (other) " " (id) },
    })
}

/// What changed, field by field; fields that stayed are left out.
fn diff(before: Option<&Value>, after: Option<&Value>) -> Markup {
    let empty = serde_json::Map::new();
    let before = before.and_then(Value::as_object).unwrap_or(&empty);
    let after = after.and_then(Value::as_object).unwrap_or(&empty);
    let mut names: Vec<&String> =
        before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))).collect();
    names.retain(|name| before.get(*name) != after.get(*name));
    html! {
        @for name in names {
            p.diff {
                span { (name) } " "
                @if let Some(value) = before.get(name) { del { (plain(value)) } }
                @if before.contains_key(name) && after.contains_key(name) { " " span aria-hidden="true" { "→" } " " }
                @if let Some(value) = after.get(name) { ins { (plain(value)) } }
            }
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub async fn csv(State(site): State<Site>, Params(filter): Params<Filter>) -> Answer<Response> {
    let times = moments(&site);
    let mut csv = Csv::with_head(&[
        "id",
        "at",
        "actor_id",
        "actor_role",
        "action",
        "entity_type",
        "entity_id",
        "before",
        "after",
        "reason",
        "request_id",
        "status",
        "ip",
        "user_agent",
    ]);
    for entry in site.read(|r| filter.found(r, &times))? {
        let json = |value: &Option<Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
        csv.row(&[
            entry.id.to_string(),
            entry.at.to_string(),
            entry.actor.map(|id| id.to_string()).unwrap_or_default(),
            entry.role.map(|role| role.name().to_owned()).unwrap_or_default(),
            entry.action.clone(),
            entry.entity_type.clone(),
            entry.entity_id.clone().unwrap_or_default(),
            json(&entry.before),
            json(&entry.after),
            entry.reason.clone().unwrap_or_default(),
            entry.request_id.clone(),
            entry.status.name().to_owned(),
            entry.ip.clone(),
            entry.user_agent.clone(),
        ]);
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.csv\"")),
    ];
    Ok((headers, csv.finish()).into_response())
}
