//! The choice so far, kept in the address: it survives signing in, reloading and sharing.

use serde::{Deserialize, Serialize};

use crate::base::id::{BookingId, OfferingId, UserId};
use crate::base::price::Place;
use crate::base::time::{Date, WallTime};
use crate::bookings::model::Booking;

/// Everything is optional and read kindly: what cannot be used is left out, the page says what it shows instead.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Query {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// "2026-12": the month shown, if it is not the day's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
}

impl Query {
    pub fn minutes(&self) -> Option<u16> {
        self.minutes.as_deref()?.parse().ok()
    }
    pub fn place(&self) -> Option<Place> {
        Place::parse(self.place.as_deref()?)
    }
    pub fn date(&self) -> Option<Date> {
        self.date.as_deref()?.parse().ok()
    }
    pub fn time(&self) -> Option<WallTime> {
        self.time.as_deref()?.parse().ok()
    }
    /// The first day of the month asked for.
    pub fn month(&self) -> Option<Date> {
        format!("{}-01", self.month.as_deref()?).parse().ok()
    }
}

/// What is being chosen, as addresses of the next step.
#[derive(Clone, Debug)]
pub struct Choosing {
    pub instructor: UserId,
    pub offering: OfferingId,
    pub minutes: u16,
    pub place: Place,
    /// The booking that is to be moved.
    pub moving: Option<BookingId>,
}

impl Choosing {
    /// The choice a booking came from.
    pub fn of(booking: &Booking) -> Self {
        Self {
            instructor: booking.instructor_id,
            offering: booking.offering_id,
            minutes: booking.minutes,
            place: booking.place,
            moving: None,
        }
    }

    /// Choosing another time for a booking.
    pub fn moving(booking: &Booking) -> Self {
        Self { moving: Some(booking.id), ..Self::of(booking) }
    }

    pub fn path(&self) -> String {
        match self.moving {
            Some(booking) => format!("/student/lessons/{booking}/move"),
            None => format!("/book/{}/{}", self.instructor, self.offering),
        }
    }

    fn at(&self, query: &Query) -> String {
        let query = Query {
            minutes: Some(self.minutes.to_string()),
            place: Some(self.place.name().to_owned()),
            ..query.clone()
        };
        format!("{}?{}", self.path(), serde_urlencoded::to_string(query).unwrap_or_default())
    }

    pub fn plain(&self) -> String {
        self.at(&Query::default())
    }

    pub fn day(&self, date: Date) -> String {
        self.at(&Query { date: Some(date.to_string()), ..Query::default() })
    }

    pub fn slot(&self, date: Date, start: WallTime) -> String {
        self.at(&Query { date: Some(date.to_string()), time: Some(start.to_string()), ..Query::default() })
    }

    pub fn month(&self, month: Date) -> String {
        self.at(&Query { month: Some(month.strftime("%Y-%m").to_string()), ..Query::default() })
    }

    /// The same day and time with another length.
    pub fn with_minutes(&self, minutes: u16, query: &Query) -> String {
        Self { minutes, ..self.clone() }.at(&Query { month: None, ..query.clone() })
    }

    pub fn with_place(&self, place: Place, query: &Query) -> String {
        Self { place, ..self.clone() }.at(&Query { month: None, ..query.clone() })
    }
}
