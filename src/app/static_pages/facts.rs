//! The numbers in the words, as they are in force now.

use crate::base::money::{Bp, Cents};
use crate::base::price::{Floors, Split, split};
use crate::base::refusal::Outcome;
use crate::payments::rules::pricing::{PRICING, PricingConfig};
use crate::site::Site;
use crate::site::settings::{PRICE_FLOORS, SUPPORT_EMAIL};
use crate::web::Chrome;

pub struct Facts {
    pub brand: String,
    /// "New York".
    pub city: String,
    pub sandbox: bool,
    /// Where people who run this site read mail, if they said so.
    pub support: Option<String>,
    pub floors: Floors,
    pub pricing: PricingConfig,
}

impl Facts {
    pub fn read(site: &Site, chrome: &Chrome) -> Outcome<Self> {
        let snapshot = site.store.snapshot()?;
        let support = SUPPORT_EMAIL.read(&snapshot)?;
        Ok(Self {
            brand: chrome.brand.clone(),
            city: chrome.city.clone(),
            sandbox: chrome.sandbox,
            support: Some(support).filter(|address| !address.is_empty()),
            floors: PRICE_FLOORS.read(&snapshot)?,
            pricing: PRICING.read(&snapshot)?,
        })
    }

    /// What booking protection adds, "12%".
    pub fn protection(&self) -> String {
        self.pricing.student_fee.percent()
    }

    /// The share kept from whoever begins to teach.
    pub fn first_share(&self) -> Bp {
        self.pricing.tiers.first().map_or(Bp(0), |tier| tier.pct)
    }

    /// The example every page uses: an hour at $80.
    pub fn example(&self) -> Split {
        split(Cents(8000), self.pricing.student_fee, self.first_share(), Cents::ZERO, Cents::ZERO)
    }

    /// "1 to 4 lessons in 30 days", "11 and more".
    pub fn tier_rows(&self) -> Vec<(String, Bp)> {
        let days = self.pricing.activity_window_days;
        let words = |min: u32, max: Option<u32>| match max {
            Some(max) => format!("{min} to {max} lessons in {days} days"),
            None => format!("{min} and more"),
        };
        self.pricing.tiers.iter().map(|tier| (words(tier.min, tier.max), tier.pct)).collect()
    }

    /// "lesson 5 brings $10, lesson 11 brings $20, and so on every 11 lessons".
    pub fn milestones(&self) -> String {
        let cycle = self.pricing.credit_cycle;
        let mut steps: Vec<(u32, Cents)> = self
            .pricing
            .credit_steps
            .iter()
            .map(|step| (if step.position == 0 { cycle } else { step.position }, step.cents))
            .collect();
        steps.sort_unstable_by_key(|step| step.0);
        let words = steps.iter().map(|(lesson, sum)| format!("lesson {lesson} brings {}", sum.dollars_short()));
        words.chain([format!("and so on every {cycle} lessons")]).collect::<Vec<_>>().join(", ")
    }
}
