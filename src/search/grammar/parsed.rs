//! What was understood, as the wire names it. A slot that was not said is left out.
// rule: 00§7 parsed

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::piece::{Audience, DateType, LessonType, Level, LocationKind, PriceIntent, PriceUnit, Sort, Urgency, Venue};
use crate::base::time::{Date, WallTime};

/// The understood query.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Parsed {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service_query: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_services: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subcategory: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub location: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_kind: Option<LocationKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_text: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub location_ambiguous: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius_mi: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_min_cents: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_max_cents: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_target_cents: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_unit: Option<PriceUnit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_intent: Option<PriceIntent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub date_from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub date_to: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_type: Option<DateType>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub date_alternatives: Vec<Date>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub date_ambiguous: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub date_soft: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_after: Option<WallTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_before: Option<WallTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_minutes: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_max: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skill_level: Option<Level>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lesson_type: Option<LessonType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Venue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_size: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub filters: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_lang: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
}

impl Parsed {
    /// Raises a flag once.
    pub fn flag(&mut self, flag: &str) {
        if !self.flags.iter().any(|raised| raised == flag) {
            self.flags.push(flag.to_owned());
        }
    }

    /// Whether any price was said as a number.
    pub fn has_price(&self) -> bool {
        self.price_min_cents.is_some() || self.price_max_cents.is_some() || self.price_target_cents.is_some()
    }

    /// Whether any day was said.
    pub fn has_date(&self) -> bool {
        self.date.is_some() || self.date_from.is_some() || self.date_to.is_some() || !self.weekdays.is_empty()
    }
}

/// One thing that was read, shown so that it can be taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Chip {
    pub kind: String,
    pub value: String,
    pub label: String,
    /// Where it stands in the typed query, in characters: first and one past the last.
    pub span: [usize; 2],
    pub confidence: f64,
}
