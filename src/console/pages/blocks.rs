//! `/admin/ops/auth-blocks`: whom wrong passwords hold up at the door, and letting them through. // rule: 50§3

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::confirm::{Confirm, ask as ask_why, correctable};
use super::shell::{address, as_of, heading, moments, show};
use crate::accounts::ops::blocks::{self as ops, Blocks};
use crate::accounts::rules::sign_in::Block;
use crate::accounts::user_by_email;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{count, normal_email};
use crate::console::words::Moments;
use crate::site::Site;
use crate::site::audit::By;
use crate::store::Read;
use crate::web::components::{
    Button, Choice, Col, Field, Pick, Row, Table, Tone, badge, button, empty, facts, field, link_button, notice, pick,
    table,
};
use crate::web::{Answer, Chrome, Form, Params, see_other};

const PATH: &str = "/admin/ops/auth-blocks";
/// Addresses that one page shows.
const SHOWN: usize = 100;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    q: String,
    /// Whose blocks were just cleared.
    cleared: String,
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(filter): Params<Filter>) -> Answer<Markup> {
    let times = moments(&site);
    let all = ops::all(&site)?;
    let wanted = normal_email(&filter.q);
    let found: Vec<&(String, Blocks)> = all.iter().filter(|(email, _)| email.contains(&wanted)).take(SHOWN).collect();
    let body = site.read(|r| {
        let rows: Outcome<Vec<Row>> = found.iter().map(|(email, blocks)| row(r, email, blocks, &times)).collect();
        Ok(html! {
            div.stack {
                (heading("Held at the door", as_of(&chrome, &times)))
                @if !filter.cleared.is_empty() { (notice(Tone::Ok, format!("{} can try again.", filter.cleared))) }
                (tiles(&all))
                form.row action=(PATH) {
                    (field(&Field { name: "q", label: "Address", value: &filter.q, maxlength: Some(254), ..Field::default() }))
                    (button(&Button::line("Find")))
                }
                @if found.is_empty() {
                    (empty("Nobody is held up", "Wrong passwords of the last hour would show here.", None))
                } @else { (listed(rows?)) }
                (levels())
            }
        })
    })?;
    Ok(show(&site, &chrome, "Held at the door", body)?)
}

fn tiles(all: &[(String, Blocks)]) -> Markup {
    let of = |kind: Block| all.iter().filter(|(_, blocks)| blocks.iter().any(|(held, ..)| *held == kind)).count();
    let figure = |kind| html! { span.fig { (of(kind)) } };
    facts(&[
        ("Addresses", html! { span.fig { (all.len()) } }),
        (words(Block::Lockout), figure(Block::Lockout)),
        (words(Block::RateLimit), figure(Block::RateLimit)),
        (words(Block::Captcha), figure(Block::Captcha)),
    ])
}

fn words(kind: Block) -> &'static str {
    match kind {
        Block::Lockout => "Locked",
        Block::RateLimit => "Too many tries",
        Block::Captcha => "Challenge asked",
    }
}

fn row(r: &dyn Read, email: &str, blocks: &Blocks, times: &Moments) -> Outcome<Row> {
    let user = user_by_email(r, email)?;
    let whose = match &user {
        Some(user) => html! { a href={ "/admin/users/" (user.id) } { b { (email) } } br; small { (user.full_name()) } },
        None => html! { b { (email) } br; small { "no account" } },
    };
    let held = html! {
        @for (kind, until, _) in blocks {
            div.row.small {
                (badge(if *kind == Block::Lockout { Tone::Bad } else { Tone::Warn }, words(*kind)))
                @if let Some(until) = until { "until " (times.at(*until)) }
            }
        }
    };
    let failures = blocks.iter().map(|(_, _, failures)| *failures).max().unwrap_or_default();
    let about = format!("Let {email} through");
    Ok(Row::new(vec![
        html! { span { (whose) } },
        held,
        html! { span.fig { (failures) } },
        link_button(&format!("{PATH}/{email}"), &Button::line("Let through").small().says(&about)),
    ]))
}

fn listed(rows: Vec<Row>) -> Markup {
    table(&Table {
        caption: "Addresses held up".to_owned(),
        caption_hidden: true,
        cols: vec![Col::new("Address"), Col::new("Held by"), Col::new("Failures in an hour"), Col::new("")],
        rows,
        foot: None,
    })
}

fn levels() -> Markup {
    html! {
        p.small.muted {
            "Five wrong passwords within an hour lock an address for 30 seconds, ten for 5 minutes, fifteen for 30, twenty for an hour. "
            "From the third on a challenge is asked; more than five a minute or twenty an hour are refused. "
            "A browser its owner has used before counts apart."
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    lockout: String,
    rate_limit: String,
    captcha: String,
    reason: String,
}

impl Typed {
    fn kinds(&self) -> Vec<Block> {
        let ticked =
            [(&self.lockout, Block::Lockout), (&self.rate_limit, Block::RateLimit), (&self.captcha, Block::Captcha)];
        ticked.into_iter().filter(|(on, _)| !on.is_empty()).map(|(_, kind)| kind).collect()
    }
}

pub async fn ask_clear(State(site): State<Site>, chrome: Chrome, Path(email): Path<String>) -> Answer<Response> {
    asking(&site, &chrome, &email, &Typed::default(), None)
}

pub async fn clear(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Path(email): Path<String>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let kinds = typed.kinds();
    let done = match kinds.is_empty() {
        true => Err(Refusal::invalid("reason", "Tick at least one of the above.")),
        false => ops::clear(&site, by, &email, kinds, &typed.reason).await,
    };
    match done {
        Ok(_) => Ok(see_other(&address(PATH, &[("cleared", &email)]))),
        // It ended while the form was read.
        Err(refusal) if refusal.status == 404 => Ok(see_other(PATH)),
        Err(refusal) => asking(&site, &chrome, &email, &typed, Some(correctable(refusal)?)),
    }
}

fn asking(site: &Site, chrome: &Chrome, email: &str, typed: &Typed, refused: Option<Refusal>) -> Answer<Response> {
    let (email, held) = ops::of(site, email)?;
    let times = moments(site);
    let again = refused.is_some();
    let ticked = typed.kinds();
    let action = format!("{PATH}/{email}");
    let failures = held.iter().map(|(_, _, failures)| *failures).max().unwrap_or_default();
    let name = |kind: Block| match kind {
        Block::Lockout => "lockout",
        Block::RateLimit => "rate_limit",
        Block::Captcha => "captcha",
    };
    let view = Confirm {
        title: format!("Let {email} through?"),
        back: ("Held at the door", PATH),
        action: &action,
        effects: html! { ul.prose {
            li { (count(failures, "wrong password", "wrong passwords")) " within the last hour." }
            li { "What you tick ends at once; the right password is still needed." }
        } },
        fields: html! { div {
            @for (kind, until, _) in &held {
                @let until = until.map(|at| format!("until {}", times.at(at))).unwrap_or_default();
                (pick(Pick::Many, name(*kind), &Choice::new("on", words(*kind), !again || ticked.contains(kind)).note(until)))
            }
        } },
        button: Button::primary("Let them through").busy("Clearing…"),
        keep: "Leave it",
        reason: &typed.reason,
        unchanged: "Nothing is cleared yet.",
    };
    ask_why(site, chrome, &view, refused.as_ref())
}
