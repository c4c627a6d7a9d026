//! The money of one booking: what it was sold at, and everything that has happened to it.

use serde::{Deserialize, Serialize};

use super::states::{PaymentStatus, SettlementOutcome, TipStatus};
use crate::base::id::{BookingId, LotId, MethodId, ReviewId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::{Split, lesson_price, split};
use crate::base::time::Timestamp;
use crate::payments::later::{Correction, Dispute, Part};
use crate::payments::rules::settle::Terms;

/// The least Stripe charges; the platform waives less (rule: 10§2.6).
pub const LEAST_CHARGE: Cents = Cents(50);

/// The price a lesson was sold at, frozen at creation: later edits of tiers, fees or rates do not touch it
/// (rule: 10§2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceQuote {
    /// LP.
    pub lesson: Cents,
    /// SF.
    pub student_fee: Cents,
    /// IF.
    pub instructor_fee: Cents,
    /// P.
    pub payout: Cents,
    pub tier: Bp,
    pub fee: Bp,
    /// Version of the pricing settings it was computed under.
    pub config_version: u64,
}

impl PriceQuote {
    pub fn new(hourly: Cents, minutes: u16, fee: Bp, tier: Bp, config_version: u64) -> Self {
        let lesson = lesson_price(hourly, minutes);
        let Split { student_fee, instructor_fee, payout, .. } = split(lesson, fee, tier, Cents::ZERO, Cents::ZERO);
        Self { lesson, student_fee, instructor_fee, payout, tier, fee, config_version }
    }

    /// What a card is asked for beside `credit`; nothing where it is less than Stripe charges.
    pub fn on_card(&self, credit: Cents) -> Cents {
        let due = self.split(credit, credit).student_pay;
        if due < LEAST_CHARGE { Cents::ZERO } else { due }
    }

    /// The split once `credit` of the student's `balance` is used.
    pub fn split(&self, requested: Cents, balance: Cents) -> Split {
        split(self.lesson, self.fee, self.tier, requested, balance)
    }
}

/// The sale that `bookings` opens a payment for.
#[derive(Clone, Debug)]
pub struct BookingMoney {
    pub booking_id: BookingId,
    pub student_id: UserId,
    pub instructor_id: UserId,
    pub quote: PriceQuote,
    pub start: Timestamp,
    pub end: Timestamp,
    /// What the card statement and Stripe's pages say it is: "Piano with Sarah C."
    pub description: String,
}

/// The card holder has to prove themselves to the bank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Awaiting {
    pub client_secret: Option<String>,
    /// The bank's page.
    pub url: Option<String>,
}

/// The money of one booking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BookingPayment {
    pub booking_id: BookingId,
    pub student_id: UserId,
    pub instructor_id: UserId,
    pub quote: PriceQuote,
    pub start: Timestamp,
    pub end: Timestamp,
    pub description: String,

    pub status: PaymentStatus,
    pub outcome: Option<SettlementOutcome>,
    pub method_id: Option<MethodId>,
    /// Somebody paid or saved a card for it: the lesson is promised, and failures are now ours to repair.
    pub promised: bool,
    pub credits_reserved: Cents,

    pub intent: Option<String>,
    pub charge: Option<String>,
    /// The bank holds the money for us.
    pub held: bool,
    /// Grows with every authorisation that got a definite answer; part of its key.
    pub attempt: u32,
    pub awaiting: Option<Awaiting>,
    pub auth_scheduled_for: Option<Timestamp>,
    pub auth_attempted_at: Option<Timestamp>,
    pub auth_first_failed_at: Option<Timestamp>,
    pub auth_failure_count: u32,
    pub auth_last_error: Option<String>,
    pub auth_warned: bool,

    pub captured: Cents,
    pub first_capture_failed_at: Option<Timestamp>,
    pub capture_retry_count: u32,
    pub locked_at: Option<Timestamp>,
    pub locked_amount: Cents,

    /// The end this payment is being brought to, while it is.
    pub settling: Option<Settling>,
    pub refunded_to_card: Cents,
    /// Given as credit at settlement: released and newly issued.
    pub student_credit: Cents,
    /// Transferred to the instructor, top-up included.
    pub instructor_payout: Cents,
    pub transfer: Option<String>,
    pub top_up: Option<String>,
    pub refund: Option<String>,
    pub settled_at: Option<Timestamp>,
    #[serde(default)]
    pub tip: Option<Tip>,
    /// Every transfer for the lesson itself, oldest first.
    #[serde(default)]
    pub transfers: Vec<Part>,
    /// Taken back from the instructor; no longer part of `instructor_payout`.
    #[serde(default)]
    pub reversed: Cents,
    /// Corrections begun so far; part of their keys.
    #[serde(default)]
    pub corrections: u32,
    #[serde(default)]
    pub correcting: Option<Correction>,
    #[serde(default)]
    pub dispute: Option<Dispute>,
    /// A settlement that stands still because a call was refused for good; a person may let it go on.
    #[serde(default)]
    pub parked: Option<Settling>,
    /// How often it went on; part of its keys.
    #[serde(default)]
    pub resumed: u32,
    /// The money is being taken early, for a lesson that is moved late.
    #[serde(default)]
    pub locking: bool,
    /// Its credit is still reserved for the booking it is moved from, until the bank has agreed.
    #[serde(default)]
    pub borrowed: bool,
    pub version: u32,
}

/// What a student adds after the lesson; all of it is the instructor's (part 10 §2.10).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tip {
    pub review_id: ReviewId,
    pub amount: Cents,
    pub status: TipStatus,
    pub method_id: MethodId,
    pub intent: Option<String>,
    pub charge: Option<String>,
    pub client_secret: Option<String>,
    pub action_url: Option<String>,
    /// Another call of the booking goes first.
    #[serde(default)]
    pub waiting: bool,
}

/// A settlement under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settling {
    pub terms: Terms,
    /// Authorising inside a settlement is tried once (rule: 10§2.7, 10§2.8).
    pub reauthorized: bool,
    pub paid_from_charge: Cents,
    pub topped_up: Cents,
    /// The credit that went back to the student while this stood still, by the lots it came from.
    #[serde(default)]
    pub returned: Vec<LotId>,
    /// What of it could not be had again when this went on.
    #[serde(default)]
    pub gone: Gone,
    /// The instructor is paid without the card because Stripe did not answer for three days: nobody's card is to blame.
    #[serde(default)]
    pub unanswered: bool,
    /// The student has the credit they are owed, ahead of what goes to the instructor.
    #[serde(default)]
    pub credited: bool,
}

/// Credit that was reserved for a lesson once and is no longer there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Used for something else meanwhile.
    pub spent: Cents,
    pub expired: Cents,
}

impl Gone {
    pub fn total(self) -> Cents {
        self.spent + self.expired
    }
}

impl Settling {
    /// Nothing has happened yet.
    pub fn begun(terms: Terms) -> Self {
        Self {
            terms,
            reauthorized: false,
            paid_from_charge: Cents::ZERO,
            topped_up: Cents::ZERO,
            returned: Vec::new(),
            gone: Gone::default(),
            unanswered: false,
            credited: false,
        }
    }
}

impl BookingPayment {
    pub fn open(sale: &BookingMoney) -> Self {
        Self {
            booking_id: sale.booking_id,
            student_id: sale.student_id,
            instructor_id: sale.instructor_id,
            quote: sale.quote,
            start: sale.start,
            end: sale.end,
            description: sale.description.clone(),
            status: PaymentStatus::Scheduled,
            outcome: None,
            method_id: None,
            promised: false,
            credits_reserved: Cents::ZERO,
            intent: None,
            charge: None,
            held: false,
            attempt: 1,
            awaiting: None,
            auth_scheduled_for: None,
            auth_attempted_at: None,
            auth_first_failed_at: None,
            auth_failure_count: 0,
            auth_last_error: None,
            auth_warned: false,
            captured: Cents::ZERO,
            first_capture_failed_at: None,
            capture_retry_count: 0,
            locked_at: None,
            locked_amount: Cents::ZERO,
            settling: None,
            refunded_to_card: Cents::ZERO,
            student_credit: Cents::ZERO,
            instructor_payout: Cents::ZERO,
            transfer: None,
            top_up: None,
            refund: None,
            settled_at: None,
            tip: None,
            transfers: Vec::new(),
            reversed: Cents::ZERO,
            corrections: 0,
            correcting: None,
            dispute: None,
            parked: None,
            resumed: 0,
            locking: false,
            borrowed: false,
            version: 1,
        }
    }

    /// The split with the credit that is reserved.
    pub fn split(&self) -> Split {
        self.quote.split(self.credits_reserved, self.credits_reserved)
    }

    /// What the card is asked for; nothing where it is less than Stripe charges.
    pub fn card_amount(&self) -> Cents {
        self.quote.on_card(self.credits_reserved)
    }

    pub fn is_settled(&self) -> bool {
        self.status == PaymentStatus::Settled
    }

    /// Automation stays away (rule: 10§2.8).
    pub fn in_review(&self) -> bool {
        self.status == PaymentStatus::ManualReview
    }
}
