//! Today in the marketplace's own zone: the lessons of the day and the money the books moved.

use std::collections::BTreeMap;

use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, TimeZone, Timestamp, WallTime, local_to_utc, plus_days, today_in, utc_to_local};
use crate::bookings::model::Status;
use crate::bookings::tables::{made_between, starting_between, starts_between};
use crate::payments::ledger::{self, Account, EntryKind};
use crate::store::Read;

/// Lessons that are promised or took place.
const STANDING: [Status; 3] = [Status::Confirmed, Status::Completed, Status::NoShow];
/// Days the charts look back, today included.
pub const LESSON_DAYS: i64 = 28;
pub const MONEY_DAYS: i64 = 14;

/// One calendar day as a span of instants.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    pub date: Date,
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Day {
    pub fn of(date: Date, zone: &TimeZone) -> Self {
        Self { date, from: begin(date, zone), to: begin(plus_days(date, 1), zone) }
    }
    pub fn today(now: Timestamp, zone: &TimeZone) -> Self {
        Self::of(today_in(now, zone), zone)
    }
}

fn begin(date: Date, zone: &TimeZone) -> Timestamp {
    local_to_utc(date, WallTime::START, zone).instant().unwrap_or(Timestamp::MIN)
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Lessons {
    pub finished: usize,
    pub under_way: usize,
    pub to_come: usize,
}

impl Lessons {
    pub fn total(&self) -> usize {
        self.finished + self.under_way + self.to_come
    }
}

pub fn lessons(r: &dyn Read, day: &Day, now: Timestamp) -> Outcome<Lessons> {
    let mut lessons = Lessons::default();
    for status in STANDING {
        for booking in starting_between(r, status, day.from, day.to)? {
            let place = if now >= booking.end {
                &mut lessons.finished
            } else if now >= booking.start {
                &mut lessons.under_way
            } else {
                &mut lessons.to_come
            };
            *place += 1;
        }
    }
    Ok(lessons)
}

/// What was booked during a day and not lost again for lack of payment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Booked {
    pub count: usize,
    pub value: Cents,
}

pub fn booked(r: &dyn Read, day: &Day) -> Outcome<Booked> {
    let mut booked = Booked::default();
    for booking in made_between(r, day.from, day.to)? {
        if !matches!(booking.status, Status::Pending | Status::PaymentFailed) {
            booked.count += 1;
            booked.value += booking.quote.lesson + booking.quote.student_fee;
        }
    }
    Ok(booked)
}

/// The day's movements in the books.
#[derive(Clone, Copy, Debug, Default)]
pub struct Money {
    pub charged: Cents,
    pub charges: usize,
    pub refunded: Cents,
    pub to_instructors: Cents,
    pub payouts: usize,
    /// The platform's earnings, less the credit it gave away.
    pub kept: Cents,
    pub credit_given: Cents,
}

pub fn money(r: &dyn Read, day: &Day) -> Outcome<Money> {
    let mut money = Money::default();
    for entry in ledger::between(r, day.from, day.to)? {
        let of = |account| entry.lines.iter().filter(|l| l.account == account).map(|l| l.amount).sum::<Cents>();
        let cash = of(Account::Cash);
        match entry.kind {
            EntryKind::Capture | EntryKind::TipCharged => {
                money.charged += cash;
                money.charges += 1;
            }
            EntryKind::Refund => money.refunded += -cash,
            EntryKind::Payout => {
                money.to_instructors += -cash;
                money.payouts += 1;
            }
            EntryKind::Tip | EntryKind::PayoutReversed => money.to_instructors += -cash,
            EntryKind::FeesEarned
            | EntryKind::CreditIssued
            | EntryKind::CreditUsed
            | EntryKind::CreditForfeited
            | EntryKind::CreditExpired
            | EntryKind::FeesReturned
            | EntryKind::DisputeOpened
            | EntryKind::DisputeWon
            | EntryKind::DisputeLost
            | EntryKind::CreditRevoked
            | EntryKind::DebtRaised
            | EntryKind::DebtCleared
            | EntryKind::DebtPaid
            | EntryKind::Rebooked => {}
        }
        money.kept += -(of(Account::Fees) + of(Account::CreditCost) + of(Account::Losses));
        money.credit_given += of(Account::CreditCost);
    }
    Ok(money)
}

/// Lessons on each of the last days, oldest first.
pub fn lessons_per_day(r: &dyn Read, today: Date, zone: &TimeZone) -> Outcome<Vec<(Date, u64)>> {
    let first = plus_days(today, 1 - LESSON_DAYS);
    let (from, to) = (begin(first, zone), begin(plus_days(today, 1), zone));
    let mut counts: BTreeMap<Date, u64> = (0..LESSON_DAYS).map(|n| (plus_days(first, n), 0)).collect();
    for status in STANDING {
        for start in starts_between(r, status, from, to)? {
            if let Some(count) = counts.get_mut(&utc_to_local(start, zone).0) {
                *count += 1;
            }
        }
    }
    Ok(counts.into_iter().collect())
}

/// What cards gave on each of the last days, oldest first.
pub fn charged_per_day(r: &dyn Read, today: Date, zone: &TimeZone) -> Outcome<Vec<(Date, Cents)>> {
    let day = |n| Day::of(plus_days(today, n + 1 - MONEY_DAYS), zone);
    (0..MONEY_DAYS).map(day).map(|day| Ok((day.date, money(r, &day)?.charged))).collect()
}
