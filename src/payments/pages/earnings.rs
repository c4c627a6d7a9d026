//! What an instructor earned, what went to the bank, and the statement to take away.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use crate::base::access::Actor;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{TimeZone, Timestamp, fmt_date, utc_to_local, zone};
use crate::outside::stripe::PAYOUT_DAYS;
use crate::payments::api::export::{ExportFormat, ExportInput, file};
use crate::payments::model::{PayoutAccount, PayoutRow};
use crate::payments::ops::{self, Earnings, LessonEarning, USUAL_DAY};
use crate::payments::tables;
use crate::site::Site;
use crate::web::components::{
    Button, Choice, Col, Field, Row, Stat, Table, Tone, button, empty, field, notice, page_head, post_button, section,
    select, stats, table,
};
use crate::web::{Answer, Chrome, Form, Params, away, page, see_other};

/// Rows on the page; all of them are in the API.
const SHOWN: usize = 100;
const PATH: &str = "/instructor/earnings";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    /// What just happened: `paid`, `day`.
    done: String,
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
    Ok(shown(&site, &chrome, &actor, words)?)
}

fn shown(site: &Site, chrome: &Chrome, actor: &Actor, said: Option<(Tone, String)>) -> Outcome<Markup> {
    let (earned, account, payouts) = site.read(|r| {
        let user = actor.user_id;
        Ok((ops::earnings(r, user)?, tables::account(r, user)?, ops::payouts(r, user)?))
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
                (totals(&earned))
                @if let Some(account) = ready { (section("bank", "To your bank", "Stripe pays your balance out once a week.", bank(account, &payouts, &tz))) }
                (section("lessons", "Paid lessons", "The latest payout first.", list(&earned.lessons, &tz)))
                (section("statement", "Statement", "Every payout of a span of days, 90 days if you name none.", statement()))
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

fn totals(earned: &Earnings) -> Markup {
    let lessons = format!("{} lessons", earned.lessons.len());
    stats(&[
        Stat::new("Paid to you", earned.earned.dollars(), &lessons).lead(),
        Stat::new("Tips", earned.tips.dollars(), "all yours"),
        Stat::new("Lesson prices", earned.lesson_value.dollars(), "before our share"),
        Stat::new("Our share", earned.platform_fees.dollars(), "less the more you teach"),
    ])
}

fn day(at: Timestamp, tz: &TimeZone) -> String {
    let (date, _) = utc_to_local(at, tz);
    format!("{}, {}", fmt_date(date), date.year())
}

fn list(lessons: &[LessonEarning], tz: &TimeZone) -> Markup {
    if lessons.is_empty() {
        return empty("Nothing paid out yet", "Your first lesson appears here a day after it ends.", None);
    }
    let row = |lesson: &LessonEarning| {
        Row::new(vec![
            html! { a href={ "/instructor/bookings/" (lesson.booking_id) "/payout" } { (lesson.description) } },
            html! { (day(lesson.start, tz)) },
            html! { (lesson.lesson.dollars()) },
            html! { (lesson.platform_fee.dollars()) },
            html! { b { ((lesson.payout + lesson.tip).dollars()) } },
        ])
    };
    table(&Table {
        caption: "Paid lessons".into(),
        caption_hidden: true,
        cols: vec![
            Col::new("Lesson"),
            Col::new("Day"),
            Col::end("Price"),
            Col::end("Our share"),
            Col::end("Paid to you"),
        ],
        rows: lessons.iter().take(SHOWN).map(row).collect(),
        foot: None,
    })
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default() + letters.as_str()
}

fn bank(account: &PayoutAccount, payouts: &[PayoutRow], tz: &TimeZone) -> Markup {
    let chosen = account.payout_day.as_deref().unwrap_or(USUAL_DAY);
    let days: Vec<Choice> = PAYOUT_DAYS.iter().map(|day| Choice::new(*day, capital(day), *day == chosen)).collect();
    let pending: Cents = payouts.iter().filter(|row| row.is_pending()).map(|row| row.amount).sum();
    let row = |row: &PayoutRow| {
        let how = if row.instant { "at once, as you asked" } else { "weekly" };
        let state = match row.status.as_str() {
            "paid" => "paid",
            "failed" => "sent back by the bank",
            "canceled" => "canceled",
            _ => "on its way",
        };
        Row::new(vec![
            html! { (day(row.created_at, tz)) },
            html! { (how) },
            html! { (state) },
            html! { b { (row.amount.dollars()) } },
        ])
    };
    html! {
        @if pending.is_positive() { p { (pending.dollars()) " is on its way." } }
        div.row {
            (post_button("/instructor/earnings/instant", &[], &Button::line("Pay my balance out now").busy("Asking Stripe…")))
            (post_button("/instructor/earnings/stripe", &[], &Button::line("Open my Stripe dashboard").busy("Opening Stripe…")))
        }
        form.row method="post" action="/instructor/earnings/day" {
            (select(&Field { name: "weekly_anchor", label: "Payout day", ..Field::default() }, &days))
            (button(&Button::line("Change the day")))
        }
        @if payouts.is_empty() {
            (empty("Nothing went to the bank yet", "Payouts to your bank are listed here.", None))
        } @else {
            (table(&Table {
                caption: "Payouts to your bank".into(),
                caption_hidden: true,
                cols: vec![Col::new("Day"), Col::new("How"), Col::new("State"), Col::end("Amount")],
                rows: payouts.iter().take(SHOWN).map(row).collect(),
                foot: None,
            }))
        }
    }
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
fn told(site: &Site, chrome: &Chrome, actor: &Actor, refusal: Refusal) -> Answer<Response> {
    if !matches!(refusal.status, 400 | 409 | 422 | 429 | 503) {
        return Err(refusal.into());
    }
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    Ok((status, shown(site, chrome, actor, Some((Tone::Warn, refusal.detail)))?).into_response())
}

pub(super) async fn pay_out(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    match ops::instant_payout(&site, actor.user_id).await {
        Ok(_) => Ok(see_other(&format!("{PATH}?done=paid"))),
        Err(refusal) => told(&site, &chrome, &actor, refusal),
    }
}

pub(super) async fn open_stripe(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    match ops::dashboard(&site, actor.user_id).await {
        Ok(url) => Ok(away(&url)?),
        Err(refusal) => told(&site, &chrome, &actor, refusal),
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
        Ok(_) => Ok(see_other(&format!("{PATH}?done=day"))),
        Err(refusal) => told(&site, &chrome, &actor, refusal),
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
        Err(refusal) => told(&site, &chrome, &actor, refusal),
    }
}
