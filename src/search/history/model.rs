//! A remembered search, and what somebody chose about remembering.

use serde::{Deserialize, Serialize};

use crate::base::id::{RecentSearchId, UserId};
use crate::base::text;
use crate::base::time::Timestamp;

/// How a search came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SearchType)]
pub enum Kind {
    #[default]
    NaturalLanguage,
    Category,
    ServicePill,
    Filter,
    SearchHistory,
}

/// One sentence of one owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recent {
    pub id: RecentSearchId,
    /// [`crate::search::visitor::owner_of_user`] or the guest's.
    pub owner: String,
    pub query: String,
    pub kind: Kind,
    pub count: u32,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub results: Option<u64>,
    /// Kept on purpose; the cap does not touch it.
    #[serde(default)]
    pub saved_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    /// The account a guest's row was copied to.
    pub converted_to: Option<UserId>,
    pub converted_at: Option<Timestamp>,
}

/// What an owner does not want.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// Remember no searches, and count them without me.
    pub no_history: bool,
    /// Suggest nothing from what I did.
    pub no_suggestions: bool,
}

/// The form in which two sentences are the same: trimmed, lower-cased, single spaces, nothing that cannot be shown.
pub fn normal(query: &str) -> String {
    text::shown_line(query).to_lowercase()
}
