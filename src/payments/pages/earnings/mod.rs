//! What an instructor earned, what went to the bank, and the statement to take away.

mod bank;
mod lessons;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use bank::bank;
use lessons::{list, totals};

use crate::base::access::Actor;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{TimeZone, Timestamp, fmt_date, utc_to_local, zone};
use crate::payments::api::export::{ExportFormat, ExportInput, file};
use crate::payments::model::PayoutAccount;
use crate::payments::ops;
use crate::payments::tables;
use crate::site::Site;
use crate::web::components::{
    Button, Field, Tab, Tone, button, empty, field, notice, page_head, post_button, section, tabs,
};
use crate::web::{Answer, Chrome, Form, Params, away, page, see_other};

const PATH: &str = "/instructor/earnings";
const BANK: &str = "/instructor/earnings?tab=payouts";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    /// What just happened: `paid`, `day`.
    done: String,
    /// `payouts`: what went to the bank; the lessons otherwise.
    tab: String,
}

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(done): Params<Done>,
) -> Answer<Markup> {
    let words = match done.done.as_str() {
        "paid" => Some((Tone::Ok, "Stripe is paying your balance to your bank.".to_owned())),
        "day" => Some((Tone::Ok, "Your payout day is changed.".to_owned())),
        _ => None,
    };
    Ok(shown(&site, &chrome, &actor, done.tab == "payouts" || words.is_some(), words)?)
}

fn shown(site: &Site, chrome: &Chrome, actor: &Actor, at_bank: bool, said: Option<(Tone, String)>) -> Outcome<Markup> {
    let (earned, coming, account, payouts) = site.read(|r| {
        let user = actor.user_id;
        let coming = ops::coming(r, user, site.now())?;
        Ok((ops::earnings(r, user)?, coming, tables::account(r, user)?, ops::payouts(r, user)?))
    })?;
    let tz = zone(&actor.timezone).unwrap_or_else(|| site.zone.clone());
    let ready = account.as_ref().filter(|account| account.onboarded());
    Ok(page(
        chrome,
        "Earnings",
        html! {
            div.wrap.stack.stack--l {
                (page_head("Earnings", "Each lesson is paid out 24 hours after it ends.", html! {}))
                @if let Some((tone, words)) = &said { (notice(*tone, words)) }
                (set_up(account.as_ref()))
                (totals(&earned, &coming))
                (tabs("Earnings", &[Tab::new("Lessons", PATH, !at_bank), Tab::new("Payouts", BANK, at_bank)]))
                @if at_bank {
                    @match ready {
                        Some(account) => (section("bank", "To your bank", "Stripe pays your balance out once a week.", bank(account, &payouts, &tz))),
                        None => (empty("No bank yet", "Payouts to your bank are listed here once they are set up.", None)),
                    }
                } @else {
                    (section("lessons", "Paid lessons", "The latest payout first.", list(&earned.lessons, &tz)))
                    (section("statement", "Statement", "Every payout of a span of days, 90 days if you name none.", statement()))
                }
                (section("stages", "How money reaches you", "", stages()))
            }
        },
    ))
}

fn set_up(account: Option<&PayoutAccount>) -> Markup {
    let go = |label| post_button("/payments/connect", &[], &Button::primary(label).busy("Opening Stripe…"));
    match account {
        Some(account) if account.onboarded() => html! {},
        Some(_) => html! {
            (notice(Tone::Warn, "Stripe still needs something from you before lessons can be paid out."))
            (go("Go on at Stripe"))
        },
        None => html! {
            (notice(Tone::Info, "Tell Stripe where your money should go. It takes about five minutes."))
            (go("Set up payouts"))
        },
    }
}

/// rule: 50§1c: what happens between a lesson and the bank account, and where it goes otherwise.
fn stages() -> Markup {
    html! {
        ol {
            li { b { "The lesson ends. " } "For 24 hours either side can say that something was wrong." }
            li { b { "The student’s card is charged. " } "Your part is sent to your Stripe balance with it." }
            li { b { "Stripe pays your balance out, " } "on your payout day or when you ask; banks take one to five days." }
        }
        p.muted {
            "A card that is refused is asked again for three days; then we pay you ourselves. A late cancellation pays you "
            "half. A bank that takes a payment back takes yours back too until it has judged. Tips are all yours, at once."
        }
    }
}

fn day(at: Timestamp, tz: &TimeZone) -> String {
    let (date, _) = utc_to_local(at, tz);
    format!("{}, {}", fmt_date(date), date.year())
}

fn statement() -> Markup {
    html! {
        form.row method="post" action="/instructor/earnings/statement" {
            (field(&Field { name: "start_date", label: "From", kind: "date", optional: true, ..Field::default() }))
            (field(&Field { name: "end_date", label: "To", kind: "date", optional: true, ..Field::default() }))
            (button(&Button::line("As a table (CSV)").sends("format", "csv")))
            (button(&Button::line("As a page (PDF)").sends("format", "pdf")))
        }
    }
}

/// A refusal that the person can do something about stands on the page.
fn told(site: &Site, chrome: &Chrome, actor: &Actor, at_bank: bool, refusal: Refusal) -> Answer<Response> {
    if !matches!(refusal.status, 400 | 409 | 422 | 429 | 503) {
        return Err(refusal.into());
    }
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    let body = shown(site, chrome, actor, at_bank, Some((Tone::Warn, refusal.detail)))?;
    Ok((status, body).into_response())
}

pub(super) async fn pay_out(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    match ops::instant_payout(&site, actor.user_id).await {
        Ok(_) => Ok(see_other(&format!("{BANK}&done=paid"))),
        Err(refusal) => told(&site, &chrome, &actor, true, refusal),
    }
}

pub(super) async fn open_stripe(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    match ops::dashboard(&site, actor.user_id).await {
        Ok(url) => Ok(away(&url)?),
        Err(refusal) => told(&site, &chrome, &actor, true, refusal),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Day {
    weekly_anchor: String,
}

pub(super) async fn choose_day(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(day): Form<Day>,
) -> Answer<Response> {
    match ops::set_payout_day(&site, actor.user_id, &day.weekly_anchor).await {
        Ok(_) => Ok(see_other(&format!("{BANK}&done=day"))),
        Err(refusal) => told(&site, &chrome, &actor, true, refusal),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    start_date: String,
    end_date: String,
    format: String,
}

pub(super) async fn download(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(wanted): Form<Wanted>,
) -> Answer<Response> {
    let date = |name: &str, text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Refusal::invalid(name, "A date.")),
    };
    let made = || {
        let format = if wanted.format == "pdf" { ExportFormat::Pdf } else { ExportFormat::Csv };
        let (start_date, end_date) = (date("start_date", &wanted.start_date)?, date("end_date", &wanted.end_date)?);
        file(&site, &actor, &ExportInput { format, start_date, end_date })
    };
    match made() {
        Ok(file) => Ok(file),
        Err(refusal) => told(&site, &chrome, &actor, false, refusal),
    }
}
