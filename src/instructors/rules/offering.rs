//! What an offering may say, and the least it may cost (part 10 §2.1).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::base::money::Cents;
use crate::base::price::{Floors, Place, floor_for, is_remote, lesson_price};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{clean_optional, line};
use crate::catalog::{AgeGroup, Service};
use crate::instructors::model::{Level, Terms};

/// rule: 10§2.1 hourly rate > 0 and ≤ $1000.
const HIGHEST_RATE: Cents = Cents(100_000);
/// rule: 10§2.1 durations.
const SHORTEST: u16 = 30;
const LONGEST: u16 = 240;
const MOST_DURATIONS: usize = 12;
const MOST_EQUIPMENT: usize = 20;

/// An offering as it is asked for; `at` names it in field errors ("services[1]." or "").
#[derive(Clone, Debug)]
pub struct Wish {
    pub at: String,
    pub hourly_rate: Option<Cents>,
    pub format_rates: BTreeMap<Place, Cents>,
    pub description: Option<String>,
    pub requirements: Option<String>,
    pub durations: Option<Vec<u16>>,
    pub places: Vec<Place>,
    pub levels: Option<Vec<Level>>,
    pub age_groups: Option<Vec<AgeGroup>>,
    pub equipment: Vec<String>,
}

/// Clean terms, or what is wrong with them. The floor is judged apart, by [`floor`], inside the write.
pub fn judge(wish: &Wish, service: &Service) -> Outcome<Terms> {
    let field = |name: &str| format!("{}{name}", wish.at);
    let hourly_rate = rate(&field("hourly_rate_cents"), wish.hourly_rate)?;
    let places = distinct(&wish.places);
    if places.is_empty() {
        return Err(Refusal::invalid(&field("location_types"), "Name at least one kind of place."));
    }
    for (place, cents) in &wish.format_rates {
        let at = field(&format!("format_rates.{}", place.name()));
        rate(&at, Some(*cents))?;
        if !places.contains(place) {
            return Err(Refusal::invalid(&at, "This kind of place is not among the location_types."));
        }
    }
    Ok(Terms {
        hourly_rate,
        format_rates: wish.format_rates.clone(),
        description: clean_optional(&field("description"), wish.description.as_deref(), 500)?,
        requirements: clean_optional(&field("requirements"), wish.requirements.as_deref(), 500)?,
        durations: durations(&field("duration_options"), wish.durations.as_deref())?,
        places,
        levels: match wish.levels.as_deref() {
            None | Some([]) => Level::ALL.into(),
            Some(levels) => levels.iter().copied().collect(),
        },
        age_groups: match wish.age_groups.as_deref() {
            None | Some([]) => service.age_groups.iter().copied().collect::<BTreeSet<_>>(),
            Some(groups) => groups.iter().copied().collect(),
        },
        equipment: equipment(&field("equipment_required"), &wish.equipment)?,
    })
}

/// rule: 00§4 Price floor: every offered kind of place and length.
pub fn floor(terms: &Terms, floors: &Floors) -> Outcome<()> {
    for place in &terms.places {
        let remote = is_remote(*place, None);
        for minutes in &terms.durations {
            let price = lesson_price(terms.rate_at(*place), *minutes);
            let least = floor_for(floors, remote, *minutes);
            if price < least {
                return Err(below(*place, remote, *minutes, price, least));
            }
        }
    }
    Ok(())
}

fn below(place: Place, remote: bool, minutes: u16, price: Cents, least: Cents) -> Refusal {
    let how = if remote { "online" } else { "in person" };
    let said = format!(
        "A lesson of {minutes} minutes {how} would cost {}, the least allowed is {}.",
        price.dollars(),
        least.dollars()
    );
    Refusal::unprocessable("PRICE_BELOW_FLOOR", said).details(json!({
        "modality": if remote { "remote" } else { "in_person" },
        "location_type": place.name(),
        "duration_minutes": minutes,
        "base_price_cents": price,
        "required_floor_cents": least,
    }))
}

fn rate(field: &str, cents: Option<Cents>) -> Outcome<Cents> {
    let cents = cents.ok_or_else(|| Refusal::invalid(field, "Say what an hour costs."))?;
    if !cents.is_positive() || cents > HIGHEST_RATE {
        return Err(Refusal::invalid(field, format!("More than $0, at most {}.", HIGHEST_RATE.dollars_short())));
    }
    Ok(cents)
}

fn durations(field: &str, wanted: Option<&[u16]>) -> Outcome<Vec<u16>> {
    let Some(wanted) = wanted else { return Ok(vec![60]) };
    let set: BTreeSet<u16> = wanted.iter().copied().collect();
    let sound = !set.is_empty() && set.len() <= MOST_DURATIONS && set.iter().all(|m| (SHORTEST..=LONGEST).contains(m));
    if !sound {
        return Err(Refusal::invalid(field, format!("One or more lengths of {SHORTEST} to {LONGEST} minutes.")));
    }
    Ok(set.into_iter().collect())
}

fn equipment(field: &str, list: &[String]) -> Outcome<Vec<String>> {
    if list.len() > MOST_EQUIPMENT {
        return Err(Refusal::invalid(field, format!("At most {MOST_EQUIPMENT} things.")));
    }
    let clean_one = |thing: &String| line(field, thing, 1, 100);
    let things: Outcome<Vec<String>> = list.iter().map(clean_one).collect();
    Ok(distinct(&things?))
}

/// In the order first named: the first place is the one a booking takes when it names none.
fn distinct<T: Clone + PartialEq>(list: &[T]) -> Vec<T> {
    let mut out: Vec<T> = Vec::new();
    for item in list {
        if !out.contains(item) {
            out.push(item.clone());
        }
    }
    out
}
