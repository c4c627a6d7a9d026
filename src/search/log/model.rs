//! A search as it was answered, and what somebody did with a result.

use serde::{Deserialize, Serialize};

use crate::base::id::{AliasId, OfferingId, SearchId, ServiceId, UserId};
use crate::base::time::Timestamp;

/// One answered search. A further page of the same answer is a row too, but counts as no search.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogRow {
    pub id: SearchId,
    pub at: Timestamp,
    /// Nobody, for guests and for those who opted out.
    pub viewer: Option<UserId>,
    pub guest: Option<String>,
    /// What counts as one person; empty for those who opted out.
    pub identity: String,
    /// As typed, trimmed and lower-cased.
    pub query: String,
    /// What was understood, as a key: two ways to say one thing share it.
    pub key: String,
    /// The same for people: "Piano, Upper West Side".
    pub label: String,
    pub services: Vec<ServiceId>,
    pub mode: String,
    /// The neighborhoods or borough understood.
    pub places: Vec<String>,
    pub total: u64,
    pub exact: u64,
    /// In the order of the page; the first stood at `offset` + 1.
    pub shown: Vec<UserId>,
    pub offset: u64,
    pub relaxed: Vec<String>,
    /// A place nobody knows, a lesson nobody knows.
    pub unknown_place: Option<String>,
    pub unknown_service: Option<String>,
    pub degraded: bool,
    pub corrected: bool,
    /// Answered from what was at hand.
    #[serde(default)]
    pub kept: bool,
    pub latency_us: u64,
    /// The page it was typed on.
    pub origin: String,
    pub device: String,
    pub browser: String,
    /// The same person searched before.
    pub returning: bool,
    /// The search that this one put differently.
    pub follows: Option<SearchId>,
    pub refined: bool,
    /// Somebody acted on a result.
    pub acted: bool,
    /// Learned names that were needed to understand it.
    pub names: Vec<AliasId>,
    /// Catalogue services the words might have meant, surest first.
    pub candidates: Vec<Candidate>,
}

impl LogRow {
    pub fn is_first_page(&self) -> bool {
        self.offset == 0
    }
}

/// A catalogue service with how surely it was meant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Candidate {
    pub service: ServiceId,
    pub score: f64,
    /// `phrase` or `meaning`.
    pub source: String,
}

/// What people do with results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SearchAction)]
pub enum Action {
    #[default]
    View,
    Book,
    Message,
    Favorite,
    Click,
    Hover,
    Bookmark,
    ViewProfile,
    Contact,
}

impl Action {
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Book => "book",
            Self::Message => "message",
            Self::Favorite => "favorite",
            Self::Click => "click",
            Self::Hover => "hover",
            Self::Bookmark => "bookmark",
            Self::ViewProfile => "view_profile",
            Self::Contact => "contact",
        }
    }

    /// Whether it says "this one": resting the pointer on a card does not.
    pub fn is_choice(self) -> bool {
        self != Self::Hover
    }
}

/// Something done with a result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deed {
    pub at: Timestamp,
    pub action: Action,
    pub instructor: UserId,
    pub offering: Option<OfferingId>,
    /// Counts from 1, over all pages.
    pub position: u32,
    /// Since the search, never twice the same.
    pub after_ms: u64,
    pub identity: String,
}
