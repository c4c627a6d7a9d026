//! What the address of `/search` may say. Read kindly: what cannot be used is left out, and the page
//! shows what it understood.

use serde::{Deserialize, Serialize};

use crate::base::money::Cents;
use crate::base::text;
use crate::base::time::{Date, WallTime};
use crate::search::find::Overrides;
use crate::search::grammar::{Audience, LessonType, Level, Sort, Venue};
use crate::search::history::Kind;
use crate::search::ops::LONGEST_QUERY;

/// Cards on one page.
pub const PER_PAGE: usize = 20;
const LAST_PAGE: usize = 500;

/// The query and the filters, all as text.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct SearchParams {
    pub q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub minutes: String,
    /// `student_home`, `instructor_place`, `online`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// Links of old name it `age_group`.
    #[serde(rename = "for", alias = "age_group", skip_serializing_if = "String::is_empty")]
    pub audience: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub level: String,
    /// Dollars an hour, as typed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub max: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub date: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub after: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// Stars at least: "4", "4.5".
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rating: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sort: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page: String,
    /// Links from the shelves: a service, a category.
    #[serde(skip_serializing)]
    pub service_catalog_id: String,
    #[serde(skip_serializing)]
    pub category: String,
    /// An old link for what is free soonest.
    #[serde(skip_serializing)]
    pub available_now: String,
}

impl SearchParams {
    /// The sentence as it can be shown; a link from a shelf as the one it stands for (rule: 50§1a `/search`).
    #[must_use]
    pub fn spoken(mut self) -> Self {
        self.q = text::shown_line(&self.q);
        if self.q.trim().is_empty() {
            let catalogue = crate::catalog::catalogue();
            let service = self.service_catalog_id.parse().ok().and_then(|id| catalogue.service(id));
            let category = catalogue.category_by_slug(&self.category);
            self.q = service.map(|it| &it.name).or(category.map(|it| &it.name)).cloned().unwrap_or_default();
        }
        if self.sort.is_empty() && matches!(self.available_now.as_str(), "true" | "1" | "yes") {
            self.sort = Sort::Soonest.name().to_owned();
        }
        self
    }

    /// Whether anything is set beside the sentence.
    pub fn filtered(&self) -> bool {
        let filters = [
            &self.minutes,
            &self.format,
            &self.audience,
            &self.level,
            &self.max,
            &self.date,
            &self.after,
            &self.before,
            &self.rating,
        ];
        filters.iter().any(|value| !value.is_empty())
    }

    /// How the search came about.
    pub fn kind(&self) -> Kind {
        if !self.service_catalog_id.is_empty() {
            Kind::ServicePill
        } else if !self.category.is_empty() {
            Kind::Category
        } else if self.filtered() {
            Kind::Filter
        } else {
            Kind::NaturalLanguage
        }
    }

    /// The sentence, cut at what anybody means.
    pub fn query(&self) -> String {
        self.q.chars().take(LONGEST_QUERY).collect::<String>().trim().to_owned()
    }

    pub fn page(&self) -> usize {
        self.page.parse().ok().filter(|page| (1..=LAST_PAGE).contains(page)).unwrap_or(1)
    }

    pub fn overrides(&self) -> Overrides {
        let (lesson_type, place) = match self.format.as_str() {
            "online" => (Some(LessonType::Online), None),
            "in_person" => (Some(LessonType::InPerson), None),
            other => (None, Venue::named(other)),
        };
        Overrides {
            date: self.date.parse::<Date>().ok(),
            time_after: self.after.parse::<WallTime>().ok(),
            time_before: self.before.parse::<WallTime>().ok(),
            price_max_cents: cents(&self.max),
            lesson_type,
            place,
            skill_level: Level::named(&self.level),
            sort: Sort::named(&self.sort),
            duration_minutes: self.minutes.parse().ok().filter(|minutes| (15..=240).contains(minutes)),
            audience: Audience::named(&self.audience),
            rating: self.tenths(),
        }
    }

    /// The least rating, in tenths of a star.
    pub fn tenths(&self) -> Option<u8> {
        let stars: f64 = self.rating.parse().ok().filter(|stars| (1.0..=5.0).contains(stars))?;
        Some((stars * 10.0).round() as u8)
    }

    /// The address of this search; the first page of it.
    pub fn href(&self) -> String {
        format!(
            "/search?{}",
            serde_urlencoded::to_string(Self { page: String::new(), ..self.clone() }).unwrap_or_default()
        )
    }

    pub fn with(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut changed = self.clone();
        change(&mut changed);
        changed.href()
    }

    pub fn page_href(&self, page: usize) -> String {
        format!("{}&page={page}", self.href())
    }

    /// The address of a plain query.
    pub fn of(query: &str) -> String {
        Self { q: query.to_owned(), ..Self::default() }.href()
    }
}

/// "$90", "90", "90.50" in cents; anything else is no limit.
pub fn cents(typed: &str) -> Option<i64> {
    Cents::typed(typed).map(|cents| cents.0).filter(|cents| (1..10_000_000).contains(cents))
}
