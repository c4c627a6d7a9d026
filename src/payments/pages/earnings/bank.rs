//! What went from an instructor's Stripe balance to their bank.

use maud::{Markup, html};

use super::day;
use crate::base::money::Cents;
use crate::base::time::TimeZone;
use crate::outside::stripe::PAYOUT_DAYS;
use crate::payments::model::{PayoutAccount, PayoutRow};
use crate::payments::ops::USUAL_DAY;
use crate::web::components::{Button, Choice, Col, Field, Row, Table, button, empty, post_button, select, table};

/// Rows on the page; all of them are in the API.
const SHOWN: usize = 100;

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default() + letters.as_str()
}

pub fn bank(account: &PayoutAccount, payouts: &[PayoutRow], tz: &TimeZone) -> Markup {
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
