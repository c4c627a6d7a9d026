//! Services by demand: what is searched, opened and booked, against who teaches it.
// rule: 40§10 popular and trending services

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::model::ServiceDay;
use super::report::{CROWD, rate, rounded};
use super::tables::{self, Days};
use crate::base::id::ServiceId;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, plus_days};
use crate::catalog::{Supply, catalogue};
use crate::store::Read;

/// The last seven days must be this much above the mean of thirty.
const RISING: f64 = 1.2;

/// One service over the last days.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[schema(as = ServiceStanding)]
pub struct Standing {
    #[schema(value_type = String)]
    pub service_catalog_id: Option<ServiceId>,
    pub service_name: String,
    pub category_name: String,
    pub searches_7d: u64,
    pub searches_30d: u64,
    pub searches_90d: u64,
    pub views_30d: u64,
    pub bookings_30d: u64,
    pub bookings_90d: u64,
    pub view_to_booking: f64,
    /// 0–100.
    pub demand_score: f64,
    pub is_trending: bool,
    pub active_instructors: u32,
    pub people_30d: u64,
}

/// 40·min(searches/100, 1) + 40·min(bookings/20, 1) + 20·(views → bookings), over thirty days.
pub fn demand(searches: u64, bookings: u64, views: u64) -> f64 {
    let part = |value: u64, whole: f64| (value as f64 / whole).min(1.0);
    let led = if views == 0 { 0.0 } else { (bookings as f64 / views as f64).min(1.0) };
    rounded(40.0 * part(searches, 100.0) + 40.0 * part(bookings, 20.0) + 20.0 * led)
}

/// Whether the daily mean of seven days exceeds that of thirty by a fifth.
pub fn is_rising(week: u64, month: u64) -> bool {
    week > 0 && week as f64 / 7.0 > RISING * month as f64 / 30.0
}

/// Every service anybody searched, opened or booked in the last ninety days, by demand.
pub fn standings(read: &dyn Read, supply: &Supply, today: Date) -> Outcome<Vec<Standing>> {
    let mut sums: BTreeMap<ServiceId, (Standing, BTreeSet<u64>)> = BTreeMap::new();
    for ((date, service), day) in tables::services(read, Days::ending(today, 90))? {
        let (row, people) = sums.entry(service).or_default();
        add(row, people, &day, date, today);
    }
    let mut rows: Vec<Standing> = sums
        .into_iter()
        .filter_map(|(id, (mut row, people))| {
            let service = catalogue().service(id)?;
            row.service_catalog_id = Some(id);
            row.service_name = service.name.clone();
            row.category_name = catalogue().category(service.category_id).map_or_else(String::new, |c| c.name.clone());
            row.view_to_booking = rate(row.bookings_30d, row.views_30d).min(1.0);
            row.demand_score = demand(row.searches_30d, row.bookings_30d, row.views_30d);
            row.is_trending = is_rising(row.searches_7d, row.searches_30d);
            row.active_instructors = supply.of(id).all;
            row.people_30d = people.len() as u64;
            Some(row)
        })
        .collect();
    rows.sort_by(|a, b| b.demand_score.total_cmp(&a.demand_score).then(a.service_name.cmp(&b.service_name)));
    Ok(rows)
}

fn add(row: &mut Standing, people: &mut BTreeSet<u64>, day: &ServiceDay, date: Date, today: Date) {
    let within = |days: i64| date > plus_days(today, -days);
    row.searches_90d += day.searches;
    row.bookings_90d += day.bookings;
    if within(30) {
        row.searches_30d += day.searches;
        row.views_30d += day.views;
        row.bookings_30d += day.bookings;
        people.extend(&day.people);
    }
    if within(7) {
        row.searches_7d += day.searches;
    }
}

/// What more and more people look for: at least five people, somebody teaches it, the most searched first.
pub fn trending(rows: &[Standing], limit: usize) -> Vec<&Standing> {
    let fits = |row: &&Standing| row.is_trending && row.people_30d >= CROWD as u64 && row.active_instructors > 0;
    let mut rising: Vec<&Standing> = rows.iter().filter(fits).collect();
    rising.sort_by(|a, b| b.searches_7d.cmp(&a.searches_7d).then(a.service_name.cmp(&b.service_name)));
    rising.truncate(limit);
    rising
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demand_and_trend_follow_their_formulae() {
        assert_eq!(demand(100, 20, 20), 100.0);
        assert_eq!(demand(1000, 0, 0), 40.0);
        assert_eq!(demand(50, 10, 40), 45.0);
        assert_eq!(demand(0, 0, 0), 0.0);
        assert!(is_rising(14, 30) && !is_rising(7, 30) && !is_rising(0, 0));
    }
}
