//! `/admin/rate-limits`: what holds, who was limited, and forgetting what was counted.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::confirm::{Confirm, ask as ask_why, correctable};
use super::shell::{as_of, heading, moments, show};
use crate::accounts;
use crate::base::refusal::{Outcome, Refusal};
use crate::console::limits as ops;
use crate::console::words::Moments;
use crate::site::Site;
use crate::site::audit::By;
use crate::store::Read;
use crate::web::components::{Button, Col, Field, Row, Table, Tone, badge, empty, field, link_button, notice, table};
use crate::web::limits::{Bucket, Limiter, Policy, RATE_LIMITS, Standing};
use crate::web::{Answer, Chrome, Form, Params, WindowRule, see_other};

const PATH: &str = "/admin/rate-limits";
/// Keys that one page shows.
const TOP: usize = 50;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    /// How many keys were just forgotten.
    cleared: Option<usize>,
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(done): Params<Done>) -> Answer<Markup> {
    let times = moments(&site);
    let limiter = site.part::<Limiter>()?;
    let body = site.read(|r| {
        let policy = RATE_LIMITS.read(r)?;
        let change = format!("/admin/settings/{}", RATE_LIMITS.key);
        let top = limiter.standings(TOP);
        Ok(html! {
            div.stack {
                (heading("Rate limits", as_of(&chrome, &times)))
                @if let Some(cleared) = done.cleared { (notice(Tone::Ok, format!("{cleared} counts were forgotten."))) }
                p { (mode_words(limiter.rule(), &policy)) }
                (buckets(&policy, limiter.rule()))
                @if !policy.overrides.is_empty() { (overrides(&policy)) }
                div.row {
                    (link_button(&change, &Button::line("Change the limits").small()))
                    (link_button(&format!("{PATH}/reset"), &Button::line("Forget counts").small()))
                }
                @if top.is_empty() {
                    (empty("Nobody is counted yet", "Whoever asks something stands here until a restart.", None))
                } @else { (keys(r, &top, limiter.keys(), &times)?) }
            }
        })
    })?;
    Ok(show(&site, &chrome, "Rate limits", body)?)
}

fn mode_words(rule: WindowRule, policy: &Policy) -> &'static str {
    match rule {
        WindowRule::Off => "A sandbox switch has lifted every limit.",
        _ if policy.shadow_everywhere(rule) => "Limits only count for now; money is limited all the same.",
        _ => "Limits hold: who asks too often is told when to come back.",
    }
}

fn buckets(policy: &Policy, rule: WindowRule) -> Markup {
    let row = |bucket: Bucket| {
        let holds = policy.holds(bucket, "", rule);
        Row::new(vec![
            html! { b { (bucket.name()) } },
            html! { span.fig { (holds.pace.rate) } },
            html! { span.fig { (holds.pace.burst + 1) } },
            if holds.shadow {
                html! { "counts only" }
            } else {
                badge(Tone::Ok, "blocks")
            },
        ])
    };
    table(&Table {
        caption: "Buckets".to_owned(),
        caption_hidden: false,
        cols: vec![Col::new("Bucket"), Col::new("A minute"), Col::new("At once"), Col::new("Now")],
        rows: Bucket::ALL.into_iter().map(row).collect(),
        foot: None,
    })
}

fn overrides(policy: &Policy) -> Markup {
    let rows = policy.overrides.iter().map(|(path, o)| {
        Row::new(vec![
            html! { code { (path) } },
            html! { span.fig { (o.rate) " in " (o.window) " s" } },
            html! { span.fig { (o.burst + 1) } },
            html! { @if o.shadow { "counts only" } @else { "as the mode says" } },
        ])
    });
    table(&Table {
        caption: "Overrides".to_owned(),
        caption_hidden: false,
        cols: vec![Col::new("Below"), Col::new("Rate"), Col::new("At once"), Col::new("Now")],
        rows: rows.collect(),
        foot: None,
    })
}

fn keys(r: &dyn Read, top: &[Standing], all: usize, times: &Moments) -> Outcome<Markup> {
    let rows: Outcome<Vec<Row>> = top.iter().map(|standing| key_row(r, standing, times)).collect();
    Ok(table(&Table {
        caption: format!("Who was limited most, of {all} counted"),
        caption_hidden: false,
        cols: vec![Col::new("Bucket"), Col::new("Who"), Col::new("Let in"), Col::new("Limited"), Col::new("Last")],
        rows: rows?,
        foot: None,
    }))
}

fn key_row(r: &dyn Read, standing: &Standing, times: &Moments) -> Outcome<Row> {
    let (bucket, whom) = standing.key.split_once('|').unwrap_or((&standing.key, ""));
    let person = whom.strip_prefix("user:").and_then(|id| id.parse().ok());
    let who = match person {
        Some(id) => super::shell::person(accounts::user(r, id)?.as_ref(), id),
        None => html! { code { (whom) } },
    };
    Ok(Row::new(vec![
        html! { (bucket) },
        who,
        html! { span.fig { (standing.allowed) } },
        html! { span.fig { (standing.limited) } },
        html! { (times.at(standing.last)) },
    ]))
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    pattern: String,
    reason: String,
}

pub async fn ask_reset(State(site): State<Site>, chrome: Chrome) -> Answer<Response> {
    asking(&site, &chrome, &Typed::default(), None)
}

pub async fn reset(State(site): State<Site>, chrome: Chrome, by: By, Form(typed): Form<Typed>) -> Answer<Response> {
    let done = match by.because(&typed.reason) {
        Ok(by) => ops::reset(&site, by, &typed.pattern).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(cleared) => Ok(see_other(&format!("{PATH}?cleared={cleared}"))),
        Err(refusal) => asking(&site, &chrome, &typed, Some(correctable(refusal)?)),
    }
}

fn asking(site: &Site, chrome: &Chrome, typed: &Typed, refused: Option<Refusal>) -> Answer<Response> {
    let error = refused.as_ref().and_then(|r| r.errors.iter().find(|e| e.field == "pattern"));
    let pattern = Field {
        name: "pattern",
        label: "Whose counts?",
        hint: "A part of the key: a person’s id, an address, a bucket. A star stands for all.",
        value: &typed.pattern,
        error: error.map(|e| e.message.as_str()),
        required: true,
        maxlength: Some(200),
        ..Field::default()
    };
    let action = format!("{PATH}/reset");
    let view = Confirm {
        title: "Forget counts?".to_owned(),
        back: ("Rate limits", PATH),
        action: &action,
        effects: html! { p { "Whoever is named can ask again at once, as if nothing had been counted." } },
        fields: field(&pattern),
        button: Button::primary("Forget them").busy("Forgetting…"),
        keep: "Leave them",
        reason: &typed.reason,
        unchanged: "Nothing is forgotten yet.",
    };
    ask_why(site, chrome, &view, refused.as_ref())
}
