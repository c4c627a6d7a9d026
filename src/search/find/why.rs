//! In words: why a card is here, and what is different about one that does not fit wholly.

use super::criteria::{Criteria, KM_PER_MILE};
use super::judge::{Fails, Judged};
use crate::availability::rules::open::Opening;
use crate::base::money::Cents;
use crate::base::price::{Place, lesson_price};
use crate::base::time::{Date, Timestamp, fmt_clock, fmt_date, plus_days, today_in};
use crate::search::supply::Row;
use crate::search::understand::knowledge;

/// Reviews from which a mean is shown.
pub const SHOWN_REVIEWS: u64 = 3;

/// The facts that speak for a card, most important first.
pub fn reasons(row: &Row, best: &Judged, criteria: &Criteria, slots: &[Opening], now: Timestamp) -> Vec<String> {
    let offer = &row.offers[best.offer];
    let mut why = vec![format!("Teaches {}", knowledge().service_name(offer.service))];
    if let Some(area) = &criteria.area {
        if best.fails.location {
            // What is different is said before all that.
        } else if best.covered {
            why.push(format!("Covers {}", area.label));
        } else if let Some(km) = best.distance_km {
            why.push(from_there(km, &area.label));
        }
    } else if best.place == Place::Remote {
        why.push("Online".to_owned());
    }
    if let Some(slot) = slots.first().filter(|_| !best.fails.date && !best.fails.time) {
        why.push(format!("Free {} at {}", day(slot.date, today_in(now, &row.zone)), fmt_clock(slot.start)));
    }
    if let Some(max) = criteria.money.max.filter(|_| !best.fails.price) {
        let rate = offer.rate_at(best.place);
        let paid = if criteria.money.per_session { lesson_price(rate, best.minutes) } else { rate };
        if paid.0 <= max {
            why.push(format!("{} is within your {}", paid.dollars_short(), Cents(max).dollars_short()));
        }
    }
    if let Some(age) = offer.ages.iter().find(|age| criteria.ages.contains(age)) {
        why.push(format!("Takes {}", age_words(age.name())));
    }
    if let Some(level) = criteria.level.filter(|level| offer.levels.contains(level)) {
        why.push(format!("Teaches {}", level.name()));
    }
    why.extend(criteria.languages.iter().map(|language| format!("Speaks {language}")));
    if let Some(rating) = row.rating.filter(|_| row.reviews >= SHOWN_REVIEWS) {
        why.push(format!("{rating:.1} from {} reviews", row.reviews));
    }
    why
}

fn age_words(group: &str) -> &str {
    match group {
        "kids" => "children",
        "toddler" => "toddlers",
        other => other,
    }
}

/// What is different about a result that needed wishes let go: a sentence for each.
pub fn different(best: &Judged, criteria: &Criteria, slots: &[Opening], row: &Row) -> Option<String> {
    let mut said = Vec::new();
    let free = |nothing: &str| {
        let slot = slots.first()?;
        Some(format!("Nothing free {nothing}. Free {} at {}.", day(slot.date, criteria.today), fmt_clock(slot.start)))
    };
    let when = &criteria.when;
    match best.fails {
        Fails { date: true, .. } if when.first == when.last => {
            // "Nothing free today", "nothing free on Thu Nov 12".
            let day = day(when.first, criteria.today);
            let near = day == "today" || day == "tomorrow";
            said.extend(free(&if near { day } else { format!("on {day}") }));
        }
        Fails { date: true, .. } => said.extend(free("on those days")),
        Fails { time: true, .. } => said.extend(free("at that time")),
        _ => {}
    }
    if best.fails.location {
        let label = criteria.area.as_ref().map_or("there", |area| area.label.as_str());
        let away = best.distance_km.map(|km| from_there(km, label));
        said.push(format!("{}.", away.unwrap_or_else(|| format!("A little further from {label}"))));
    }
    if best.fails.price {
        let rate = row.offers[best.offer].rate_at(best.place);
        let paid = if criteria.money.per_session { lesson_price(rate, best.minutes) } else { rate };
        let max = Cents(criteria.money.max.unwrap_or(0));
        said.push(format!("{} over your {}.", (paid - max).dollars_short(), max.dollars_short()));
    }
    (!said.is_empty()).then(|| said.join(" "))
}

/// "today", "tomorrow", "Thu Nov 12".
pub fn day(date: Date, today: Date) -> String {
    if date == today {
        "today".to_owned()
    } else if date == plus_days(today, 1) {
        "tomorrow".to_owned()
    } else {
        fmt_date(date)
    }
}

/// "1.8 miles from Astoria", "Next door to Astoria".
fn from_there(km: f64, label: &str) -> String {
    miles(km).map_or_else(|| format!("Next door to {label}"), |miles| format!("{miles} from {label}"))
}

/// "1.8 miles away", "next door".
pub fn away(km: f64) -> String {
    miles(km).map_or_else(|| "next door".to_owned(), |miles| format!("{miles} away"))
}

/// "1.8 miles"; less than a few blocks is none.
fn miles(km: f64) -> Option<String> {
    let miles = km / KM_PER_MILE;
    (miles >= 0.15).then(|| format!("{miles:.1} miles"))
}
