//! What somebody has, paid and earned.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::access::Actor;
use crate::base::id::{BookingId, LotId};
use crate::base::money::{Cents, Decimal};
use crate::base::paging::{Page, PageQuery};
use crate::base::time::Timestamp;
use crate::payments::model::{BookingPayment, CreditLot};
use crate::payments::ops::{self, Earnings, LessonEarning};
use crate::payments::view::PaymentSummary;
use crate::site::Site;
use crate::web::{Answer, Params};

#[derive(Serialize, ToSchema)]
pub struct LotView {
    id: LotId,
    amount_cents: Cents,
    status: &'static str,
    source_type: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

impl From<CreditLot> for LotView {
    fn from(lot: CreditLot) -> Self {
        Self {
            id: lot.id,
            amount_cents: lot.amount,
            status: lot.status.name(),
            source_type: lot.source_type,
            expires_at: lot.expires_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct CreditsView {
    available_cents: Cents,
    reserved_cents: Cents,
    frozen_cents: Cents,
    /// At most zero: what is owed.
    credit_balance_cents: Cents,
    /// The next lot to expire.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    #[schema(value_type = f64)]
    available: Decimal,
    lots: Vec<LotView>,
}

/// Credit: what can be spent, what is reserved, and every lot there ever was.
#[utoipa::path(get, path = "/api/v1/payments/credits", tag = "payments", operation_id = "get_credits",
    responses((status = 200, body = CreditsView)))]
pub async fn get_credits(State(site): State<Site>, actor: Actor) -> Answer<Json<CreditsView>> {
    let (now, user) = (site.now(), actor.user_id);
    let (held, standing) = site.read(|r| Ok((ops::holdings(r, user, now)?, ops::standing(r, user)?)))?;
    Ok(Json(CreditsView {
        available_cents: held.available,
        reserved_cents: held.reserved,
        frozen_cents: held.frozen,
        credit_balance_cents: standing.balance,
        expires_at: held.expires_at,
        available: held.available.decimal(),
        lots: held.lots.into_iter().map(LotView::from).collect(),
    }))
}

/// One lesson's payment.
#[derive(Serialize, ToSchema)]
pub struct TransactionView {
    booking_id: BookingId,
    description: String,
    #[schema(value_type = String, format = DateTime)]
    start_utc: Timestamp,
    payment_status: &'static str,
    settlement_outcome: Option<&'static str>,
    #[schema(value_type = Option<String>, format = DateTime)]
    settled_at: Option<Timestamp>,
    #[serde(flatten)]
    summary: PaymentSummary,
}

impl From<BookingPayment> for TransactionView {
    fn from(payment: BookingPayment) -> Self {
        Self {
            summary: PaymentSummary::of(&payment),
            booking_id: payment.booking_id,
            start_utc: payment.start,
            payment_status: payment.status.name(),
            settlement_outcome: payment.outcome.map(|outcome| outcome.name()),
            settled_at: payment.settled_at,
            description: payment.description,
        }
    }
}

/// What was paid for lessons, with fees, credit and refunds; the latest lesson first.
#[utoipa::path(get, path = "/api/v1/payments/transactions", tag = "payments", operation_id = "list_transactions",
    params(PageQuery), responses((status = 200, body = Page<TransactionView>)))]
pub async fn list_transactions(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<TransactionView>>> {
    let payments = site.read(|r| ops::transactions(r, actor.user_id))?;
    Ok(Json(page.cut(payments)?.map(TransactionView::from)))
}

/// One lesson's earning.
#[derive(Serialize, ToSchema)]
pub struct EarningView {
    booking_id: BookingId,
    description: String,
    service_name: String,
    /// First name and initial.
    student_name: String,
    duration_minutes: i64,
    #[schema(value_type = String, format = DateTime)]
    start_utc: Timestamp,
    lesson_amount_cents: Cents,
    platform_fee_cents: Cents,
    payout_cents: Cents,
    tip_cents: Cents,
    #[schema(value_type = String, format = DateTime)]
    paid_at: Timestamp,
    /// `paid`, or `under_review` while a bank or a person looks at it.
    status: &'static str,
}

impl From<LessonEarning> for EarningView {
    fn from(earning: LessonEarning) -> Self {
        Self {
            booking_id: earning.booking_id,
            description: earning.description,
            service_name: earning.service,
            student_name: earning.student,
            duration_minutes: earning.minutes,
            start_utc: earning.start,
            lesson_amount_cents: earning.lesson,
            platform_fee_cents: earning.platform_fee,
            payout_cents: earning.payout,
            tip_cents: earning.tip,
            paid_at: earning.paid_at,
            status: earning.status,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct EarningsView {
    total_earned_cents: Cents,
    total_tips_cents: Cents,
    total_lesson_value_cents: Cents,
    total_platform_fees_cents: Cents,
    lesson_count: u64,
    #[serde(flatten)]
    #[schema(inline)]
    lessons: Page<EarningView>,
}

/// What was paid out, lesson by lesson, as the ledger has it.
#[utoipa::path(get, path = "/api/v1/payments/earnings", tag = "payouts", operation_id = "get_earnings",
    params(PageQuery), responses((status = 200, body = EarningsView)))]
pub async fn get_earnings(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<EarningsView>> {
    let Earnings { earned, tips, lesson_value, platform_fees, lessons } =
        site.read(|r| ops::earnings(r, actor.user_id))?;
    Ok(Json(EarningsView {
        total_earned_cents: earned,
        total_tips_cents: tips,
        total_lesson_value_cents: lesson_value,
        total_platform_fees_cents: platform_fees,
        lesson_count: lessons.len() as u64,
        lessons: page.cut(lessons)?.map(EarningView::from),
    }))
}
