//! What a booking is: a promise about one hour of two people's time, with everything it was sold under frozen on it.

use serde::{Deserialize, Serialize};

use crate::base::id::{BookingId, OfferingId, ServiceId, UserId};
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::base::time::{Date, Timestamp, WallTime};
use crate::payments::model::PriceQuote;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = BookingStatus)]
pub enum Status {
    Pending,
    Confirmed,
    Completed,
    Cancelled,
    NoShow,
    PaymentFailed,
}

impl Status {
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Confirmed, Self::Completed, Self::Cancelled, Self::NoShow, Self::PaymentFailed];

    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Confirmed => "CONFIRMED",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::NoShow => "NO_SHOW",
            Self::PaymentFailed => "PAYMENT_FAILED",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name().eq_ignore_ascii_case(text))
    }

    /// As said inside a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Pending => "waiting for payment",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::NoShow => "reported as a no-show",
            Self::PaymentFailed => "ended for lack of payment",
        }
    }

    /// Nothing can follow (rule: 10§1).
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Cancelled | Self::PaymentFailed)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Booking {
    pub id: BookingId,
    pub student_id: UserId,
    pub instructor_id: UserId,
    pub offering_id: OfferingId,
    pub service_id: ServiceId,
    pub service_name: String,
    /// The instructor's local day and wall times (rule: 10§2.4); the end of the day is 24:00.
    pub date: Date,
    pub start_time: WallTime,
    pub end_time: WallTime,
    pub start: Timestamp,
    pub end: Timestamp,
    pub zone: String,
    pub minutes: u16,
    pub place: Place,
    pub meeting_location: Option<String>,
    pub service_area: Option<String>,
    pub hourly_rate: Cents,
    /// The price it was sold at; later changes of tiers, fees or rates do not touch it (rule: 10§2.1).
    pub quote: PriceQuote,
    pub student_note: Option<String>,
    pub instructor_note: Option<String>,
    pub status: Status,
    pub created_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub cancelled_at: Option<Timestamp>,
    pub cancelled_by: Option<UserId>,
    pub cancellation_reason: Option<String>,
    pub rescheduled_from: Option<BookingId>,
    pub rescheduled_to: Option<BookingId>,
    /// Moved once inside 24 hours already (rule: 10§2.8, reschedule).
    #[serde(default)]
    pub late_reschedule_used: bool,
    /// Until when an unpaid booking keeps its slot.
    pub hold_expires_at: Option<Timestamp>,
    /// The slot is taken in the instructor's and the student's calendar right now.
    pub holds_slot: bool,
    #[serde(default)]
    pub no_show: Option<NoShow>,
    #[serde(default)]
    pub contested: Option<Contested>,
    /// Grows by one with every change.
    pub version: u32,
}

/// A report that somebody did not come (part 10 §2.9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoShow {
    pub accused: Accused,
    pub reported_by: UserId,
    pub reported_at: Timestamp,
    pub reason: Option<String>,
    pub disputed_at: Option<Timestamp>,
    pub dispute_reason: Option<String>,
    pub resolved_at: Option<Timestamp>,
    pub resolution: Option<String>,
}

/// The instructor contests that the lesson counts as complete (part 10 §2.9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contested {
    pub at: Timestamp,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Accused {
    Student,
    Instructor,
}

/// From which side somebody looks at a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Student,
    Instructor,
    Admin,
}

impl Booking {
    /// Whether it still says where the lesson was, or what was said about it.
    pub fn is_told(&self) -> bool {
        [
            &self.meeting_location,
            &self.service_area,
            &self.student_note,
            &self.instructor_note,
            &self.cancellation_reason,
        ]
        .into_iter()
        .any(Option::is_some)
    }

    /// The lesson and its money stay; what names places and people goes.
    pub fn forget_words(&mut self) {
        self.meeting_location = None;
        self.service_area = None;
        self.student_note = None;
        self.instructor_note = None;
        self.cancellation_reason = None;
    }

    /// A new time that the bank did not agree to: the lesson stayed where it was.
    pub fn is_dropped_move(&self) -> bool {
        self.status.is_terminal() && self.rescheduled_from.is_some() && self.confirmed_at.is_none()
    }

    /// The side of a participant; `None` for everybody else.
    pub fn side_of(&self, user: UserId) -> Option<Side> {
        if user == self.student_id {
            Some(Side::Student)
        } else if user == self.instructor_id {
            Some(Side::Instructor)
        } else {
            None
        }
    }

    /// The short reference people read to each other: the last eight characters, "7K3M-Q2VD".
    pub fn reference(&self) -> String {
        let id = self.id.to_string();
        format!("{}-{}", &id[18..22], &id[22..])
    }

    /// Whether its time is taken for others (rule: 10§2.4, conflicts).
    pub fn blocks_at(&self, now: Timestamp) -> bool {
        match self.status {
            Status::Pending => self.holds_slot && self.hold_expires_at.is_some_and(|end| now < end),
            Status::Confirmed | Status::Completed | Status::NoShow => true,
            Status::Cancelled | Status::PaymentFailed => false,
        }
    }
}
