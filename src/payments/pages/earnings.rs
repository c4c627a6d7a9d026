//! What an instructor earned, what went to the bank, and the statement to take away.

use std::collections::BTreeSet;

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
    Button, Choice, Col, Field, Row, Stat, Tab, Table, Tone, button, empty, field, notice, page_head, post_button,
    section, select, stats, table, tabs,
};
use crate::web::{Answer, Chrome, Form, Params, away, page, see_other};

/// Rows on the page; all of them are in the API.
const SHOWN: usize = 100;
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

fn totals(earned: &Earnings) -> Markup {
    let services: BTreeSet<&str> = earned.lessons.iter().map(|lesson| lesson.service.as_str()).collect();
    let minutes: i64 = earned.lessons.iter().map(|lesson| lesson.minutes).sum();
    let net = format!(
        "{} of it tips; lesson prices {}, our share {}",
        earned.tips.dollars(),
        earned.lesson_value.dollars(),
        earned.platform_fees.dollars()
    );
    stats(&[
        Stat::new("Paid to you", earned.earned.dollars(), &net).lead(),
        Stat::new("Lessons", earned.lessons.len().to_string(), "paid out"),
        Stat::new("Services", services.len().to_string(), "taught in them"),
        Stat::new("Hours", hours(minutes), "taught in them"),
    ])
}

/// "1.5"
fn hours(minutes: i64) -> String {
    let tenths = (minutes * 10 + 30) / 60;
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
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

fn list(lessons: &[LessonEarning], tz: &TimeZone) -> Markup {
    if lessons.is_empty() {
        return empty("Nothing paid out yet", "Your first lesson appears here a day after it ends.", None);
    }
    let row = |lesson: &LessonEarning| {
        let state = if lesson.status == "paid" { "paid" } else { "being looked at" };
        Row::new(vec![
            html! { a href={ "/instructor/bookings/" (lesson.booking_id) "/payout" } { (day(lesson.start, tz)) } },
            html! { (lesson.student) },
            html! { (lesson.service) },
            html! { (lesson.minutes) },
            html! { (lesson.lesson.dollars()) },
            html! { (lesson.platform_fee.dollars()) },
            html! { (lesson.payout.dollars()) },
            html! { @if lesson.tip.is_positive() { (lesson.tip.dollars()) } @else { "–" } },
            html! { (state) },
        ])
    };
    table(&Table {
        caption: "Paid lessons".into(),
        caption_hidden: true,
        cols: vec![
            Col::new("Day"),
            Col::new("Student"),
            Col::new("Service"),
            Col::end("Minutes"),
            Col::end("Price"),
            Col::end("Our share"),
            Col::end("Paid to you"),
            Col::end("Tip"),
            Col::new("State"),
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
    let sum =
        |of: fn(&PayoutRow) -> bool| -> Cents { payouts.iter().filter(|row| of(row)).map(|row| row.amount).sum() };
    let (pending, paid) = (sum(PayoutRow::is_pending), sum(|row| row.status == "paid"));
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
            html! { (day(row.arrives_at, tz)) },
            html! { b { (row.amount.dollars()) } },
        ])
    };
    html! {
        p { (paid.dollars()) " has arrived, " (pending.dollars()) " is on its way." }
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
                cols: vec![Col::new("Day"), Col::new("How"), Col::new("State"), Col::new("Arrives"), Col::end("Amount")],
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
