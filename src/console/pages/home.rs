//! `/admin`: today at a glance, what needs someone, how the program is.

use axum::extract::State;
use maud::{Markup, html};

use super::shell::{as_of, heading, moments, show};
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::base::time::{Date, fmt_date};
use crate::console::figures::attention::{Matter, Urgency, matters};
use crate::console::figures::health::{Vital, vitals};
use crate::console::figures::today::{
    self, Booked, Day, LESSON_DAYS, Lessons, MONEY_DAYS, Money, charged_per_day, lessons_per_day,
};
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{
    Bar, Button, Icon, Stat, Tone, badge, bar_chart, chart_box, empty, icon, link_button, stats,
};
use crate::web::{Answer, Chrome};

pub async fn home(State(site): State<Site>, chrome: Chrome) -> Answer<Markup> {
    let times = moments(&site);
    let day = Day::today(times.now, &site.zone);
    let body = site.read(|r| {
        let lessons = today::lessons(r, &day, times.now)?;
        Ok(html! {
            (heading(day.date.strftime("%A, %B %-d").to_string(), as_of(&chrome, &times)))
            (figures(&lessons, &today::booked(r, &day)?, &today::money(r, &day)?))
            (attention(&matters(r, times.now, &times)?))
            (health(&vitals(&site, r)?))
            (charts(&site, r, day.date)?)
        })
    })?;
    Ok(show(&site, &chrome, "Console", body)?)
}

fn figures(lessons: &Lessons, booked: &Booked, money: &Money) -> Markup {
    let lesson_words = match lessons.total() {
        0 => "none on the calendar".to_owned(),
        _ => format!("{} finished, {} under way, {} to come", lessons.finished, lessons.under_way, lessons.to_come),
    };
    let mut charge_words = count(money.charges, "charge", "charges");
    if money.refunded.is_positive() {
        charge_words = format!("{charge_words}, {} refunded", money.refunded.dollars());
    }
    let kept_words = if money.credit_given.is_positive() {
        format!("after {} of credit given, before Stripe", money.credit_given.dollars())
    } else {
        "service fees and shares, before Stripe".to_owned()
    };
    stats(&[
        Stat::new("Lessons today", lessons.total().to_string(), lesson_words),
        Stat::new("Booked today", booked.value.dollars(), count(booked.count, "lesson", "lessons")),
        Stat::new("Charged to cards", money.charged.dollars(), charge_words),
        Stat::new("To instructors", money.to_instructors.dollars(), count(money.payouts, "payout", "payouts")),
        Stat::new("Kept", money.kept.dollars(), kept_words),
    ])
}

fn attention(matters: &[Matter]) -> Markup {
    html! {
        section aria-labelledby="attention-h" {
            h2.h3 id="attention-h" { "Needs someone" }
            @if matters.is_empty() {
                (empty("Nothing waits", "Refused cards, disputes, dead jobs and lost mails appear here, the most pressing first.", None))
            } @else {
                ol.attention { @for matter in matters { (matter_row(matter)) } }
            }
        }
    }
}

fn matter_row(matter: &Matter) -> Markup {
    let (tone, word) = match matter.urgency {
        Urgency::Now => (Tone::Bad, "Act now"),
        Urgency::Today => (Tone::Warn, "Today"),
        Urgency::Look => (Tone::Info, "Look"),
    };
    let about = format!("{}: {}", matter.action, matter.title);
    html! {
        li {
            (badge(tone, word))
            p { b { (matter.title) } br; span.muted.small { (matter.detail) } }
            (link_button(&matter.href, &Button::line(matter.action).small().says(&about)))
        }
    }
}

fn health(vitals: &[Vital]) -> Markup {
    html! {
        section aria-labelledby="health-h" {
            h2.h3 id="health-h" { "Health" }
            ul.health {
                @for vital in vitals {
                    li {
                        b { (vital.name) }
                        @if vital.fine { span.ok { (icon(Icon::Check)) " fine" } } @else { span.warn { (icon(Icon::Warn)) " look" } }
                        span.muted { (vital.words) }
                    }
                }
            }
        }
    }
}

fn charts(site: &Site, r: &dyn Read, date: Date) -> Outcome<Markup> {
    let lessons = lessons_per_day(r, date, &site.zone)?;
    let charged: Vec<_> = charged_per_day(r, date, &site.zone)?;
    let dollars: Vec<(Date, u64)> =
        charged.iter().map(|(date, cents)| (*date, u64::try_from(cents.0 / 100).unwrap_or(0))).collect();
    let sum: crate::base::money::Cents = charged.iter().map(|(_, cents)| *cents).sum();
    let total: u64 = lessons.iter().map(|(_, n)| n).sum();
    Ok(html! {
        div.charts {
            (chart_box("Lessons per day", "", bars("Lessons per day", &lessons), format!("{total} in {LESSON_DAYS} days.")))
            (chart_box("Charged per day, in dollars", "", bars("Dollars charged per day", &dollars), format!("{} in {MONEY_DAYS} days.", sum.dollars())))
        }
    })
}

/// Today stands out; the first day and the middle are named.
fn bars(what: &str, days: &[(Date, u64)]) -> Markup {
    let (least, most) = days.iter().fold((u64::MAX, 0), |(low, high), (_, n)| (low.min(*n), high.max(*n)));
    let last = days.len().saturating_sub(1);
    let today = days.last().map_or(0, |(_, n)| *n);
    let label = format!("{what}, {} days, between {least} and {most}. Today {today}.", days.len());
    let bar = |(at, (date, value)): (usize, &(Date, u64))| Bar {
        value: *value,
        hot: at == last,
        word: match at {
            _ if at == last => "Today".to_owned(),
            at if at == 0 || at == days.len() / 2 => {
                fmt_date(*date).split_once(' ').map_or_else(String::new, |(_, d)| d.to_owned())
            }
            _ => String::new(),
        },
    };
    bar_chart(&label, &days.iter().enumerate().map(bar).collect::<Vec<_>>())
}
