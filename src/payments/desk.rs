//! How money asks the room of lessons, which it may not know: a part of the site, put in at wiring.

use std::pin::Pin;
use std::sync::Arc;

use super::later::Wanted;
use super::model::BookingPayment;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::store::Tx;

/// What money has to say about a booking, inside the write that makes it true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The bank holds the money (or nothing had to be held): a PENDING booking becomes CONFIRMED.
    Authorized,
    /// The card holder has to authenticate: the booking goes on holding its slot.
    AwaitingAction,
    /// The card was refused: an unpaid booking holds its slot no longer (contract §4).
    Declined { reason: String },
    /// No card until 12 hours before the start: PENDING → PAYMENT_FAILED, CONFIRMED → CANCELLED by the system. The
    /// money is settled by us, do not plan anything.
    GaveUp,
    /// An admin gave all of the card's money back after the lesson: a COMPLETED booking becomes CANCELLED.
    RefundedInFull { wanted: Option<Wanted> },
    /// End + 24 h: the lesson is completed unless somebody said otherwise.
    CaptureDue,
}

/// Whether the lesson is still what the news is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    Stands,
    /// Cancelled meanwhile, or the slot is gone: an authorisation is released again, a capture is not made.
    Gone,
}

/// Answers [`News`] for the room of lessons: may change the booking, emit and enqueue, must not plan money.
pub trait LessonDesk: Send + Sync {
    fn hear(&self, tx: &mut Tx, payment: &BookingPayment, news: &News) -> Outcome<Stand>;
}

/// The part of the site.
pub struct Lessons(pub Arc<dyn LessonDesk>);

/// Who is told that Stripe's check of somebody's identity has news: the session's id; answers whether it is known.
pub struct IdentityDesk(
    pub Arc<dyn Fn(Site, String) -> Pin<Box<dyn Future<Output = Outcome<bool>> + Send>> + Send + Sync>,
);

pub(super) fn desk(site: &Site) -> Outcome<Arc<dyn LessonDesk>> {
    Ok(site.part::<Lessons>().map_err(Refusal::internal)?.0.clone())
}
