//! What a student paid and an instructor earned, read from the payments and the ledger.

use std::collections::BTreeMap;

use crate::accounts;
use crate::base::id::{BookingId, UserId};
use crate::base::limits::SCAN_ROWS;
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::text::first_last_initial;
use crate::base::time::Timestamp;
use crate::payments::ledger::{Account, EntryKind};
use crate::payments::model::BookingPayment;
use crate::payments::tables::{
    self, ENTRIES, ENTRIES_BY_INSTRUCTOR, PAYMENTS, PAYMENTS_BY_STUDENT, PAYMENTS_OPEN_BY_INSTRUCTOR,
};
use crate::payments::view::has_ended;
use crate::store::{Dir, Read, ReadExt, Span};

/// Payments of a student that came to anything, the latest lesson first.
pub fn transactions(r: &dyn Read, student: UserId) -> Outcome<Vec<BookingPayment>> {
    let span = Span::prefix(&(student,));
    let rows = r.by_index(&PAYMENTS, &PAYMENTS_BY_STUDENT, span, SCAN_ROWS, Dir::Down)?;
    let real = |payment: &BookingPayment| payment.promised || payment.captured.is_positive();
    Ok(rows.into_iter().map(|(_, payment)| payment).filter(real).collect())
}

/// One lesson's earning.
#[derive(Clone, Debug, PartialEq)]
pub struct LessonEarning {
    pub booking_id: BookingId,
    /// What was taught, and to whom: "Piano with Emma J."
    pub description: String,
    pub service: String,
    pub student: String,
    pub start: Timestamp,
    pub minutes: i64,
    pub lesson: Cents,
    pub platform_fee: Cents,
    pub payout: Cents,
    pub tip: Cents,
    pub paid_at: Timestamp,
    /// `paid`; `under_review` while a bank or a person looks at it.
    pub status: &'static str,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Earnings {
    pub earned: Cents,
    pub tips: Cents,
    pub lesson_value: Cents,
    pub platform_fees: Cents,
    /// The latest payout first.
    pub lessons: Vec<LessonEarning>,
}

/// What the card statement calls the lesson ends in its instructor; to them it is the lesson alone.
fn service_of(payment: &BookingPayment) -> String {
    payment.description.rsplit_once(" with ").map_or(payment.description.as_str(), |(service, _)| service).to_owned()
}

fn student_of(r: &dyn Read, payment: &BookingPayment) -> Outcome<String> {
    let student = accounts::user(r, payment.student_id)?;
    Ok(student.map_or_else(|| "somebody".to_owned(), |user| first_last_initial(&user.first_name, &user.last_name)))
}

/// rule: 10§2.10: the ledger's truth (transfers, top-ups, tips), not recomputed from today's tier.
pub fn earnings(r: &dyn Read, instructor: UserId) -> Outcome<Earnings> {
    let span = Span::prefix(&(instructor,));
    let entries = r.by_index(&ENTRIES, &ENTRIES_BY_INSTRUCTOR, span, SCAN_ROWS, Dir::Up)?;
    let mut by_booking: BTreeMap<BookingId, (Cents, Cents, Timestamp)> = BTreeMap::new();
    for (_, entry) in entries {
        let Some(booking) = entry.booking_id else { continue };
        let paid: Cents = entry.lines.iter().filter(|l| l.account == Account::Cash).map(|l| -l.amount).sum();
        let (payout, tip, at) = by_booking.entry(booking).or_insert((Cents::ZERO, Cents::ZERO, entry.at));
        match entry.kind {
            EntryKind::Payout => *payout += paid,
            // What was taken back is no longer earned.
            EntryKind::PayoutReversed => {
                *payout += paid;
                continue;
            }
            EntryKind::Tip => *tip += paid,
            _ => continue,
        }
        *at = entry.at;
    }
    by_booking.retain(|_, (payout, tip, _)| *payout != Cents::ZERO || *tip != Cents::ZERO);
    let mut all = Earnings::default();
    for (booking_id, (payout, tip, paid_at)) in by_booking {
        let payment = tables::payment(r, booking_id)?;
        all.earned += payout + tip;
        all.tips += tip;
        all.lesson_value += payment.quote.lesson;
        all.platform_fees += payment.quote.instructor_fee;
        let (service, student) = (service_of(&payment), student_of(r, &payment)?);
        all.lessons.push(LessonEarning {
            booking_id,
            description: format!("{service} with {student}"),
            service,
            student,
            start: payment.start,
            minutes: payment.end.duration_since(payment.start).as_mins(),
            lesson: payment.quote.lesson,
            platform_fee: payment.quote.instructor_fee,
            payout,
            tip,
            paid_at,
            status: if payment.in_review() { "under_review" } else { "paid" },
        });
    }
    all.lessons.sort_by_key(|lesson| std::cmp::Reverse(lesson.paid_at));
    Ok(all)
}

/// What is still to reach an instructor: of lessons that are over, and of those ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coming {
    pub on_its_way: Cents,
    pub lessons_over: usize,
    pub booked: Cents,
    pub lessons_ahead: usize,
}

/// Lessons whose money a bank or a person looks at are not counted: nobody knows yet.
pub fn coming(r: &dyn Read, instructor: UserId, now: Timestamp) -> Outcome<Coming> {
    let span = Span::prefix(&(instructor,));
    let open = r.by_index(&PAYMENTS, &PAYMENTS_OPEN_BY_INSTRUCTOR, span, SCAN_ROWS, Dir::Up)?;
    let mut all = Coming::default();
    for (_, payment) in open {
        if payment.in_review() || has_ended(&payment) {
            continue;
        }
        let (sum, count) = match payment.end <= now {
            true => (&mut all.on_its_way, &mut all.lessons_over),
            false => (&mut all.booked, &mut all.lessons_ahead),
        };
        *sum += payment.quote.payout;
        *count += 1;
    }
    Ok(all)
}
