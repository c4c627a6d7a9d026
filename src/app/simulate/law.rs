//! The law the simulator holds the marketplace to, written down a second time from part 10 §1 and §2.8 and not taken
//! from the code under test: which move may follow which, which states go together, what everybody gets in the end.

use crate::base::money::Cents;
use crate::base::time::{Timestamp, plus_hours};
use crate::bookings::model::{Booking, Status};
use crate::payments::model::{BookingPayment, PaymentStatus, SettlementOutcome as End};

/// rule: 10§1, table "Booking status". A moved lesson's new booking is confirmed in the write that makes it.
const BOOKING_MOVES: &[(Option<Status>, Status)] = &[
    (None, Status::Pending),
    (None, Status::Confirmed),
    (Some(Status::Pending), Status::Confirmed),
    (Some(Status::Pending), Status::PaymentFailed),
    (Some(Status::Pending), Status::Cancelled),
    (Some(Status::Confirmed), Status::Cancelled),
    (Some(Status::Confirmed), Status::Completed),
    (Some(Status::Confirmed), Status::NoShow),
    (Some(Status::NoShow), Status::Confirmed),
    (Some(Status::NoShow), Status::Completed),
    (Some(Status::NoShow), Status::Cancelled),
    (Some(Status::Completed), Status::Cancelled),
    (Some(Status::Completed), Status::NoShow),
];

/// rule: 10§1 "Payment status". A locked payment begins on the new booking of a moved lesson; a review ends wherever the
/// money stood before it; a settled payment is only opened again by a chargeback.
const PAYMENT_MOVES: &[(Option<PaymentStatus>, PaymentStatus)] = {
    use PaymentStatus::{Authorized, Locked, ManualReview, PaymentMethodRequired, Scheduled, Settled};
    &[
        (None, Scheduled),
        (None, Authorized),
        (None, Locked),
        (Some(Scheduled), Authorized),
        (Some(Scheduled), PaymentMethodRequired),
        (Some(Scheduled), Locked),
        (Some(Scheduled), Settled),
        (Some(Scheduled), ManualReview),
        (Some(Authorized), Locked),
        (Some(Authorized), Settled),
        (Some(Authorized), PaymentMethodRequired),
        (Some(Authorized), ManualReview),
        (Some(PaymentMethodRequired), Authorized),
        (Some(PaymentMethodRequired), Locked),
        (Some(PaymentMethodRequired), Settled),
        (Some(PaymentMethodRequired), ManualReview),
        (Some(Locked), Settled),
        (Some(Locked), ManualReview),
        (Some(ManualReview), Authorized),
        (Some(ManualReview), PaymentMethodRequired),
        (Some(ManualReview), Locked),
        (Some(ManualReview), Settled),
        (Some(Settled), ManualReview),
    ]
};

/// Every move the law allows, as the witness notes it: what is allowed has to happen.
pub(super) fn moves() -> Vec<String> {
    let bookings = BOOKING_MOVES.iter().map(|(from, to)| noted("booking", from.map(Status::name), to.name()));
    let payments = PAYMENT_MOVES.iter().map(|(from, to)| noted("payment", from.map(PaymentStatus::name), to.name()));
    bookings.chain(payments).collect()
}

/// A move in the words of the list of what was met.
pub(super) fn noted(what: &str, from: Option<&str>, to: &str) -> String {
    format!("{what} {}>{to}", from.unwrap_or("new"))
}

pub(super) fn booking_move(from: Option<Status>, to: Status) -> bool {
    BOOKING_MOVES.contains(&(from, to))
}

pub(super) fn payment_move(from: Option<PaymentStatus>, to: PaymentStatus) -> bool {
    PAYMENT_MOVES.contains(&(from, to))
}

/// A lesson is promised while its hold lasts and before it begins; it is over when it ends; it is called off before it
/// begins, unless people decided otherwise.
pub(super) fn moment_of_move(booking: &Booking, from: Option<Status>, now: Timestamp) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, words: &str| {
        if !holds {
            wrong.push(format!("booking {}: {words} (now {now}, {} to {})", booking.id, booking.start, booking.end));
        }
    };
    match (from, booking.status) {
        (None | Some(Status::Pending), Status::Confirmed) => must(now < booking.start, "confirmed after its start"),
        (Some(Status::Pending | Status::Confirmed), Status::Cancelled) => {
            // An admin's refund of a lesson that is over undoes it in one write.
            must(now < booking.start || now >= booking.end, "cancelled while it went on");
        }
        (Some(Status::Confirmed), Status::Completed) => must(now >= booking.end, "completed before its end"),
        (Some(Status::Confirmed), Status::NoShow) => {
            must(now >= booking.start && now <= plus_hours(booking.end, 24), "reported outside the window");
        }
        _ => {}
    }
    wrong
}

/// Which states of booking and money go together. `asking`: the bank is being asked for the lesson's money, and while
/// Stripe cannot be reached nobody knows for days what it said.
pub(super) fn go_together(booking: &Booking, payment: &BookingPayment, asking: bool) -> bool {
    use PaymentStatus::{Authorized, Locked, ManualReview, PaymentMethodRequired, Scheduled, Settled};
    let ending = payment.settling.is_some();
    match (booking.status, payment.status) {
        (Status::Pending, Scheduled | PaymentMethodRequired) => !ending,
        (Status::Confirmed, Scheduled | Authorized | PaymentMethodRequired | Locked | ManualReview) => !ending,
        // The bank or an admin gave all back while the lesson could still be reported: it ends 24 hours after its end.
        (Status::Confirmed, Settled) => {
            matches!(payment.outcome, Some(End::StudentWinsDisputeFullRefund | End::AdminRefund))
        }
        (Status::Completed, Scheduled) => asking,
        (Status::Completed, Authorized | PaymentMethodRequired | Locked | ManualReview | Settled) => true,
        (Status::Cancelled | Status::PaymentFailed | Status::NoShow, Settled | ManualReview) => true,
        (Status::Cancelled | Status::PaymentFailed | Status::NoShow, _) => ending,
        _ => false,
    }
}

/// Who has what in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    /// The card's money, refunds taken off.
    pub card: Cents,
    pub instructor: Cents,
    pub student_credit: Cents,
}

/// rule: 10§2.7, §2.8, §2.9: what a settled payment came to. `None`: not fixed by its outcome alone.
pub(super) fn ends(payment: &BookingPayment) -> Option<Ends> {
    let quote = &payment.quote;
    let used = payment.credits_reserved;
    let on_card = {
        let due = quote.lesson - used + quote.student_fee;
        if due.0 < 50 { Cents::ZERO } else { due }
    };
    let half = |cents: Cents| Cents((cents.0 + 1) / 2);
    let nobody = Cents::ZERO;
    let ends = |card, instructor, student_credit| Some(Ends { card, instructor, student_credit });
    match payment.outcome {
        // The old side of a moved lesson: everything went over to the new one.
        None => ends(nobody, nobody, nobody),
        Some(
            End::StudentCancelGt24NoCharge
            | End::InstructorCancelFullRefund
            | End::InstructorNoShowFullRefund
            | End::MutualNoShowFullRefund
            | End::PaymentFailedNoCharge,
        ) => ends(nobody, nobody, used),
        Some(End::StudentCancel12To24FullCredit | End::LockedCancelGe12FullCredit) => {
            ends(on_card, nobody, quote.lesson)
        }
        Some(End::StudentCancelLt12Split | End::LockedCancelLt12Split) => {
            ends(on_card, half(quote.payout), half(quote.lesson))
        }
        Some(End::LessonCompletedFullPayout | End::StudentNoShowFullPayout | End::AdminNoRefund) => {
            ends(on_card, quote.payout, nobody)
        }
        Some(End::AdminRefund) => ends(nobody, nobody, used),
        Some(
            End::CaptureFailureInstructorPaid
            | End::CaptureFailureEscalated
            | End::StudentWinsDisputeFullRefund
            | End::DisputeWon,
        ) => None,
    }
}
