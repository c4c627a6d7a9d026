//! The answer on the wire.
// rule: 00§7 Search

use serde::Serialize;

use super::find::{Card, Funnel, Group, Judged, SHOWN_REVIEWS};
use super::grammar::{Chip, Mode, Parsed};
use super::ops::Answered;
use super::understand::knowledge;
use crate::base::id::{OfferingId, SearchId, ServiceId, UserId};
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::base::time::{Date, WallTime};

#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchAnswer {
    pub items: Vec<SearchItem>,
    pub next_cursor: Option<String>,
    pub meta: SearchMeta,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchItem {
    pub instructor_id: UserId,
    pub instructor: SearchInstructor,
    pub best_match: SearchMatch,
    pub other_matches: Vec<SearchMatch>,
    pub total_matching_services: usize,
    pub rating: SearchRating,
    pub distance_km: Option<f64>,
    pub coverage_areas: Vec<String>,
    pub score: f64,
    pub group: Group,
    pub next_slots: Vec<SearchSlot>,
    pub why: Vec<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchInstructor {
    pub id: UserId,
    pub first_name: String,
    pub last_initial: String,
    pub profile_picture_url: Option<String>,
    pub bio_snippet: String,
    pub years_experience: u16,
    pub is_founding_instructor: bool,
    pub background_check_passed: bool,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchMatch {
    pub service_id: OfferingId,
    pub service_catalog_id: ServiceId,
    pub name: String,
    #[schema(value_type = i64)]
    pub hourly_rate_cents: Cents,
    pub location_types: Vec<Place>,
    pub duration_options: Vec<u16>,
    #[schema(minimum = 0, maximum = 1)]
    pub relevance_score: f64,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchRating {
    pub average: Option<f64>,
    pub count: u64,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchSlot {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub start_time: WallTime,
    pub end_time: WallTime,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchMeta {
    pub query: String,
    pub corrected_query: Option<String>,
    pub parsed: Parsed,
    pub chips: Vec<Chip>,
    pub mode: Mode,
    pub total_results: usize,
    pub limit: usize,
    pub filters_applied: Vec<String>,
    pub relaxed: Vec<String>,
    pub soft_filter_message: Option<String>,
    pub location_resolved: Option<String>,
    pub location_not_found: bool,
    pub location_suggestions: Vec<String>,
    pub did_you_mean: Vec<String>,
    pub degraded: bool,
    pub degradation_reasons: Vec<String>,
    pub latency_ms: f64,
    pub search_query_id: SearchId,
    /// For an admin who asked: how the answer came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Diagnostics>,
}

/// Times of the steps in microseconds, and who was left after each.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Diagnostics {
    pub parse_us: u64,
    pub index_us: u64,
    pub funnel: Funnel,
    /// The answer was at hand.
    pub kept: bool,
    /// Services read from the words, with how surely.
    pub services: Vec<ServiceScore>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct ServiceScore {
    pub name: String,
    #[schema(minimum = 0, maximum = 1)]
    pub score: f64,
}

fn diagnostics(answered: &Answered) -> Diagnostics {
    let score = |(service, score): &(usize, f64)| ServiceScore {
        name: knowledge().service_name(*service),
        score: rounded(*score),
    };
    Diagnostics {
        parse_us: answered.parse_us,
        index_us: answered.index_us,
        funnel: answered.found.funnel,
        kept: answered.found.kept,
        services: answered.understood.services.iter().take(SERVICES).map(score).collect(),
    }
}

/// So many services of an understood query are told apart.
const SERVICES: usize = 20;

/// The whole answer; `next_cursor` leads on.
pub fn answer(answered: Answered, limit: usize, next_cursor: Option<String>, diagnose: bool) -> SearchAnswer {
    let items = answered.cards().iter().map(item).collect();
    let diagnostics = diagnose.then(|| diagnostics(&answered));
    let understood = answered.understood;
    let meta = SearchMeta {
        query: understood.query,
        corrected_query: understood.corrected_query,
        parsed: understood.parsed,
        chips: understood.chips,
        mode: understood.mode,
        total_results: answered.found.total,
        limit,
        filters_applied: answered.applied,
        relaxed: answered.found.relaxed,
        soft_filter_message: answered.message,
        location_resolved: answered.location_resolved,
        location_not_found: answered.location_not_found,
        location_suggestions: answered.location_suggestions,
        did_you_mean: understood.did_you_mean,
        degraded: !answered.degraded.is_empty(),
        degradation_reasons: answered.degraded,
        latency_ms: answered.latency_us as f64 / 1000.0,
        search_query_id: answered.id,
        diagnostics,
    };
    SearchAnswer { items, next_cursor, meta }
}

fn item(card: &Card) -> SearchItem {
    let row = &card.row;
    SearchItem {
        instructor_id: row.id,
        instructor: SearchInstructor {
            id: row.id,
            first_name: row.first_name.clone(),
            last_initial: row.last_initial.clone(),
            profile_picture_url: row.picture_url.clone(),
            bio_snippet: row.bio_snippet.clone(),
            years_experience: row.years,
            is_founding_instructor: row.founding,
            background_check_passed: row.checked_until.is_some(),
        },
        best_match: service(card, &card.best),
        other_matches: card.others.iter().map(|other| service(card, other)).collect(),
        total_matching_services: card.matching,
        rating: SearchRating { average: row.rating.filter(|_| row.reviews >= SHOWN_REVIEWS), count: row.reviews },
        distance_km: card.best.distance_km.map(rounded),
        coverage_areas: row.area_names(&knowledge().places),
        score: rounded(card.score),
        group: card.group,
        next_slots: card
            .slots
            .iter()
            .map(|slot| SearchSlot { date: slot.date, start_time: slot.start, end_time: slot.end })
            .collect(),
        why: card.reason.iter().chain(&card.why).cloned().collect(),
    }
}

fn service(card: &Card, judged: &Judged) -> SearchMatch {
    let offer = &card.row.offers[judged.offer];
    let service = knowledge().catalogue.services().get(offer.service);
    SearchMatch {
        service_id: offer.id,
        service_catalog_id: service.map_or(ServiceId::of_name(""), |service| service.id),
        name: service.map(|service| service.name.clone()).unwrap_or_default(),
        hourly_rate_cents: offer.rate_at(judged.place),
        location_types: offer.places.clone(),
        duration_options: offer.durations.clone(),
        relevance_score: rounded(if judged.offer == card.best.offer {
            card.signals.relevance
        } else {
            judged.relevance
        }),
    }
}

fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
