//! What reviews tell the other rooms.

use serde::{Deserialize, Serialize};

use super::model::Review;
use crate::base::id::{BookingId, OfferingId, ReviewId, UserId};
use crate::store::Event;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReviewFacts {
    pub review_id: ReviewId,
    pub booking_id: BookingId,
    pub instructor_id: UserId,
    pub student_id: UserId,
    pub offering_id: OfferingId,
    pub rating: u8,
    /// Shown in lists.
    pub listed: bool,
}

impl ReviewFacts {
    pub fn of(review: &Review) -> Self {
        Self {
            review_id: review.id,
            booking_id: review.booking_id,
            instructor_id: review.instructor_id,
            student_id: review.student_id,
            offering_id: review.offering_id,
            rating: review.rating,
            listed: review.status == super::model::Status::Published,
        }
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $kind:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub struct $name {
            #[serde(flatten)]
            pub review: ReviewFacts,
        }
        impl Event for $name {
            const KIND: &'static str = $kind;
        }
    )+};
}

events! {
    ReviewCreated "review.created",
    /// The instructor answered.
    ReviewResponded "review.responded",
    /// Somebody of the marketplace changed whether it is shown.
    ReviewModerated "review.moderated",
}
