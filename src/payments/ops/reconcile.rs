//! Every night our books are compared with Stripe's; what differs is kept, shown and told, never mended by itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::run::stripe_refusal;
use crate::base::id::{AnyId as _, BookingId, MoneyActionId, bits_of_draw};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_hours, plus_minutes};
use crate::outside::stripe::{Held, Stripe};
use crate::payments::events::BooksDiffer;
use crate::payments::model::{ActionKind, ActionState, Discrepancy, MoneyAction};
use crate::payments::rules::reconcile::{Found, Ours, compare};
use crate::payments::tables::{self, ACTIONS, DISCREPANCIES, PAYMENTS};
use crate::site::Site;
use crate::store::{Dir, Read, ReadExt, Span, Tx};

/// How far back our side is compared: a night and a day of overlap.
const OURS_HOURS: i64 = 48;
/// How far back Stripe's side is read: money may be asked for a week before it is taken.
const THEIRS_HOURS: i64 = 9 * 24;
/// What is younger may still be on its way into our books.
const SETTLES_MINUTES: i64 = 15;

/// Compares, keeps what differs, tells of what is new. `dry_run` only counts.
pub async fn reconcile(site: &Site, dry_run: bool) -> Outcome<Value> {
    let now = site.now();
    let judged = plus_hours(now, -OURS_HOURS)..plus_minutes(now, -SETTLES_MINUTES);
    let since = plus_hours(now, -THEIRS_HOURS);
    let stripe = site.part::<Stripe>()?;
    let mut theirs = stripe.charges_since(since).await.map_err(|fault| stripe_refusal(&fault))?;
    theirs.extend(stripe.refunds_since(since).await.map_err(|fault| stripe_refusal(&fault))?);
    theirs.extend(stripe.transfers_since(since).await.map_err(|fault| stripe_refusal(&fault))?);
    let (ours, booked) = site.read(|r| Ok((ours(r, &judged)?, booked(r, &theirs)?)))?;
    let found = compare(&ours, &theirs, judged, &booked);
    let compared = ours.len() + theirs.len();
    if dry_run {
        return Ok(json!({ "compared": compared, "differences": found.len() }));
    }
    let differences = found.len();
    let new = site.write(move |tx| keep(tx, &found)).await?;
    Ok(json!({ "compared": compared, "differences": differences, "new": new }))
}

/// What we booked lately, by Stripe's ids.
fn ours(r: &dyn Read, judged: &std::ops::Range<Timestamp>) -> Outcome<BTreeMap<String, Ours>> {
    let first = |at: Timestamp| MoneyActionId::from_bits(bits_of_draw(at.as_millisecond(), [0; 10]));
    let rows = r.scan(&ACTIONS, Span::from_to(&first(judged.start), &first(judged.end)), SCAN_ROWS, Dir::Up)?;
    let mut ours = BTreeMap::new();
    for (_, action) in rows.into_iter().filter(|(_, action)| moves_money(action)) {
        let Some(id) = action.provider_id.clone().filter(|id| !id.is_empty()) else { continue };
        let reversed = match action.kind {
            ActionKind::Transfer | ActionKind::TopUp | ActionKind::Restore => {
                let payment = tables::payment(r, action.booking_id)?;
                payment.transfers.iter().find(|part| part.id == id).map(|part| part.reversed)
            }
            _ => None,
        };
        ours.insert(id, Ours { booking: action.booking_id, amount: action.amount, reversed });
    }
    Ok(ours)
}

fn moves_money(action: &MoneyAction) -> bool {
    let moves = !matches!(action.kind, ActionKind::Authorize { .. } | ActionKind::Release | ActionKind::Reverse);
    moves && action.state == ActionState::Done && action.amount.is_positive()
}

/// Of Stripe's objects those that we know from earlier, or whose booking has a call under way.
fn booked(r: &dyn Read, theirs: &[Held]) -> Outcome<BTreeSet<String>> {
    let mut booked = BTreeSet::new();
    for held in theirs {
        let Some(booking) = held.booking.as_deref().and_then(|id| id.parse::<BookingId>().ok()) else { continue };
        if !r.has(&PAYMENTS, &booking)? {
            continue;
        }
        let own = tables::actions(r, booking)?;
        let pending = own.iter().any(|action| action.state == ActionState::Pending);
        if pending || own.iter().any(|action| action.provider_id.as_deref() == Some(held.id.as_str())) {
            booked.insert(held.id.clone());
        }
    }
    Ok(booked)
}

/// Keeps what differs, and closes what no longer does. Answers how many are new.
fn keep(tx: &mut Tx, found: &[Found]) -> Outcome<usize> {
    let now = tx.now();
    let mut new = 0;
    for (object, mut row) in tx.scan(&DISCREPANCIES, Span::all(), SCAN_ROWS, Dir::Up)? {
        let gone = row.resolved_at.is_none() && !found.iter().any(|found| found.object == object);
        // What is older than the comparison looks is not judged again.
        if gone && row.found_at >= plus_hours(now, -OURS_HOURS) {
            row.resolved_at = Some(now);
            tx.put(&DISCREPANCIES, &object, &row)?;
        }
    }
    for found in found {
        let before = tx.get(&DISCREPANCIES, &found.object)?.filter(|row| row.resolved_at.is_none());
        new += usize::from(before.is_none());
        let row = Discrepancy {
            object: found.object.clone(),
            what: found.what,
            booking_id: found.booking,
            ours: found.ours,
            theirs: found.theirs,
            found_at: before.map_or(now, |row| row.found_at),
            seen_at: now,
            resolved_at: None,
        };
        tx.put(&DISCREPANCIES, &row.object, &row)?;
    }
    if new > 0 {
        tx.emit(&BooksDiffer { found: new })?;
    }
    Ok(new)
}

/// What differs now, the first found first.
pub fn discrepancies(r: &dyn Read) -> Outcome<Vec<Discrepancy>> {
    let rows = r.scan(&DISCREPANCIES, Span::all(), SCAN_ROWS, Dir::Up)?;
    let mut open: Vec<Discrepancy> =
        rows.into_iter().map(|(_, row)| row).filter(|row| row.resolved_at.is_none()).collect();
    open.sort_by_key(|row| row.found_at);
    Ok(open)
}
