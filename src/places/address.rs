//! A saved address: what a person may say about it, and what we add from the region pack.

use serde::{Deserialize, Serialize};

use super::rules::Gazetteer;
use crate::base::geo::Point;
use crate::base::id::{AddressId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{line, line_optional};
use crate::base::time::Timestamp;

/// rule: 20§6 ≤20 per user.
pub const MOST_ADDRESSES: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    Home,
    Work,
    Other,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Address {
    pub id: AddressId,
    pub owner: UserId,
    pub parts: Parts,
    /// From our own data, never from the client (rule: 20§6).
    pub located: Located,
    pub is_default: bool,
    /// Deleting is soft: lessons sold may still name the address.
    pub is_active: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What the person says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    pub label: Label,
    pub custom_label: Option<String>,
    pub recipient_name: Option<String>,
    pub street_line1: String,
    pub street_line2: Option<String>,
    pub locality: String,
    pub administrative_area: String,
    pub postal_code: String,
    pub country_code: String,
    pub place_id: Option<String>,
}

/// What we know about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Located {
    pub point: Option<Point>,
    /// The borough.
    pub district: Option<String>,
    pub neighborhood: Option<String>,
}

impl Located {
    pub fn is_known(&self) -> bool {
        self.point.is_some()
    }
}

/// Parts as sent; absent ones keep what `base` has.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub label: Option<Label>,
    pub custom_label: Option<String>,
    pub recipient_name: Option<String>,
    pub street_line1: Option<String>,
    pub street_line2: Option<String>,
    pub locality: Option<String>,
    pub administrative_area: Option<String>,
    pub postal_code: Option<String>,
    pub country_code: Option<String>,
    pub place_id: Option<String>,
    pub is_default: Option<bool>,
}

/// Clean parts, or the first that is missing or too long.
pub fn judge(wish: &Wish, base: Option<&Parts>) -> Outcome<Parts> {
    let label = wish.label.or(base.map(|b| b.label)).ok_or_else(|| Refusal::invalid("label", "This is needed."))?;
    let state = base.map(|b| &b.administrative_area);
    Ok(Parts {
        label,
        custom_label: may("custom_label", &wish.custom_label, base.map(|b| &b.custom_label), 50)?,
        recipient_name: may("recipient_name", &wish.recipient_name, base.map(|b| &b.recipient_name), 100)?,
        street_line1: must("street_line1", &wish.street_line1, base.map(|b| &b.street_line1), 255)?,
        street_line2: may("street_line2", &wish.street_line2, base.map(|b| &b.street_line2), 255)?,
        locality: must("locality", &wish.locality, base.map(|b| &b.locality), 100)?,
        administrative_area: must("administrative_area", &wish.administrative_area, state, 100)?,
        postal_code: must("postal_code", &wish.postal_code, base.map(|b| &b.postal_code), 20)?,
        country_code: country(wish.country_code.as_deref(), base)?,
        place_id: may("place_id", &wish.place_id, base.map(|b| &b.place_id), 120)?,
    })
}

fn must(field: &str, sent: &Option<String>, kept: Option<&String>, max: usize) -> Outcome<String> {
    match (sent, kept) {
        (Some(text), _) => line(field, text, 1, max),
        (None, Some(kept)) => Ok(kept.clone()),
        (None, None) => Err(Refusal::invalid(field, "This is needed.")),
    }
}

/// Blank takes it away.
fn may(field: &str, sent: &Option<String>, kept: Option<&Option<String>>, max: usize) -> Outcome<Option<String>> {
    match sent {
        Some(text) => line_optional(field, Some(text), max),
        None => Ok(kept.cloned().flatten()),
    }
}

fn country(sent: Option<&str>, base: Option<&Parts>) -> Outcome<String> {
    let code = sent.map(|code| code.trim().to_ascii_uppercase()).or(base.map(|b| b.country_code.clone()));
    let code = code.unwrap_or_else(|| "US".to_owned());
    let sound = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    if sound { Ok(code) } else { Err(Refusal::invalid("country_code", "Two letters, such as US.")) }
}

/// Where that is: the chosen place if it lies in the ZIP code's surroundings, else the middle of the ZIP code.
pub fn locate(parts: &Parts, gazetteer: &Gazetteer) -> Located {
    let zip = parts.postal_code.get(..5).unwrap_or_default();
    let area = gazetteer.zip(zip);
    let chosen = parts.place_id.as_deref().and_then(|id| gazetteer.by_place_id(id)).and_then(|place| place.point);
    let near = |point: &Point| area.is_none_or(|zip| zip.point.distance_km(*point) < 5.0);
    let Some(point) = chosen.filter(near).or(area.map(|zip| zip.point)) else { return Located::default() };
    let region = gazetteer.at(point).or_else(|| gazetteer.near(point, 2.0).first().map(|(ix, _)| *ix));
    Located {
        point: Some(point),
        district: gazetteer.borough_of_zip(zip).map(|b| b.name.clone()),
        neighborhood: region.and_then(|ix| gazetteer.region(ix)).map(|region| region.display.clone()),
    }
}
