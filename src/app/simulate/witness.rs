//! What every commit changed about bookings and money: who stands where, and which move followed which.

use std::collections::{BTreeMap, BTreeSet};

use super::law;
use crate::base::id::{AnyId as _, BookingId, UserId};
use crate::base::time::Timestamp;
use crate::bookings::model::{Booking, Status};
use crate::bookings::tables::BOOKINGS;
use crate::payments::model::{BookingPayment, PaymentStatus, SettlementOutcome};
use crate::payments::tables::PAYMENTS;
use crate::store::engine::{EngineRead, Overlay, Pair};
use crate::store::{Dir, Read, ReadExt as _, StoreError};

/// A booking as the last commit left it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub booking: Booking,
    /// The first of the bookings this lesson was moved through.
    pub root: BookingId,
}

#[derive(Default)]
pub(super) struct Witness {
    pub bookings: BTreeMap<BookingId, Known>,
    pub payments: BTreeMap<BookingId, BookingPayment>,
    /// Changed since the last question.
    touched: BTreeSet<BookingId>,
    /// "booking PENDING>CONFIRMED", "payment scheduled>authorized", "outcome …".
    moves: BTreeSet<String>,
    wrong: Vec<String>,
    /// Every change of status of a booking and its money, and when it was.
    story: Vec<(Timestamp, BookingId, String)>,
}

/// What a step changed.
pub(super) struct Seen {
    pub touched: BTreeSet<BookingId>,
    pub moves: BTreeSet<String>,
    pub wrong: Vec<String>,
}

impl Witness {
    pub fn take(&mut self) -> Seen {
        Seen {
            touched: std::mem::take(&mut self.touched),
            moves: std::mem::take(&mut self.moves),
            wrong: std::mem::take(&mut self.wrong),
        }
    }

    /// A commit happened at `now`; `after` is the state it made.
    pub fn see(&mut self, changes: &Overlay, after: &dyn EngineRead, now: Timestamp) {
        let of_table = |id: u16| {
            let prefix = id.to_be_bytes();
            let rows = changes.range(prefix.to_vec()..).take_while(move |(key, _)| key.starts_with(&prefix));
            rows.filter_map(|(key, value)| value.as_ref().and_then(|_| booking_id(key))).collect::<Vec<_>>()
        };
        let look = Look(after);
        for id in of_table(BOOKINGS.id()) {
            match look.get(&BOOKINGS, &id) {
                Ok(Some(booking)) => self.see_booking(booking, now),
                other => self.wrong.push(format!("booking {id} cannot be read after a commit: {other:?}")),
            }
        }
        for id in of_table(PAYMENTS.id()) {
            match look.get(&PAYMENTS, &id) {
                Ok(Some(payment)) => self.see_payment(payment, now),
                other => self.wrong.push(format!("payment {id} cannot be read after a commit: {other:?}")),
            }
        }
    }

    fn see_booking(&mut self, booking: Booking, now: Timestamp) {
        let before = self.bookings.get(&booking.id);
        let from = before.map(|known| known.booking.status);
        let root = match (before, booking.rescheduled_from) {
            (Some(known), _) => known.root,
            (None, Some(moved)) => self.bookings.get(&moved).map_or(moved, |known| known.root),
            (None, None) => booking.id,
        };
        if from != Some(booking.status) {
            self.note("booking", from.map(Status::name), booking.status.name());
            let lesson = format!("booking {} (lesson {})", booking.status.name(), booking.start);
            self.story.push((now, booking.id, lesson));
            if !law::booking_move(from, booking.status) {
                self.wrong.push(format!("booking {} moved from {from:?} to {:?}", booking.id, booking.status));
            }
            self.wrong.extend(law::moment_of_move(&booking, from, now));
        }
        self.touched.insert(booking.id);
        self.bookings.insert(booking.id, Known { booking, root });
    }

    fn see_payment(&mut self, payment: BookingPayment, now: Timestamp) {
        let (id, before) = (payment.booking_id, self.payments.get(&payment.booking_id));
        let from = before.map(|payment| payment.status);
        let outcome = before.and_then(|payment| payment.outcome);
        let words = money_of(&payment);
        if before.is_none_or(|before| money_of(before) != words) {
            self.story.push((now, id, words));
        }
        if from != Some(payment.status) {
            self.note("payment", from.map(PaymentStatus::name), payment.status.name());
            if !law::payment_move(from, payment.status) {
                self.wrong.push(format!("payment {id} moved from {from:?} to {:?}", payment.status));
            }
        }
        if payment.outcome != outcome {
            self.moves.extend(payment.outcome.map(|to| format!("outcome {}", SettlementOutcome::name(to))));
        }
        self.touched.insert(id);
        self.payments.insert(id, payment);
    }

    /// What happened to the bookings that `findings` name, for whoever looks into them.
    pub fn story_of(&self, findings: &[String]) -> Vec<String> {
        let named = |id: &BookingId| findings.iter().any(|finding| finding.contains(&id.to_string()));
        let lines = self.story.iter().filter(|(_, id, _)| named(id));
        lines.map(|(at, id, words)| format!("    {at} {id} {words}")).collect()
    }

    fn note(&mut self, what: &str, from: Option<&str>, to: &str) {
        self.moves.insert(law::noted(what, from, to));
    }

    /// The bookings of one lesson, whatever it was moved through.
    pub fn chain(&self, root: BookingId) -> Vec<BookingId> {
        self.bookings.values().filter(|known| known.root == root).map(|known| known.booking.id).collect()
    }

    /// Bookings of a status, the latest made last; of everybody when none is named.
    pub fn with_status(&self, wanted: &[Status]) -> Vec<BookingId> {
        let fits = |known: &&Known| wanted.is_empty() || wanted.contains(&known.booking.status);
        self.bookings.values().filter(fits).map(|known| known.booking.id).collect()
    }

    pub fn students(&self, of: &BTreeSet<BookingId>) -> BTreeSet<UserId> {
        of.iter().filter_map(|id| self.bookings.get(id)).map(|known| known.booking.student_id).collect()
    }
}

/// The state of a payment in a line.
fn money_of(payment: &BookingPayment) -> String {
    format!(
        "payment {}{}{}{}, captured {}, refunded {}, paid out {}{}",
        payment.status.name(),
        payment.outcome.map_or(String::new(), |outcome| format!(" {}", outcome.name())),
        if payment.settling.is_some() { " settling" } else { "" },
        if payment.correcting.is_some() { " correcting" } else { "" },
        payment.captured.0,
        payment.refunded_to_card.0,
        payment.instructor_payout.0,
        payment.tip.as_ref().map_or(String::new(), |tip| format!(", tip {} {}", tip.amount.0, tip.status.name())),
    )
}

fn booking_id(key: &[u8]) -> Option<BookingId> {
    Some(BookingId::from_bits(u128::from_be_bytes(key.get(2..18)?.try_into().ok()?)))
}

/// A committed state, read by type.
struct Look<'a>(&'a dyn EngineRead);

impl Read for Look<'_> {
    fn get_bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(key)
    }
    fn scan_bytes(&self, from: &[u8], to: &[u8], limit: usize, dir: Dir) -> Result<Vec<Pair>, StoreError> {
        self.0.scan(from, to, limit, dir)
    }
}
