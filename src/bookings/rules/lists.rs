//! Which bookings belong to which list, and in which order (part 10 §7, GET /bookings).

use crate::base::time::Timestamp;
use crate::bookings::model::{Booking, Status};

/// What a list is asked to show; all parts together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    /// Confirmed and not ended, the next first.
    pub upcoming: bool,
    /// History: everything but confirmed lessons still ahead; moved lessons show under their new time only.
    pub without_future_confirmed: bool,
    /// What took place: completed, or confirmed and ended.
    pub taken_place: bool,
}

/// The reason a moved lesson's old booking carries (rule: 10§2.8).
pub const RESCHEDULED: &str = "Rescheduled";

pub fn is_upcoming(booking: &Booking, now: Timestamp) -> bool {
    booking.status == Status::Confirmed && now < booking.end
}

/// Waits for its instructor to say that it took place.
pub fn awaits_completion(booking: &Booking, now: Timestamp) -> bool {
    booking.status == Status::Confirmed && now >= booking.end
}

impl Filter {
    pub fn keeps(&self, booking: &Booking, now: Timestamp) -> bool {
        if booking.is_dropped_move() || self.status.is_some_and(|status| status != booking.status) {
            return false;
        }
        if self.upcoming && !is_upcoming(booking, now) {
            return false;
        }
        if self.without_future_confirmed && (is_upcoming(booking, now) || was_moved(booking)) {
            return false;
        }
        !self.taken_place || booking.status == Status::Completed || awaits_completion(booking, now)
    }

    /// The bookings this list shows, in its order; `all` is ordered by start, oldest first.
    pub fn apply(&self, all: Vec<Booking>, now: Timestamp) -> Vec<Booking> {
        let mut kept: Vec<Booking> = all.into_iter().filter(|booking| self.keeps(booking, now)).collect();
        if !self.upcoming {
            kept.reverse();
        }
        kept
    }
}

fn was_moved(booking: &Booking) -> bool {
    booking.status == Status::Cancelled
        && (booking.rescheduled_to.is_some() || booking.cancellation_reason.as_deref() == Some(RESCHEDULED))
}
