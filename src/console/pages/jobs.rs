//! `/admin/jobs`: what waits, what was given up, what ran; a dead letter can be tried again.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::confirm::{Confirm, ask as ask_why, correctable, impossible};
use super::shell::{address, as_of, heading, moments, show};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::console::words::Moments;
use crate::jobs::{self, JobRow, JobRun, JobState};
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::Read;
use crate::web::components::{
    Button, Col, Row, Tab, Table, Tone, badge, empty, facts, link_button, notice, table, tabs,
};
use crate::web::{Answer, Chrome, Form, Params, see_other};

const PATH: &str = "/admin/jobs";
const SHOWN: usize = 100;
const COUNTED: usize = 100_000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// `dead`, `waiting` or `runs`; the kinds otherwise.
    show: String,
    /// Only jobs of this kind.
    kind: String,
    /// What was just put back into the queue.
    done: String,
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(wish): Params<Wish>) -> Answer<Markup> {
    let times = moments(&site);
    let body = site.read(|r| {
        let dead = jobs::dead(r, COUNTED)?;
        let listed = match wish.show.as_str() {
            "dead" => dead_letters(&of_kind(dead.clone(), &wish.kind, |job| &job.kind), &times),
            "waiting" => waiting(&of_kind(jobs::pending(r, COUNTED)?, &wish.kind, |job| &job.kind), &times),
            "runs" => runs(&of_kind(jobs::last_runs(r, COUNTED)?, &wish.kind, |run| &run.job), &times),
            _ => kinds(r, &dead, &times)?,
        };
        Ok(html! {
            div.stack {
                (heading("Jobs", as_of(&chrome, &times)))
                @if !wish.done.is_empty() { (notice(Tone::Ok, format!("{} is in the queue again and runs now.", wish.done))) }
                (tabs("Jobs", &views(&wish, dead.len())))
                @if !wish.kind.is_empty() {
                    p.small { "Only " code { (wish.kind) } ". " a href=(address(PATH, &[("show", &wish.show)])) { "Show all kinds" } }
                }
                (listed)
            }
        })
    })?;
    Ok(show(&site, &chrome, "Jobs", body)?)
}

fn of_kind<T>(rows: Vec<T>, kind: &str, name: impl Fn(&T) -> &String) -> Vec<T> {
    rows.into_iter().filter(|row| kind.is_empty() || name(row) == kind).take(SHOWN).collect()
}

fn views(wish: &Wish, dead: usize) -> Vec<Tab> {
    let tab = |label: String, show: &str| Tab::new(label, address(PATH, &[("show", show)]), wish.show == show);
    vec![
        tab("Kinds".to_owned(), ""),
        tab(format!("Dead, {dead}"), "dead"),
        tab("Waiting".to_owned(), "waiting"),
        tab("Runs".to_owned(), "runs"),
    ]
}

#[derive(Default)]
struct Kind {
    waiting: usize,
    due: usize,
    dead: usize,
    next: Option<Timestamp>,
    last: Option<(Timestamp, JobState)>,
}

fn kinds(r: &dyn Read, dead: &[JobRow], times: &Moments) -> Outcome<Markup> {
    let mut all: BTreeMap<String, Kind> = BTreeMap::new();
    for (at, name) in jobs::agenda(r, COUNTED)? {
        let kind = all.entry(name).or_default();
        *(if at <= times.now { &mut kind.due } else { &mut kind.waiting }) += 1;
        kind.next = Some(kind.next.map_or(at, |next| next.min(at)));
    }
    for job in dead {
        all.entry(job.kind.clone()).or_default().dead += 1;
    }
    for run in jobs::last_runs(r, COUNTED)? {
        all.entry(run.job).or_default().last.get_or_insert((run.ran_at, run.state));
    }
    let count = |n: usize| {
        if n == 0 {
            html! { span.muted { "0" } }
        } else {
            html! { (n) }
        }
    };
    let row = |(name, kind): (&String, &Kind)| {
        Row::new(vec![
            html! { a href=(address(PATH, &[("show", "runs"), ("kind", name)])) { (name) } },
            count(kind.due),
            html! { a href=(address(PATH, &[("show", "waiting"), ("kind", name)])) { (kind.waiting) } },
            html! { @if kind.dead > 0 { a href=(address(PATH, &[("show", "dead"), ("kind", name)])) { (badge(Tone::Bad, kind.dead)) } } @else { span.muted { "0" } } },
            html! { @if let Some(next) = kind.next { (times.at(next)) } @else { span.muted { "none" } } },
            html! { @if let Some((at, state)) = kind.last { (times.at(at)) " " (ended(state)) } @else { span.muted { "never" } } },
        ])
    };
    Ok(table(&Table {
        caption: "Kinds of jobs".to_owned(),
        caption_hidden: true,
        cols: vec![
            Col::new("Kind"),
            Col::end("Due"),
            Col::end("Waiting"),
            Col::end("Dead"),
            Col::new("Next"),
            Col::new("Last run"),
        ],
        rows: all.iter().map(row).collect(),
        foot: None,
    }))
}

fn ended(state: JobState) -> Markup {
    match state {
        JobState::Done => html! { span.muted { "done" } },
        JobState::Failed => badge(Tone::Warn, "failed"),
        JobState::Dead => badge(Tone::Bad, "given up"),
        JobState::Waiting | JobState::Running => html! { span.muted { "running" } },
    }
}

/// A key that is a booking leads there.
fn key(kind: &str, key: &str) -> Markup {
    let lesson =
        ["hold_sweep", "authorize", "auth_retry", "capture", "capture_retry", "payment_health"].contains(&kind);
    html! {
        @if key.is_empty() { span.muted { "sweep" } }
        @else if lesson { a href={ "/admin/bookings/" (key) } { code { (key) } } }
        @else if kind == "outbox" { a href={ "/admin/outbox/" (key) } { code { (key) } } }
        @else { code { (key) } }
    }
}

fn dead_letters(dead: &[JobRow], times: &Moments) -> Markup {
    if dead.is_empty() {
        return empty(
            "No dead letters",
            "A job that cannot succeed is kept here with its reason until somebody tries it again.",
            None,
        );
    }
    let row = |job: &JobRow| {
        let again = address("/admin/jobs/retry", &[("kind", &job.kind), ("key", &job.key)]);
        let about = format!("Try {} {} again", job.kind, job.key);
        Row::new(vec![
            html! { (job.kind) },
            key(&job.kind, &job.key),
            html! { (times.at(job.due)) },
            html! { (job.attempts) },
            html! { (job.last_error.as_deref().unwrap_or("no reason")) },
            link_button(&again, &Button::line("Try again").small().says(&about)),
        ])
    };
    table(&Table {
        caption: "Dead letters".to_owned(),
        caption_hidden: true,
        cols: vec![
            Col::new("Kind"),
            Col::new("For"),
            Col::new("Meant for"),
            Col::end("Tries"),
            Col::new("Why"),
            Col::new(""),
        ],
        rows: dead.iter().map(row).collect(),
        foot: None,
    })
}

fn waiting(jobs: &[JobRow], times: &Moments) -> Markup {
    if jobs.is_empty() {
        return empty("Nothing waits", "Timers and sweeps that are still to run stand here, the next one first.", None);
    }
    let row = |job: &JobRow| {
        let tries = match &job.last_error {
            Some(error) => html! { (job.attempts) " so far: " (error) },
            None => html! { span.muted { "first try" } },
        };
        Row::new(vec![
            html! { (times.at(job.ready_at)) },
            html! { (job.kind) },
            key(&job.kind, &job.key),
            html! { (times.distance(job.ready_at)) },
            tries,
        ])
    };
    table(&Table {
        caption: format!("The next {}", jobs.len()),
        caption_hidden: true,
        cols: vec![Col::new("At"), Col::new("Kind"), Col::new("For"), Col::new(""), Col::new("Tries")],
        rows: jobs.iter().map(row).collect(),
        foot: None,
    })
}

fn runs(runs: &[JobRun], times: &Moments) -> Markup {
    if runs.is_empty() {
        return empty("Nothing ran yet", "Every finished try stands here, the latest first.", None);
    }
    let row = |run: &JobRun| {
        Row::new(vec![
            html! { (times.at(run.ran_at)) },
            html! { (run.job) },
            key(&run.job, &run.key),
            html! { (times.at(run.scheduled_for)) },
            html! { (run.attempts) },
            html! { (ended(run.state)) @if let Some(error) = &run.last_error { " " (error) } },
        ])
    };
    table(&Table {
        caption: format!("The last {} runs", runs.len()),
        caption_hidden: true,
        cols: vec![
            Col::new("Ran"),
            Col::new("Kind"),
            Col::new("For"),
            Col::new("Meant for"),
            Col::end("Try"),
            Col::new("Outcome"),
        ],
        rows: runs.iter().map(row).collect(),
        foot: None,
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    kind: String,
    key: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
}

pub async fn ask_retry(State(site): State<Site>, chrome: Chrome, Params(which): Params<Which>) -> Answer<Response> {
    asking(&site, &chrome, &which, &Typed::default(), None)
}

pub async fn retry(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Params(which): Params<Which>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let wish = which.clone();
    let done = match by.because(&typed.reason) {
        Ok(by) => site.write(move |tx| {
            let dead = jobs::revive(tx, &wish.kind, &wish.key)?;
            let id = format!("{} {}", wish.kind, wish.key);
            let before =
                serde_json::json!({ "state": dead.state, "attempts": dead.attempts, "last_error": dead.last_error });
            audit::record(
                tx,
                &by,
                Deed::on("job.retry", "job", id).change(before, serde_json::json!({ "state": "waiting" })),
            )
        }),
        Err(refusal) => return asking(&site, &chrome, &which, &typed, Some(refusal)),
    };
    match done.await {
        Ok(()) => Ok(see_other(&address(PATH, &[("show", "dead"), ("done", &which.kind)]))),
        Err(refusal) => asking(&site, &chrome, &which, &typed, Some(correctable(refusal)?)),
    }
}

fn asking(site: &Site, chrome: &Chrome, which: &Which, typed: &Typed, refused: Option<Refusal>) -> Answer<Response> {
    let times = moments(site);
    let job = site.read(|r| jobs::find(r, &which.kind, &which.key))?;
    let action = address("/admin/jobs/retry", &[("kind", &which.kind), ("key", &which.key)]);
    let effects = html! {
        p { "The job is due at once and has all its tries ahead of it. Handlers do nothing twice." }
        @if let Some(job) = &job {
            (facts(&[
                ("Kind", html! { (job.kind) }),
                ("For", key(&job.kind, &job.key)),
                ("Meant for", html! { (times.at(job.due)) }),
                ("It failed with", html! { (job.last_error.as_deref().unwrap_or("no reason")) }),
            ]))
        }
    };
    let view = Confirm {
        title: format!("Try {} again?", which.kind),
        back: ("Back to the dead letters", "/admin/jobs?show=dead"),
        action: &action,
        effects,
        fields: html! {},
        button: Button::primary("Try it again").busy("Queueing…"),
        keep: "Leave it",
        reason: &typed.reason,
        unchanged: "The job is still where it was.",
    };
    if job.is_some_and(|job| job.state == JobState::Dead) {
        return ask_why(site, chrome, &view, refused.as_ref());
    }
    let gone =
        Refusal::conflict("DEAD_JOB_NOT_FOUND", "This job is not dead; somebody may have tried it again already.");
    impossible(site, chrome, &view, &gone)
}
