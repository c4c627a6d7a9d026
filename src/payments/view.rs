//! The parts of a Booking on the wire that are about money (contract §7).

use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Awaiting, BookingPayment, PaymentStatus, Tip, TipStatus};
use crate::base::money::{Cents, Fraction};
use crate::base::time::Timestamp;

/// How a checkout, a retry or another card ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutView {
    pub success: bool,
    /// `scheduled`, `authorized`, `requires_action` or `requires_payment_method`.
    pub status: &'static str,
    /// `None` while scheduled.
    pub payment_intent_id: Option<String>,
    pub amount_cents: Cents,
    pub application_fee_cents: Cents,
    pub credit_applied_cents: Cents,
    pub requires_action: bool,
    pub client_secret: Option<String>,
    /// Where the card holder authenticates.
    pub action_url: Option<String>,
    pub decline_code: Option<String>,
}

impl CheckoutView {
    pub fn of(payment: &BookingPayment) -> Self {
        let status = match payment.status {
            PaymentStatus::Scheduled if payment.promised => "scheduled",
            PaymentStatus::Authorized | PaymentStatus::Locked => "authorized",
            // A card that is asked after its lesson is charged at once.
            PaymentStatus::Settled if payment.captured.is_positive() => "authorized",
            _ if payment.awaiting.is_some() => "requires_action",
            _ => "requires_payment_method",
        };
        let success = matches!(status, "scheduled" | "authorized");
        let Awaiting { client_secret, url } =
            payment.awaiting.clone().unwrap_or(Awaiting { client_secret: None, url: None });
        Self {
            success,
            status,
            payment_intent_id: payment.intent.clone().filter(|_| status != "scheduled"),
            amount_cents: payment.card_amount(),
            application_fee_cents: payment.split().application_fee,
            credit_applied_cents: payment.credits_reserved,
            requires_action: status == "requires_action",
            client_secret,
            action_url: url,
            decline_code: payment.auth_last_error.clone().filter(|_| status == "requires_payment_method"),
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentView {
    pub payment_status: String,
    pub settlement_outcome: Option<String>,
    pub auth_scheduled_for: Option<Timestamp>,
    pub has_locked_funds: bool,
}

impl PaymentView {
    pub fn of(payment: &BookingPayment) -> Self {
        Self {
            payment_status: payment.status.name().into(),
            settlement_outcome: payment.outcome.map(|outcome| outcome.name().into()),
            auth_scheduled_for: payment.auth_scheduled_for,
            has_locked_funds: payment.status == PaymentStatus::Locked,
        }
    }
}

/// Nothing more will come of it by itself: settled, waiting for a person on the way there, or called off.
pub fn has_ended(payment: &BookingPayment) -> bool {
    let called_off = payment.settling.as_ref().is_some_and(|settling| !settling.terms.cause.owes_the_lesson());
    payment.is_settled() || payment.outcome.is_some() || payment.parked.is_some() || called_off
}

/// What the student pays and got back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentSummary {
    pub lesson_amount_cents: Cents,
    pub service_fee_cents: Cents,
    pub credit_applied_cents: Cents,
    pub subtotal_cents: Cents,
    pub tip_amount_cents: Cents,
    pub tip_status: Option<String>,
    pub total_paid_cents: Cents,
    pub refunded_to_card_cents: Cents,
    pub student_credit_cents: Cents,
}

impl PaymentSummary {
    /// What was added after the lesson, once it is charged or about to be.
    pub fn tip_given(payment: &BookingPayment) -> Cents {
        let given = |tip: &&Tip| matches!(tip.status, TipStatus::Succeeded | TipStatus::Processing);
        payment.tip.as_ref().filter(given).map_or(Cents::ZERO, |tip| tip.amount)
    }

    /// What was or will be paid for the lesson, its tip included; once the money has ended, what the card really gave.
    pub fn of(payment: &BookingPayment) -> Self {
        let split = payment.split();
        let paid = if has_ended(payment) { payment.captured } else { payment.card_amount() };
        Self {
            lesson_amount_cents: split.lesson,
            service_fee_cents: split.student_fee,
            credit_applied_cents: payment.credits_reserved,
            subtotal_cents: split.student_pay,
            tip_amount_cents: payment.tip.as_ref().map_or(Cents::ZERO, |tip| tip.amount),
            tip_status: payment.tip.as_ref().map(|tip| tip.status.name().into()),
            total_paid_cents: paid + Self::tip_given(payment),
            refunded_to_card_cents: payment.refunded_to_card,
            student_credit_cents: payment.student_credit,
        }
    }
}

/// What the instructor earns.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PayoutSummary {
    pub lesson_amount_cents: Cents,
    pub platform_fee_cents: Cents,
    #[schema(value_type = f64)]
    pub tier_pct: Fraction,
    pub payout_cents: Cents,
    pub tip_cents: Cents,
}

impl PayoutSummary {
    /// What will be, or once it is settled what was, paid out.
    pub fn of(payment: &BookingPayment) -> Self {
        let tip = payment.tip.as_ref().filter(|tip| tip.status == TipStatus::Succeeded);
        let payout = if has_ended(payment) { payment.instructor_payout } else { payment.quote.payout };
        Self {
            lesson_amount_cents: payment.quote.lesson,
            platform_fee_cents: payment.quote.instructor_fee,
            tier_pct: payment.quote.tier.fraction(),
            payout_cents: payout,
            tip_cents: tip.map_or(Cents::ZERO, |tip| tip.amount),
        }
    }
}
