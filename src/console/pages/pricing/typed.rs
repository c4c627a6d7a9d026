//! The prices as a person types them, in percent and dollars, and what that means.

use maud::{Markup, html};
use serde::Deserialize;

use crate::base::money::{Bp, Cents, Fraction};
use crate::base::price::Floors;
use crate::base::refusal::{Outcome, Refusal};
use crate::console::pages::proof::Proof;
use crate::payments::ops::{CycleIn, FloorsIn, PricingPatch, StepIn, TierIn};
use crate::payments::rules::pricing::PricingConfig;

/// The form as it is typed: percent and dollars.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub(super) student_fee: String,
    pub(super) founding_rate: String,
    pub(super) founding_cap: String,
    pub(super) founding_boost: String,
    /// One tier a line: `1-4: 15`.
    pub(super) tiers: String,
    pub(super) activity_window: String,
    pub(super) stepdown: String,
    pub(super) inactivity: String,
    pub(super) floor_in_person: String,
    pub(super) floor_remote: String,
    pub(super) cycle: String,
    /// One step a line: `5: 10`.
    pub(super) steps: String,
    pub(super) reason: String,
    /// The version the form was filled from.
    pub(super) version: String,
    /// `try` shows what a change would mean, `save` makes it.
    pub(super) go: String,
    #[serde(flatten)]
    pub(super) proof: Proof,
}

fn percent(bp: Bp) -> String {
    bp.percent().trim_end_matches('%').to_owned()
}

fn dollars(cents: Cents) -> String {
    cents.dollars_short().trim_start_matches('$').replace(',', "")
}

impl Typed {
    pub(super) fn of(config: &PricingConfig, floors: &Floors) -> Self {
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
    pub(super) fn patch(&self) -> Outcome<PricingPatch> {
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

    /// All of it, to be sent along with the answer to the question.
    pub(super) fn hidden(&self) -> Markup {
        let all = [
            ("student_fee", &self.student_fee),
            ("founding_rate", &self.founding_rate),
            ("founding_cap", &self.founding_cap),
            ("founding_boost", &self.founding_boost),
            ("tiers", &self.tiers),
            ("activity_window", &self.activity_window),
            ("stepdown", &self.stepdown),
            ("inactivity", &self.inactivity),
            ("floor_in_person", &self.floor_in_person),
            ("floor_remote", &self.floor_remote),
            ("cycle", &self.cycle),
            ("steps", &self.steps),
            ("version", &self.version),
        ];
        html! { @for (name, value) in all { input type="hidden" name=(name) value=(value); } }
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
