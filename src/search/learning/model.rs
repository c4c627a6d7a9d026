//! Phrases nobody understood, votes on what they mean, and the names that came of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::id::{AliasId, UserId};
use crate::base::time::{Date, Timestamp};

/// What a phrase is a name for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LearnedKind)]
pub enum Named {
    #[default]
    Place,
    Service,
}

impl Named {
    pub fn name(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Service => "service",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UnresolvedStatus)]
pub enum UnheardStatus {
    #[default]
    Pending,
    Learned,
    /// Heard often enough, but people mean different things.
    ManualReview,
    /// Somebody decided that it means nothing.
    Rejected,
}

/// A phrase that was searched and not understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unheard {
    pub kind: Named,
    pub phrase: String,
    /// People who searched it, each with the last day that counted.
    pub searchers: BTreeMap<String, Date>,
    /// Searches, each person once a day.
    pub searches: u64,
    pub samples: Vec<String>,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub status: UnheardStatus,
}

/// One person's opinion on one day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vote {
    pub at: Timestamp,
    pub weight: u32,
    /// [`super::rules::area_name`]s, or ids of services.
    pub targets: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AliasSource)]
pub enum Source {
    Manual,
    UserLearning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AliasStatus {
    Active,
    PendingReview,
    Deprecated,
}

impl AliasStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::PendingReview => "pending_review",
            Self::Deprecated => "deprecated",
        }
    }

    pub fn is_live(self) -> bool {
        self != Self::Deprecated
    }
}

/// A name for something: learned, or given by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    pub id: AliasId,
    pub kind: Named,
    pub phrase: String,
    /// Ids of neighborhoods, or of services.
    pub targets: Vec<String>,
    pub source: Source,
    pub status: AliasStatus,
    /// The winner's share of the votes; 1 when somebody decided.
    pub confidence: f64,
    pub votes: f64,
    pub voters: u64,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<UserId>,
    /// Searches that needed it.
    pub uses: u64,
    pub last_used_at: Option<Timestamp>,
    /// The state before the last decision: what undoing returns to.
    pub before: Option<AliasStatus>,
}
