//! What an instructor earned, and whether it can be paid out.

use axum::extract::State;
use maud::{Markup, html};

use crate::base::access::Actor;
use crate::base::time::{TimeZone, fmt_date, utc_to_local, zone};
use crate::payments::model::PayoutAccount;
use crate::payments::ops::{self, Earnings, LessonEarning};
use crate::payments::tables;
use crate::site::Site;
use crate::web::components::{
    Button, Col, Row, Stat, Table, Tone, empty, notice, page_head, post_button, section, stats, table,
};
use crate::web::{Answer, Chrome, page};

/// Lessons on the page; all of them are in the API.
const SHOWN: usize = 100;

pub(super) async fn show(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Markup> {
    let (earned, account) =
        site.read(|r| Ok((ops::earnings(r, actor.user_id)?, tables::account(r, actor.user_id)?)))?;
    let tz = zone(&actor.timezone).unwrap_or_else(|| site.zone.clone());
    Ok(page(
        &chrome,
        "Earnings",
        html! {
            div.wrap.stack.stack--l {
                (page_head("Earnings", "Each lesson is paid out 24 hours after it ends.", html! {}))
                (payouts(account.as_ref()))
                (totals(&earned))
                (section("lessons", "Paid lessons", "The latest payout first.", list(&earned.lessons, &tz)))
            }
        },
    ))
}

fn payouts(account: Option<&PayoutAccount>) -> Markup {
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

fn list(lessons: &[LessonEarning], tz: &TimeZone) -> Markup {
    if lessons.is_empty() {
        return empty("Nothing paid out yet", "Your first lesson appears here a day after it ends.", None);
    }
    let row = |lesson: &LessonEarning| {
        let (date, _) = utc_to_local(lesson.start, tz);
        Row::new(vec![
            html! { (lesson.description) },
            html! { (fmt_date(date)) ", " (date.year()) },
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
