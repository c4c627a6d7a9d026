//! Instructors: who they are, what they teach, where, and whether the platform vouches for them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::id::{NeighborhoodId, OfferingId, ServiceId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::Place;
use crate::base::time::Timestamp;
use crate::catalog::AgeGroup;

/// What a new instructor starts with (rule: 00§4 New instructor profile).
pub const NEW_NOTICE_HOURS: u16 = 1;
pub const NEW_BUFFER_MINUTES: u16 = 15;
/// The platform's share before any lesson was taught (rule: 10§2.2).
pub const NEW_TIER: Bp = Bp(1500);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub user_id: UserId,
    pub bio: String,
    pub years_experience: u16,
    /// English names of languages the instructor teaches in.
    pub languages: Vec<String>,
    pub min_advance_booking_hours: u16,
    pub buffer_time_minutes: u16,
    #[serde(default)]
    pub teaching_locations: Vec<NamedPlace>,
    #[serde(default)]
    pub public_spaces: Vec<NamedPlace>,
    /// Invariant: live only with a background check that is valid now; the sweep ends it when the check does.
    pub is_live: bool,
    /// Stamped by the first time of going live, never again.
    #[serde(default)]
    pub onboarding_completed_at: Option<Timestamp>,
    #[serde(default)]
    pub founding_granted_at: Option<Timestamp>,
    pub current_tier: Bp,
    #[serde(default)]
    pub last_tier_eval_at: Option<Timestamp>,
    #[serde(default)]
    pub identity: Identity,
    #[serde(default)]
    pub check: Check,
    #[serde(default)]
    pub payouts: Payouts,
    /// Onboarding steps and when each was first reached.
    #[serde(default)]
    pub steps: BTreeMap<Step, Timestamp>,
    /// When the instructor last did something here; search counts it as freshness.
    pub last_active_at: Timestamp,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Profile {
    pub fn is_founding(&self) -> bool {
        self.founding_granted_at.is_some()
    }
}

/// A studio of the instructor's, or a public place they like to meet at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedPlace {
    #[schema(min_length = 1, max_length = 255)]
    pub address: String,
    #[serde(default)]
    #[schema(max_length = 50)]
    pub label: Option<String>,
}

/// What Stripe Identity told (part 20 §8). The document itself never reaches us.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    pub session_id: Option<String>,
    pub verified_at: Option<Timestamp>,
    pub verified_first_name: Option<String>,
    pub verified_last_name: Option<String>,
    /// Kept encrypted and erased with the first name at go-live.
    pub verified_dob: Option<String>,
    /// The verified last name is not the account's: blocks going live until an admin clears it.
    pub name_mismatch: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    #[default]
    NotStarted,
    Pending,
    Review,
    Consider,
    Passed,
    Failed,
    Canceled,
}

impl CheckStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::Pending => "pending",
            Self::Review => "review",
            Self::Consider => "consider",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}

/// The background check as it stands; its history and its flow belong to the trust flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Check {
    pub status: CheckStatus,
    pub env: Option<String>,
    pub candidate_id: Option<String>,
    pub invitation_id: Option<String>,
    pub report_id: Option<String>,
    pub report_result: Option<String>,
    pub eta: Option<Timestamp>,
    pub consented_at: Option<Timestamp>,
    pub invited_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    /// A pass counts until here, whatever a newer attempt says meanwhile (rule: 20§8 recheck).
    pub valid_until: Option<Timestamp>,
    pub includes_canceled: bool,
    pub in_dispute: bool,
    pub dispute_note: Option<String>,
    pub dispute_opened_at: Option<Timestamp>,
    pub dispute_resolved_at: Option<Timestamp>,
    pub review_mailed_at: Option<Timestamp>,
    pub pre_adverse_notice_id: Option<String>,
    pub pre_adverse_sent_at: Option<Timestamp>,
    pub final_adverse_sent_at: Option<Timestamp>,
    pub note: Option<String>,
    pub name_mismatch: bool,
    /// The last reminder that this pass runs out, in days; below zero once its end was told.
    #[serde(default)]
    pub told_days_left: Option<i64>,
}

impl Check {
    /// A pass that counts now.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.valid_until.is_some_and(|until| now < until)
    }
}

/// What the payment provider says about paying the instructor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Payouts {
    pub account_id: Option<String>,
    /// Charges enabled and details submitted (rule: 10§1 ConnectedAccount).
    pub ready: bool,
}

/// Steps of onboarding, for the funnel (rule: 20§8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Registered,
    ProfileSubmitted,
    ServicesConfigured,
    BgcInitiated,
    BgcCompleted,
    IdentityVerified,
    WentLive,
    Paused,
    Reactivated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Beginner,
    Intermediate,
    Advanced,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Beginner, Self::Intermediate, Self::Advanced];

    pub fn name(self) -> &'static str {
        match self {
            Self::Beginner => "beginner",
            Self::Intermediate => "intermediate",
            Self::Advanced => "advanced",
        }
    }
}

/// One catalogue service as one instructor offers it. One per instructor and service; taken away it becomes inactive,
/// because sold lessons lead back to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offering {
    pub id: OfferingId,
    pub instructor_id: UserId,
    pub service_id: ServiceId,
    pub terms: Terms,
    /// Where it stands in the instructor's own order.
    #[serde(default)]
    pub position: u32,
    pub is_active: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What the instructor decides about an offering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    pub hourly_rate: Cents,
    /// Replaces the hourly rate at these places (rule: 10§2.1).
    #[serde(default)]
    pub format_rates: BTreeMap<Place, Cents>,
    pub description: Option<String>,
    pub requirements: Option<String>,
    /// Minutes, ascending.
    pub durations: Vec<u16>,
    pub places: Vec<Place>,
    pub levels: BTreeSet<Level>,
    pub age_groups: BTreeSet<AgeGroup>,
    #[serde(default)]
    pub equipment: Vec<String>,
}

impl Terms {
    pub fn rate_at(&self, place: Place) -> Cents {
        self.format_rates.get(&place).copied().unwrap_or(self.hourly_rate)
    }

    pub fn is_in_person(&self) -> bool {
        self.places.iter().any(|place| *place != Place::Remote)
    }

    /// Whether the instructor has to say where they travel.
    pub fn travels(&self) -> bool {
        self.places.iter().any(|place| place.travels())
    }
}

/// Where an instructor teaches in person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Areas {
    pub neighborhoods: Vec<NeighborhoodId>,
    pub updated_at: Option<Timestamp>,
}
