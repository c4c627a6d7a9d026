//! `/admin/settings/pricing`: the prices, a change tried on the last 90 days, the history (rule: 50§3, level T).

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::confirm::{Confirm, ask, correctable};
use super::proof::{self, Proof, prove};
use super::shell::{heading, moments, person, show};
use crate::accounts;
use crate::base::access::Actor;
use crate::base::money::{Bp, Cents, Fraction};
use crate::base::price::Floors;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::count;
use crate::console::words::Moments;
use crate::payments::model::{PriceQuote, PricingVersion};
use crate::payments::ops::{self, CycleIn, FloorsIn, PricingPatch, StepIn, TierIn};
use crate::payments::rules::pricing::PricingConfig;
use crate::payments::rules::rehearse::{Rehearsal, Sums};
use crate::site::Site;
use crate::site::audit::By;
use crate::store::Read;
use crate::web::components::{Button, Col, Field, Row, Table, Tone, button, facts, field, notice, table};
use crate::web::{Answer, Chrome, Form, Params, see_other};

const PATH: &str = "/admin/settings/pricing";
const PHRASE: &str = "change the prices";

/// The form as it is typed: percent and dollars.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    student_fee: String,
    founding_rate: String,
    founding_cap: String,
    founding_boost: String,
    /// One tier a line: `1-4: 15`.
    tiers: String,
    activity_window: String,
    stepdown: String,
    inactivity: String,
    floor_in_person: String,
    floor_remote: String,
    cycle: String,
    /// One step a line: `5: 10`.
    steps: String,
    reason: String,
    /// The version the form was filled from.
    version: String,
    /// `try` shows what a change would mean, `save` makes it.
    go: String,
    #[serde(flatten)]
    proof: Proof,
}

fn percent(bp: Bp) -> String {
    bp.percent().trim_end_matches('%').to_owned()
}

fn dollars(cents: Cents) -> String {
    cents.dollars_short().trim_start_matches('$').replace(',', "")
}

impl Typed {
    fn of(config: &PricingConfig, floors: &Floors) -> Self {
        let tier = |tier: &crate::payments::rules::pricing::Tier| match tier.max {
            Some(max) => format!("{}-{max}: {}", tier.min, percent(tier.pct)),
            None => format!("{}+: {}", tier.min, percent(tier.pct)),
        };
        let lines = |all: Vec<String>| all.join("\n");
        let steps = config.credit_steps.iter().map(|step| format!("{}: {}", step.position, dollars(step.cents)));
        Self {
            student_fee: percent(config.student_fee),
            founding_rate: percent(config.founding_rate),
            founding_cap: config.founding_cap.to_string(),
            founding_boost: format!("{}.{:02}", config.founding_search_boost / 100, config.founding_search_boost % 100),
            tiers: lines(config.tiers.iter().map(tier).collect()),
            activity_window: config.activity_window_days.to_string(),
            stepdown: config.stepdown_max.to_string(),
            inactivity: config.inactivity_reset_days.to_string(),
            floor_in_person: dollars(floors.in_person),
            floor_remote: dollars(floors.remote),
            cycle: config.credit_cycle.to_string(),
            steps: lines(steps.collect()),
            version: config.version.to_string(),
            ..Self::default()
        }
    }

    /// The patch that the form means, or what is wrong with one of its fields.
    fn patch(&self) -> Outcome<PricingPatch> {
        Ok(PricingPatch {
            student_fee_pct: Some(share("student_fee", &self.student_fee)?),
            founding_instructor_rate_pct: Some(share("founding_rate", &self.founding_rate)?),
            founding_instructor_cap: Some(whole("founding_cap", &self.founding_cap)?),
            founding_search_boost: Some(Fraction(Bp(hundredths("founding_boost", &self.founding_boost)? * 100))),
            instructor_tiers: Some(rows("tiers", &self.tiers, tier)?),
            tier_activity_window_days: Some(whole("activity_window", &self.activity_window)?),
            tier_stepdown_max: Some(whole("stepdown", &self.stepdown)?),
            tier_inactivity_reset_days: Some(whole("inactivity", &self.inactivity)?),
            price_floor_cents: Some(FloorsIn {
                private_in_person: money("floor_in_person", &self.floor_in_person)?,
                private_remote: money("floor_remote", &self.floor_remote)?,
            }),
            student_credit_cycle: Some(CycleIn {
                cycle_len: whole("cycle", &self.cycle)?,
                steps: rows("steps", &self.steps, |line| {
                    let (position, sum) = line.split_once(':')?;
                    Some(StepIn { position: position.trim().parse().ok()?, cents: money("steps", sum).ok()? })
                })?,
            }),
            reason: None,
        })
    }
}

/// A number with up to two decimals, times a hundred.
fn hundredths(name: &str, text: &str) -> Outcome<u32> {
    let wrong = || Refusal::invalid(name, "A number with up to two decimals.");
    let text = text.trim().trim_end_matches('%').trim_start_matches('$').replace(',', "");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if part.len() > 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let part: u32 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
    let whole: u32 = whole.trim().parse().map_err(|_| wrong())?;
    whole.checked_mul(100).and_then(|sum| sum.checked_add(part)).ok_or_else(wrong)
}

/// "12.5" percent.
fn share(name: &str, text: &str) -> Outcome<Fraction> {
    Ok(Fraction(Bp(hundredths(name, text)?)))
}

fn money(name: &str, text: &str) -> Outcome<Cents> {
    Ok(Cents(i64::from(hundredths(name, text)?)))
}

fn whole(name: &str, text: &str) -> Outcome<u32> {
    text.trim().parse().map_err(|_| Refusal::invalid(name, "A whole number."))
}

fn rows<T>(name: &str, text: &str, read: impl Fn(&str) -> Option<T>) -> Outcome<Vec<T>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| read(line).ok_or_else(|| Refusal::invalid(name, format!("“{line}” cannot be read.")))).collect()
}

/// `1-4: 15` or `11+: 10`.
fn tier(line: &str) -> Option<TierIn> {
    let (span, pct) = line.split_once(':')?;
    let pct = share("tiers", pct).ok()?;
    match span.trim().strip_suffix('+') {
        Some(min) => Some(TierIn { min: min.trim().parse().ok()?, max: None, pct }),
        None => {
            let (min, max) = span.split_once(['-', '–'])?;
            Some(TierIn { min: min.trim().parse().ok()?, max: Some(max.trim().parse().ok()?), pct })
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    saved: bool,
    /// A version whose prices shall fill the form.
    from: Option<u64>,
}

pub async fn prices(State(site): State<Site>, chrome: Chrome, Params(done): Params<Done>) -> Answer<Response> {
    let typed = site.read(|r| {
        let (config, floors, _) = ops::pricing(r)?;
        let earlier = ops::pricing_history(r)?.into_iter().find(|version| Some(version.config.version) == done.from);
        Ok(match earlier {
            Some(earlier) => {
                Typed { version: config.version.to_string(), ..Typed::of(&earlier.config, &earlier.floors) }
            }
            None => Typed::of(&config, &floors),
        })
    })?;
    form(&site, &chrome, &typed, None, done.saved)
}

/// Tries a change, and once it was seen, makes it.
pub async fn change(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let patch = match typed.patch() {
        Ok(patch) => patch,
        Err(refusal) => return form(&site, &chrome, &typed, Some(correctable(refusal)?), false),
    };
    let now = site.now();
    let tried = site.read(|r| ops::rehearse_pricing(r, now, &patch));
    let rehearsal = match tried {
        Ok((_, rehearsal)) => rehearsal,
        Err(refusal) => return form(&site, &chrome, &typed, Some(correctable(refusal)?), false),
    };
    if typed.go != "save" {
        return confirming(&site, &chrome, &actor, &typed, &rehearsal, None);
    }
    match save(&site, &actor, by, &typed, patch).await {
        Ok(()) => Ok(see_other(&format!("{PATH}?saved=true"))),
        Err(refusal) => confirming(&site, &chrome, &actor, &typed, &rehearsal, Some(correctable(refusal)?)),
    }
}

async fn save(site: &Site, actor: &Actor, by: By, typed: &Typed, patch: PricingPatch) -> Outcome<()> {
    let by = by.because(&typed.reason)?;
    prove(site, actor, PHRASE, &typed.proof).await?;
    let version = site.read(|r| Ok(ops::pricing(r)?.0.version))?;
    if version.to_string() != typed.version {
        return Err(Refusal::conflict(
            "PRICING_CHANGED",
            "Somebody changed the prices meanwhile. Begin again from them.",
        ));
    }
    ops::change_pricing(site, by, patch).await
}

fn form(site: &Site, chrome: &Chrome, typed: &Typed, refused: Option<Refusal>, saved: bool) -> Answer<Response> {
    use axum::response::IntoResponse as _;
    let times = moments(site);
    let error = |name: &str| {
        let found = refused.as_ref().and_then(|r| r.errors.iter().find(|e| e.field == name));
        found.map(|e| e.message.clone())
    };
    let history = site.read(|r| history(r, &times))?;
    let body = html! {
        div.stack.stack--l {
            (heading("Prices", html! {}))
            @if saved { (notice(Tone::Ok, "The prices are changed. Lessons already booked keep theirs.")) }
            @if let Some(refusal) = &refused { (notice(Tone::Warn, refusal.errors.first().map_or(refusal.detail.as_str(), |error| error.message.as_str()))) }
            form.stack method="post" action=(PATH) {
                input type="hidden" name="version" value=(typed.version);
                (inputs(typed, &error))
                p { (button(&Button::primary("Try it on the last 90 days").sends("go", "try").busy("Counting…"))) }
                p.small.muted { "Nothing is changed yet: you see first what it would have meant." }
            }
            (history)
        }
    };
    let status = refused.map_or(axum::http::StatusCode::OK, |_| axum::http::StatusCode::UNPROCESSABLE_ENTITY);
    Ok((status, show(site, chrome, "Prices", body)?).into_response())
}

fn inputs(typed: &Typed, error: &dyn Fn(&str) -> Option<String>) -> Markup {
    let one = |name: &str, label: &str, value: &str, hint: &str, rows: Option<u8>| {
        let error = error(name);
        let inputmode = if rows.is_none() { "decimal" } else { "" };
        field(&Field {
            name,
            label,
            value,
            hint,
            rows,
            inputmode,
            error: error.as_deref(),
            required: true,
            ..Field::default()
        })
    };
    html! {
        div.two {
            (one("student_fee", "Booking protection, percent", &typed.student_fee, "What students pay on top of the lesson.", None))
            (one("founding_rate", "Founding share, percent", &typed.founding_rate, "For life.", None))
            (one("tiers", "Our share of a lesson", &typed.tiers, "One tier a line, by lessons in the window: 1-4: 15", Some(4)))
            (one("steps", "Milestone credit", &typed.steps, "Place in the cycle and dollars, one a line: 5: 10", Some(3)))
            (one("activity_window", "Window of the tiers, days", &typed.activity_window, "", None))
            (one("cycle", "Milestone cycle, lessons", &typed.cycle, "", None))
            (one("stepdown", "Steps down at most", &typed.stepdown, "", None))
            (one("inactivity", "Back to the first tier after, days", &typed.inactivity, "", None))
            (one("floor_in_person", "Least price of an hour in person, dollars", &typed.floor_in_person, "", None))
            (one("floor_remote", "Least price of an hour online, dollars", &typed.floor_remote, "", None))
            (one("founding_cap", "Founding places", &typed.founding_cap, "", None))
            (one("founding_boost", "Founding search boost", &typed.founding_boost, "From 1 to 3.", None))
        }
    }
}

fn confirming(
    site: &Site,
    chrome: &Chrome,
    actor: &Actor,
    typed: &Typed,
    rehearsal: &Rehearsal,
    refused: Option<Refusal>,
) -> Answer<Response> {
    let view = Confirm {
        title: "Change the prices like this?".to_owned(),
        back: ("Back to the prices", PATH),
        action: PATH,
        effects: told(rehearsal),
        fields: html! {
            (hidden(typed))
            input type="hidden" name="go" value="save";
            (proof::fields(site, actor, PHRASE, refused.as_ref()))
        },
        button: Button::primary("Change the prices").busy("Saving…"),
        keep: "Leave them as they are",
        reason: &typed.reason,
        unchanged: "The prices are as they were.",
    };
    ask(site, chrome, &view, refused.as_ref())
}

fn hidden(typed: &Typed) -> Markup {
    let all = [
        ("student_fee", &typed.student_fee),
        ("founding_rate", &typed.founding_rate),
        ("founding_cap", &typed.founding_cap),
        ("founding_boost", &typed.founding_boost),
        ("tiers", &typed.tiers),
        ("activity_window", &typed.activity_window),
        ("stepdown", &typed.stepdown),
        ("inactivity", &typed.inactivity),
        ("floor_in_person", &typed.floor_in_person),
        ("floor_remote", &typed.floor_remote),
        ("cycle", &typed.cycle),
        ("steps", &typed.steps),
        ("version", &typed.version),
    ];
    html! { @for (name, value) in all { input type="hidden" name=(name) value=(value); } }
}

/// What the change would have meant.
fn told(rehearsal: &Rehearsal) -> Markup {
    let row = |label: &str, of: fn(&Sums) -> Cents| {
        let (was, new) = (of(&rehearsal.was), of(&rehearsal.would_be));
        Row::new(vec![
            html! { (label) },
            html! { (was.dollars()) },
            html! { (new.dollars()) },
            html! { b { ((new - was).dollars()) } },
        ])
    };
    let sums = Table {
        caption: "What each side would have paid and earned".to_owned(),
        caption_hidden: true,
        cols: vec![Col::new("Last 90 days"), Col::end("It was"), Col::end("It would be"), Col::end("Difference")],
        rows: vec![
            row("Students paid", |sums| sums.students_paid_cents),
            row("Instructors earned", |sums| sums.instructors_earned_cents),
            row("The marketplace kept", |sums| sums.marketplace_kept_cents),
        ],
        foot: None,
    };
    html! {
        p { (count(rehearsal.lessons as usize, "lesson was", "lessons were")) " held. They keep what they were sold at; this is what they would have come to." }
        (table(&sums))
        p { (count(rehearsal.worse_off as usize, "instructor would", "instructors would")) " have earned less, " (rehearsal.better_off) " more." }
        @if let Some((was, new)) = &rehearsal.example { (example(was, new)) }
        p { "Holds from the next lesson that is priced." }
    }
}

fn example(was: &PriceQuote, new: &PriceQuote) -> Markup {
    let words = |quote: &PriceQuote| {
        format!("student {}, instructor {}", (quote.lesson + quote.student_fee).dollars(), quote.payout.dollars())
    };
    html! {
        h3 { "The lesson that would differ most" }
        (facts(&[("It was", html! { (words(was)) }), ("It would be", html! { (words(new)) })]))
    }
}

fn history(r: &dyn Read, times: &Moments) -> Outcome<Markup> {
    let versions = ops::pricing_history(r)?;
    if versions.is_empty() {
        return Ok(html! {});
    }
    let current = versions.first().map(|version| version.config.version);
    let mut rows = Vec::new();
    for version in &versions {
        rows.push(row(r, version, current, times)?);
    }
    Ok(html! {
        section.stack.stack--s {
            h2.h3 { "History" }
            (table(&Table {
                caption: "Versions of the prices".to_owned(),
                caption_hidden: true,
                cols: vec![Col::new("Version"), Col::new("Since"), Col::new("Prices"), Col::new("Why"), Col::new("")],
                rows,
                foot: None,
            }))
        }
    })
}

fn row(r: &dyn Read, version: &PricingVersion, current: Option<u64>, times: &Moments) -> Outcome<Row> {
    let number = version.config.version;
    let by = version.by.map(|id| Ok::<_, Refusal>(person(accounts::user(r, id)?.as_ref(), id))).transpose()?;
    let tiers: Vec<String> = version.config.tiers.iter().map(|tier| tier.pct.percent()).collect();
    Ok(Row::new(vec![
        html! { (number) },
        html! { span { @match version.at { Some(at) => (times.at(at)), None => "the beginning" } @if let Some(by) = by { br; small { "by " (by) } } } },
        html! { span { "protection " (version.config.student_fee.percent()) br; small { "share " (tiers.join(", ")) ", founding " (version.config.founding_rate.percent()) } } },
        html! { (version.reason.as_deref().unwrap_or("")) },
        html! {
            @if Some(number) == current { "now" }
            @else { a href={ (PATH) "?from=" (number) } { "Begin from these" } }
        },
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_says_what_the_settings_say_and_back() {
        let (config, floors) = (PricingConfig::default(), Floors::default());
        let typed = Typed::of(&config, &floors);
        assert_eq!(typed.tiers, "1-4: 15\n5-10: 12\n11+: 10");
        assert_eq!((typed.steps.as_str(), typed.founding_boost.as_str()), ("5: 10\n0: 20", "1.50"));
        let patch = typed.patch().unwrap();
        assert_eq!(patch.student_fee_pct.unwrap().0, Bp(1200));
        assert_eq!(patch.price_floor_cents.unwrap().private_remote, Cents(6000));
        assert_eq!(patch.instructor_tiers.unwrap()[2].max, None);
        for (name, bad) in [
            ("student_fee", Typed { student_fee: "a lot".into(), ..typed.clone() }),
            ("tiers", Typed { tiers: "1 to 4: 15".into(), ..typed.clone() }),
            ("steps", Typed { steps: "5".into(), ..typed.clone() }),
        ] {
            assert_eq!(bad.patch().unwrap_err().errors[0].field, name);
        }
    }
}
