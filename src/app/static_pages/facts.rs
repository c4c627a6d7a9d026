//! The numbers in the words, as they are in force now.

use crate::base::money::{Bp, Cents};
use crate::base::price::{Floors, Split, split};
use crate::base::refusal::Outcome;
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
    /// What booking protection adds for a student.
    pub student_fee: Bp,
    /// From how many lessons in 30 days, and what share is kept.
    pub tiers: Vec<(u32, Bp)>,
    pub founding_fee: Bp,
    pub founding_cap: u32,
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
            student_fee: Bp(1200),
            tiers: vec![(1, Bp(1500)), (5, Bp(1200)), (11, Bp(1000))],
            founding_fee: Bp(800),
            founding_cap: 100,
        })
    }

    /// The example every page uses: an hour at $80.
    pub fn example(&self) -> Split {
        let first = self.tiers.first().map_or(Bp(0), |tier| tier.1);
        split(Cents(8000), self.student_fee, first, Cents::ZERO, Cents::ZERO)
    }

    /// "1 to 4 lessons", "11 and more".
    pub fn tier_rows(&self) -> Vec<(String, Bp)> {
        let ends = self.tiers.iter().skip(1).map(|(from, _)| Some(from - 1)).chain([None]);
        self.tiers
            .iter()
            .zip(ends)
            .map(|((from, share), end)| match end {
                Some(end) => (format!("{from} to {end} lessons in 30 days"), *share),
                None => (format!("{from} and more"), *share),
            })
            .collect()
    }
}
