//! How many people teach what. The facts belong to a higher room, which leaves a [`SupplyCounter`] at wiring.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::rules::catalogue;
use crate::base::id::{CategoryId, ServiceId, UserId};
use crate::base::refusal::Outcome;
use crate::site::Site;

/// One live instructor's active offering.
#[derive(Clone, Copy, Debug)]
pub struct Teaching {
    pub instructor: UserId,
    pub service: ServiceId,
    /// Whether the offering takes children.
    pub children: bool,
}

/// Instructors of one service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Teachers {
    pub all: u32,
    pub of_children: u32,
}

/// Counts of people, never of offerings: someone with three services in a category is one person there.
#[derive(Clone, Debug, Default)]
pub struct Supply {
    services: HashMap<ServiceId, Teachers>,
    categories: HashMap<CategoryId, u32>,
}

impl Supply {
    /// From counts that somebody keeps.
    pub fn of_counts(services: HashMap<ServiceId, Teachers>, categories: HashMap<CategoryId, u32>) -> Self {
        Self { services, categories }
    }

    /// Counts live offerings. An instructor has at most one offering of a service.
    pub fn of_offerings(offerings: impl IntoIterator<Item = Teaching>) -> Self {
        let mut supply = Self::default();
        let mut seen = HashSet::new();
        for offering in offerings {
            let teachers = supply.services.entry(offering.service).or_default();
            teachers.all += 1;
            teachers.of_children += u32::from(offering.children);
            let Some(service) = catalogue().service(offering.service) else { continue };
            if seen.insert((service.category_id, offering.instructor)) {
                *supply.categories.entry(service.category_id).or_default() += 1;
            }
        }
        supply
    }

    pub fn of(&self, service: ServiceId) -> Teachers {
        self.services.get(&service).copied().unwrap_or_default()
    }

    pub fn in_category(&self, category: CategoryId) -> u32 {
        self.categories.get(&category).copied().unwrap_or_default()
    }
}

type Count = dyn Fn(&Site) -> Outcome<Arc<Supply>> + Send + Sync;

/// Who keeps the counts.
pub struct SupplyCounter(Box<Count>);

impl SupplyCounter {
    pub fn new(count: impl Fn(&Site) -> Outcome<Arc<Supply>> + Send + Sync + 'static) -> Self {
        Self(Box::new(count))
    }
}

/// Who teaches what at this moment.
pub fn supply(site: &Site) -> Outcome<Arc<Supply>> {
    (site.part::<SupplyCounter>()?.0)(site)
}
