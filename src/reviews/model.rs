//! A review, and what all of an instructor's reviews come to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::id::{BookingId, OfferingId, ReviewId, ReviewResponseId, UserId};
use crate::base::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReviewStatus)]
pub enum Status {
    Published,
    /// Looks like noise: counts in the rating, is not listed until somebody has looked at it.
    Flagged,
    /// Taken down: neither counted nor listed.
    Removed,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::Flagged, Self::Published, Self::Removed];

    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Flagged => "flagged",
            Self::Removed => "removed",
        }
    }

    pub fn counts(self) -> bool {
        self != Self::Removed
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Review {
    pub id: ReviewId,
    pub booking_id: BookingId,
    pub student_id: UserId,
    pub instructor_id: UserId,
    pub offering_id: OfferingId,
    pub service_name: String,
    /// 1 to 5.
    pub rating: u8,
    pub text: Option<String>,
    pub status: Status,
    pub created_at: Timestamp,
    #[serde(default)]
    pub response: Option<Response>,
}

/// The instructor's one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    pub id: ReviewResponseId,
    pub text: String,
    pub created_at: Timestamp,
}

/// Weighted stars as they stood at one instant; later they weigh less by one common factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Reviews counted.
    pub count: u32,
    /// Weight of 1 to 5 stars.
    pub weights: [f64; 5],
}

/// What an instructor's reviews come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    pub as_of: Timestamp,
    pub overall: Tally,
    pub by_offering: BTreeMap<OfferingId, Tally>,
}
