//! How payments are doing, counted now; the job looks every quarter of an hour and tells the admins when it is bad.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::reconcile::discrepancies;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_hours, plus_minutes};
use crate::payments::events::PaymentsUnwell;
use crate::payments::model::{ActionKind, ActionState, PaymentStatus};
use crate::payments::rules::health::{Counts, Level, judge};
use crate::payments::tables::{self, ACTIONS, ALERTED, PAYMENTS, PAYMENTS_OPEN};
use crate::site::Site;
use crate::store::{Dir, Read, ReadExt, Span};

/// Timers run at their instant; later than this is late.
const GRACE_MINUTES: i64 = 15;
/// The same trouble is told again after this long.
const AGAIN_HOURS: i64 = 6;

#[derive(Clone, Debug)]
pub struct Health {
    pub level: Level,
    pub reasons: Vec<String>,
    pub counts: Counts,
    /// Payments by status, settled ones left out.
    pub by_status: BTreeMap<&'static str, u64>,
}

pub fn health(r: &dyn Read, now: Timestamp) -> Outcome<Health> {
    let late = plus_minutes(now, -GRACE_MINUTES);
    let mut counts = Counts::default();
    let mut by_status: BTreeMap<&'static str, u64> = BTreeMap::new();
    // The earliest lessons first: what is late is among them, however many are still to come.
    for (_, payment) in r.by_index(&PAYMENTS, &PAYMENTS_OPEN, Span::all(), SCAN_ROWS, Dir::Up)? {
        *by_status.entry(payment.status.name()).or_default() += 1;
        let at_work = payment.settling.is_none() && !payment.in_review();
        let asked_late =
            payment.status == PaymentStatus::Scheduled && payment.auth_scheduled_for.is_some_and(|at| at < late);
        counts.overdue_authorizations += u64::from(asked_late);
        counts.overdue_captures += u64::from(at_work && plus_hours(payment.end, 24) < late);
        counts.failed += u64::from(payment.status == PaymentStatus::PaymentMethodRequired);
        counts.in_review += u64::from(payment.in_review());
    }
    counts.unanswered = tables::unanswered_since(r, late, SCAN_ROWS)? as u64;
    counts.minutes_since_success = last_success(r)?.map(|at| now.duration_since(at).as_mins());
    counts.discrepancies = discrepancies(r)?.len() as u64;
    let (level, reasons) = judge(&counts);
    Ok(Health { level, reasons, counts, by_status })
}

/// When a card was last accepted.
fn last_success(r: &dyn Read) -> Outcome<Option<Timestamp>> {
    const LOOKED_AT: usize = 2000;
    let rows = r.scan(&ACTIONS, Span::all(), LOOKED_AT, Dir::Down)?;
    let accepted = rows
        .into_iter()
        .find(|(_, action)| matches!(action.kind, ActionKind::Authorize { .. }) && action.state == ActionState::Done);
    Ok(accepted.and_then(|(_, action)| action.done_at))
}

/// Looks, and tells the admins once when it becomes critical.
pub async fn check_health(site: &Site, dry_run: bool) -> Outcome<Value> {
    let now = site.now();
    let health = site.read(|r| health(r, now))?;
    let report = json!({
        "status": health.level, "reasons": health.reasons, "overdue_authorizations": health.counts.overdue_authorizations,
        "overdue_captures": health.counts.overdue_captures, "failed": health.counts.failed,
        "in_review": health.counts.in_review,
    });
    if dry_run {
        return Ok(report);
    }
    let (critical, words) = (health.level == Level::Critical, health.reasons.join(" "));
    site.write(move |tx| {
        let key = "payment_health".to_owned();
        match (critical, tx.get(&ALERTED, &key)?) {
            (true, Some(at)) if tx.now() < plus_hours(at, AGAIN_HOURS) => Ok(()),
            (true, _) => {
                let now = tx.now();
                tx.put(&ALERTED, &key, &now)?;
                tx.emit(&PaymentsUnwell { words: words.clone() })
            }
            (false, Some(_)) => tx.delete(&ALERTED, &key),
            (false, None) => Ok(()),
        }
    })
    .await?;
    Ok(report)
}
