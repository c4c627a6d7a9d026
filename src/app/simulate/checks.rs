//! What must hold after every step, whatever happened in it.

use std::collections::BTreeSet;

use super::law::{self, Ends};
use super::world::World;
use crate::base::id::{BookingId, UserId};
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_minutes};
use crate::bookings::model::Booking;
use crate::payments::later::DisputeState;
use crate::payments::ledger::{self, Account, Entry, EntryKind};
use crate::payments::model::{ActionKind, BookingPayment, MoneyAction, PaymentStatus, TipStatus};
use crate::payments::rules::credits::MILESTONE;
use crate::payments::tables::{self, ENTRIES, ENTRIES_BY_STUDENT};
use crate::store::{Dir, Read, ReadExt as _, Span};

impl World {
    /// Looks at everything the last step touched.
    pub fn check_step(&self) {
        let seen = self.life.witness().take();
        let mut log = self.log.lock();
        log.reached.extend(seen.moves);
        log.wrong.extend(seen.wrong);
        drop(log);
        let found = self.site.read(|r| {
            let mut wrong = Vec::new();
            for root in self.roots(&seen.touched) {
                self.check_chain(r, root, &mut wrong)?;
            }
            let students = self.life.witness().students(&seen.touched);
            for student in students {
                check_credit(r, student, &mut wrong)?;
                self.note_credit(r, student)?;
            }
            Ok(wrong)
        });
        self.check_times(&seen.touched);
        self.report_wrong(found);
    }

    /// What can become of credit has to become of some.
    fn note_credit(&self, r: &dyn Read, student: UserId) -> Outcome<()> {
        for lot in tables::lots(r, student)? {
            self.log.reach(format!("credit {}", lot.status.name()));
            if lot.source_type.starts_with(MILESTONE) {
                self.log.reach("credit milestone");
            }
        }
        Ok(())
    }

    fn report_wrong(&self, found: Outcome<Vec<String>>) {
        self.log.lock().wrong.extend(found.unwrap_or_else(|refusal| vec![format!("a check failed: {refusal}")]));
    }

    fn roots(&self, of: &BTreeSet<BookingId>) -> BTreeSet<BookingId> {
        let witness = self.life.witness();
        of.iter().filter_map(|id| witness.bookings.get(id)).map(|known| known.root).collect()
    }

    /// The books of one lesson, ours and Stripe's, through all the bookings it was moved.
    fn check_chain(&self, r: &dyn Read, root: BookingId, wrong: &mut Vec<String>) -> Outcome<()> {
        let (mut ours, mut theirs, mut on_its_way) = (0, 0, Vec::new());
        let chain = self.life.witness().chain(root);
        for id in chain {
            let witness = self.life.witness();
            let (Some(known), Some(payment)) = (witness.bookings.get(&id), witness.payments.get(&id)) else {
                wrong.push(format!("booking {id} has no payment"));
                continue;
            };
            let (booking, payment) = (known.booking.clone(), payment.clone());
            drop(witness);
            let entries = ledger::of_booking(r, id)?;
            let pending = tables::pending(r, id)?;
            let asking = pending.as_ref().is_some_and(|action| matches!(action.kind, ActionKind::Authorize { .. }));
            check_booking(&booking, &payment, asking, &entries, wrong);
            ours += on(&entries, Account::Cash, |kind| !is_of_dispute(kind)).0;
            let held = self.stand_in.position(&id.to_string());
            theirs += held.captured - held.refunded - held.transferred + held.reversed;
            on_its_way.extend(pending.map(|action| effect(&action)));
            // Captured when its holder came back from the bank; we hear of it in a moment.
            let tip = payment.tip.filter(|tip| tip.status == TipStatus::RequiresAction);
            on_its_way.extend(tip.map(|tip| tip.amount.0));
        }
        // A call whose outcome we do not know may have moved money; nothing else may.
        let explained = theirs == ours || on_its_way.iter().any(|effect| theirs - ours == *effect);
        if !explained {
            wrong.push(format!("lesson {root}: our books say {ours} cents of cash, Stripe's say {theirs}"));
        }
        Ok(())
    }

    /// Nobody is in two places at once, and every instructor gets the time between lessons they asked for.
    fn check_times(&self, touched: &BTreeSet<BookingId>) {
        let now = self.clock.now();
        let witness = self.life.witness();
        let mut wrong = Vec::new();
        for id in touched {
            let Some(one) = witness.bookings.get(id).map(|known| &known.booking).filter(|b| b.blocks_at(now)) else {
                continue;
            };
            for other in witness.bookings.values().map(|known| &known.booking) {
                let meets = other.id != one.id
                    && (other.instructor_id == one.instructor_id || other.student_id == one.student_id)
                    && other.blocks_at(now);
                let buffer = if other.instructor_id == one.instructor_id { self.buffer(one.instructor_id) } else { 0 };
                if meets && overlap(one, other, buffer) {
                    wrong.push(format!("bookings {} and {} overlap", one.id, other.id));
                }
            }
        }
        drop(witness);
        self.log.lock().wrong.extend(wrong);
    }

    /// Minutes between two lessons; the platform's own rules, once they held, have others (rule: 00§4 Buffer).
    fn buffer(&self, instructor: UserId) -> i64 {
        let teacher = self.people.teachers.iter().find(|teacher| teacher.id == instructor);
        teacher.filter(|_| !self.platform_rules_held).map_or(0, |teacher| teacher.buffer_minutes)
    }

    /// The whole store, every balance, and nothing left unfinished.
    pub fn check_end(&self, report: &crate::store::verify::Report) {
        let mut wrong = report.wrong.clone();
        wrong.extend(self.refused_post());
        let now = self.clock.now();
        let found = self.site.read(|r| {
            for teacher in &self.people.teachers {
                let (ours, theirs) =
                    (crate::payments::ops::earnings(r, teacher.id)?.earned.0, self.stand_in.sent_to(&teacher.account));
                if ours != theirs {
                    wrong.push(format!("instructor {} earned {ours} by us, {theirs} by Stripe", teacher.id));
                }
            }
            for student in &self.people.students {
                check_credit(r, *student, &mut wrong)?;
            }
            let all = self.life.witness().bookings.keys().copied().collect();
            for root in self.roots(&all) {
                self.check_chain(r, root, &mut wrong)?;
                self.check_disputed(r, root, &mut wrong)?;
            }
            let (ours, theirs) = (cash(r)?, self.theirs());
            if ours != theirs {
                wrong.push(format!("we count {ours} cents at Stripe, Stripe counts {theirs}"));
            }
            for dead in crate::jobs::dead(r, 10)? {
                wrong.push(format!("job {} {} died: {:?}", dead.kind, dead.key, dead.last_error));
            }
            let witness = self.life.witness();
            for (id, payment) in &witness.payments {
                if let Some(action) = tables::pending(r, *id)? {
                    let job =
                        crate::jobs::find(r, "payment_health", &id.to_string())?.map(|job| (job.state, job.ready_at));
                    wrong.push(format!(
                        "call {} never ended: {:?}; its job: {job:?}",
                        action.idempotency_key, action.error
                    ));
                }
                if let Some(tip) = payment.tip.as_ref().filter(|tip| tip.status == TipStatus::RequiresAction) {
                    let intent = tip.intent.clone().unwrap_or_default();
                    if !self.stand_in.authentication_page(&intent)?.waiting {
                        wrong.push(format!("booking {id}: the bank has spoken about its tip and nobody listened"));
                    }
                }
                let booking = witness.bookings.get(id).map(|known| &known.booking);
                wrong.extend(booking.and_then(|booking| unfinished(booking, payment, now)));
            }
            Ok(wrong)
        });
        self.report_wrong(found);
        self.check_holds();
    }

    /// What banks took back of one lesson, through all the bookings it was moved.
    fn check_disputed(&self, r: &dyn Read, root: BookingId, wrong: &mut Vec<String>) -> Outcome<()> {
        let (mut ours, mut theirs) = (0, 0);
        let chain = self.life.witness().chain(root);
        for id in chain {
            ours -= on(&ledger::of_booking(r, id)?, Account::Cash, is_of_dispute).0;
            theirs += self.stand_in.position(&id.to_string()).disputed;
        }
        if ours != theirs {
            wrong.push(format!("lesson {root}: we count {ours} cents disputed, Stripe counts {theirs}"));
        }
        Ok(())
    }

    fn theirs(&self) -> i64 {
        let witness = self.life.witness();
        let positions = witness.bookings.keys().map(|id| self.stand_in.position(&id.to_string()));
        positions.map(|p| p.captured - p.refunded - p.transferred + p.reversed - p.disputed).sum()
    }

    /// No card is left with money held for a lesson whose money is settled.
    fn check_holds(&self) {
        let witness = self.life.witness();
        // What was held for a lesson before it was moved goes over to where it was moved.
        let over = |payment: &&BookingPayment| {
            let root = witness.bookings.get(&payment.booking_id).map(|known| known.root);
            let chain = root.map(|root| witness.chain(root)).unwrap_or_default();
            chain.iter().all(|id| witness.payments.get(id).is_none_or(BookingPayment::is_settled))
        };
        let settled = witness.payments.values().filter(over);
        let left = settled.filter(|payment| self.stand_in.position(&payment.booking_id.to_string()).held > 0);
        let wrong: Vec<String> =
            left.map(|payment| format!("a card still holds money for settled {}", payment.booking_id)).collect();
        drop(witness);
        self.log.lock().wrong.extend(wrong);
    }
}

fn check_booking(
    booking: &Booking,
    payment: &BookingPayment,
    asking: bool,
    entries: &[Entry],
    wrong: &mut Vec<String>,
) {
    let id = booking.id;
    let mut must = |holds: bool, words: String| {
        if !holds {
            wrong.push(format!("booking {id}: {words}"));
        }
    };
    for entry in entries {
        let sum: Cents = entry.lines.iter().map(|line| line.amount).sum();
        must(sum == Cents::ZERO, format!("entry {} sums to {}", entry.id, sum.dollars()));
    }
    let states = format!("{:?} with {:?}, settling {}", booking.status, payment.status, payment.settling.is_some());
    must(law::go_together(booking, payment, asking), states);
    let of_lesson = |kind| !matches!(kind, EntryKind::Tip | EntryKind::TipCharged) && !is_of_dispute(kind);
    let lesson_cash = on(entries, Account::Cash, of_lesson);
    let row = payment.captured - payment.refunded_to_card - payment.instructor_payout;
    // What a bank gave back to its card holder is on the row like a refund.
    let by_bank = payment.dispute.as_ref().is_some_and(|dispute| dispute.state == DisputeState::Lost);
    must(by_bank || lesson_cash == row, format!("the ledger has {} of its cash, its row {}", lesson_cash.0, row.0));
    must(payment.refunded_to_card <= payment.captured, "more was given back than taken".into());
    must(payment.instructor_payout <= payment.quote.payout, "more was paid out than earned".into());
    must(payment.quote == booking.quote, "its price changed after it was sold".into());
    // Between the calls of a correction its money is on the way.
    if payment.status != PaymentStatus::Settled || payment.correcting.is_some() {
        return;
    }
    let left = on(entries, Account::Lessons, |_| true);
    must(left == Cents::ZERO, format!("{} of its money is not distributed", left.dollars()));
    let got = Ends {
        card: payment.captured - payment.refunded_to_card,
        instructor: payment.instructor_payout,
        student_credit: payment.student_credit,
    };
    // Later refunds and disputes change what an end came to.
    if payment.corrections == 0
        && let Some(due) = law::ends(payment)
    {
        must(got == due, format!("settled as {:?} with {got:?} instead of {due:?}", payment.outcome));
    }
}

fn is_of_dispute(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::DisputeOpened | EntryKind::DisputeWon | EntryKind::DisputeLost)
}

fn on(entries: &[Entry], account: Account, counts: impl Fn(EntryKind) -> bool) -> Cents {
    let lines = entries.iter().filter(|entry| counts(entry.kind)).flat_map(|entry| &entry.lines);
    lines.filter(|line| line.account == account).map(|line| line.amount).sum()
}

/// What Stripe's side of our cash becomes if a call has happened.
fn effect(action: &MoneyAction) -> i64 {
    match action.kind {
        ActionKind::Capture | ActionKind::Tip | ActionKind::Reverse => action.amount.0,
        ActionKind::Refund
        | ActionKind::Transfer
        | ActionKind::TopUp
        | ActionKind::TipTransfer
        | ActionKind::Restore => -action.amount.0,
        ActionKind::Authorize { .. } | ActionKind::Release => 0,
    }
}

fn overlap(one: &Booking, other: &Booking, buffer: i64) -> bool {
    one.start < plus_minutes(other.end, buffer) && other.start < plus_minutes(one.end, buffer)
}

/// A student's lots are what the ledger says they hold.
fn check_credit(r: &dyn Read, student: UserId, wrong: &mut Vec<String>) -> Outcome<()> {
    let lots = tables::lots(r, student)?;
    let live: Cents = lots.iter().filter(|lot| lot.status.is_live()).map(|lot| lot.amount).sum();
    let rows = r.by_index(&ENTRIES, &ENTRIES_BY_STUDENT, Span::prefix(&(student,)), 50_000, Dir::Up)?;
    let entries: Vec<Entry> = rows.into_iter().map(|(_, entry)| entry).collect();
    let booked = on(&entries, Account::StudentCredit, |_| true);
    if live != -booked {
        wrong.push(format!("student {student} holds {} of credit, the ledger says {}", live.0, -booked.0));
    }
    Ok(())
}

fn cash(r: &dyn Read) -> Outcome<i64> {
    let entries = ledger::between(r, Timestamp::UNIX_EPOCH, Timestamp::MAX)?;
    Ok(on(&entries, Account::Cash, |_| true).0)
}

/// After days of quiet every lesson has ended, and its money too or a person looks at it.
fn unfinished(booking: &Booking, payment: &BookingPayment, now: Timestamp) -> Option<String> {
    use crate::bookings::model::Status::{Cancelled, Completed, NoShow, PaymentFailed};
    let over = match booking.status {
        Completed | Cancelled | PaymentFailed => true,
        // Somebody objected or contests: that waits for a person as long as it takes.
        NoShow => booking.no_show.as_ref().is_some_and(|n| n.resolved_at.is_some() || n.disputed_at.is_some()),
        _ => payment.in_review() || booking.end > now,
    };
    let paid = payment.is_settled() || payment.in_review() || booking.end > now;
    (!over || !paid).then(|| {
        format!("booking {} is still {:?} with {:?} money long after it", booking.id, booking.status, payment.status)
    })
}
