//! What holds for every price and on every day of ten years, not only in the worked examples.

use proptest::prelude::*;

use crate::base::money::{Bp, Cents};
use crate::base::price::{Split, lesson_price, split};
use crate::base::time::{
    Date, TimeZone, Timestamp, WallTime, days_between, local_to_utc, plus_days, plus_hours, utc_to_local, zone,
};
use crate::payments::model::PriceQuote;
use crate::payments::rules::authorize::{Failed, scheduled_for};
use crate::payments::rules::settle::{CardEnd, Cause, CreditEnd, terms};

const CAUSES: [Cause; 14] = [
    Cause::Unpaid,
    Cause::StudentFree,
    Cause::StudentCredit,
    Cause::StudentHalf,
    Cause::LockedCredit,
    Cause::LockedHalf,
    Cause::InstructorCancel,
    Cause::AdminRefund,
    Cause::AdminKeep,
    Cause::PaymentFailed,
    Cause::LessonCompleted,
    Cause::InstructorNoShow,
    Cause::StudentNoShow,
    Cause::MutualNoShow,
];

/// Five zones: north and south, half an hour of summer time, none at all.
const ZONES: [&str; 5] =
    ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"];

/// Half-up with whole numbers of a larger kind, written down anew.
fn half_up(amount: i64, numerator: i64, denominator: i64) -> i64 {
    let (whole, rest) = (
        i128::from(amount) * i128::from(numerator) / i128::from(denominator),
        i128::from(amount) * i128::from(numerator) % i128::from(denominator),
    );
    i64::try_from(whole + i128::from(rest * 2 >= i128::from(denominator))).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// rule: 10§2.1: every cent that is paid goes somewhere, and credit never takes from the instructor.
    #[test]
    fn a_price_is_split_without_rest(
        rate in 1i64..=100_000, minutes in 15u16..=720, tier in 1u32..=9999, fee in 1u32..=9999,
        asked in 0i64..200_000, balance in 0i64..200_000,
    ) {
        let lesson = lesson_price(Cents(rate), minutes);
        let s: Split = split(lesson, Bp(fee), Bp(tier), Cents(asked), Cents(balance));
        prop_assert_eq!(lesson.0, half_up(rate, i64::from(minutes), 60));
        prop_assert_eq!(s.student_fee.0, half_up(lesson.0, i64::from(fee), 10_000));
        prop_assert_eq!(s.instructor_fee.0, half_up(lesson.0, i64::from(tier), 10_000));
        prop_assert_eq!(s.payout + s.instructor_fee, lesson);
        prop_assert_eq!(s.credit.0, asked.min(balance).min(lesson.0));
        prop_assert_eq!(s.student_pay + s.credit, lesson + s.student_fee);
        // Either the platform keeps something or it adds something, never both.
        prop_assert!(s.application_fee == Cents::ZERO || s.top_up == Cents::ZERO);
        prop_assert_eq!(s.student_pay + s.top_up, s.payout + s.application_fee);
        // The service fee is never paid with credit.
        prop_assert!(s.student_pay >= s.student_fee);
        for part in [s.payout, s.student_pay, s.application_fee, s.top_up, s.credit] {
            prop_assert!(part >= Cents::ZERO);
        }
        // What the instructor is paid does not depend on credit.
        prop_assert_eq!(s.payout, split(lesson, Bp(fee), Bp(tier), Cents::ZERO, Cents::ZERO).payout);
    }

    /// More credit never costs the student more.
    #[test]
    fn credit_only_helps(rate in 1i64..=100_000, minutes in 15u16..=720, less in 0i64..50_000, more in 0i64..50_000) {
        let quote = PriceQuote::new(Cents(rate), minutes, Bp(1200), Bp(1500), 1);
        let (less, more) = (less.min(more), less.max(more));
        let pays = |credit| quote.split(Cents(credit), Cents(1_000_000)).student_pay;
        prop_assert!(pays(more) <= pays(less));
    }

    /// rule: 10§2.8: nobody gets more than there is, whatever ends a lesson.
    #[test]
    fn no_end_makes_money(rate in 1i64..=100_000, minutes in 15u16..=720, tier in 1u32..=3000) {
        let quote = PriceQuote::new(Cents(rate), minutes, Bp(1200), Bp(tier), 1);
        for cause in CAUSES {
            let end = terms(cause, &quote);
            prop_assert!(end.payout >= Cents::ZERO && end.payout <= quote.payout);
            if end.card == CardEnd::GiveBack {
                prop_assert_eq!((end.payout, end.credit), (Cents::ZERO, CreditEnd::Release));
            }
            if let CreditEnd::Target(target) = end.credit {
                // With the fee the platform keeps, credit and payout stay within what was paid, up to a rounded cent.
                prop_assert!(target + end.payout <= quote.lesson + quote.student_fee + Cents(1));
            }
        }
    }
}

/// Every lesson at nine, at three in the night and at half past eleven, every day of ten years.
fn every_lesson(mut judge: impl FnMut(Timestamp, &TimeZone, Date)) {
    let (first, last): (Date, Date) = ("2026-01-01".parse().unwrap(), "2035-12-31".parse().unwrap());
    for name in ZONES {
        let tz = zone(name).unwrap();
        for day in 0..=days_between(first, last) {
            let date = plus_days(first, day);
            for minutes in [9 * 60, 3 * 60, 23 * 60 + 30, 2 * 60 + 15] {
                if let Some(start) = local_to_utc(date, WallTime::clamped(minutes), &tz).instant() {
                    judge(start, &tz, date);
                }
            }
        }
    }
}

/// rule: 10§2.4: every window is elapsed time, on the days when the clocks change as on all others.
#[test]
fn windows_are_elapsed_time_through_ten_years() {
    let (mut shifted, mut lessons) = (0, 0);
    every_lesson(|start, tz, _| {
        lessons += 1;
        let ask = plus_hours(start, -24);
        assert_eq!(scheduled_for(start, ask), Some(ask), "{start}: exactly a day ahead belongs to the earlier side");
        let late = crate::base::time::plus_seconds(ask, 1);
        assert_eq!(scheduled_for(start, late), None);
        assert_eq!(start.duration_since(ask).as_secs(), 24 * 3600);
        let failed = Failed { start, first_failed: ask, last_attempt: ask, warned: false };
        assert_eq!(start.duration_since(failed.warn_at()).as_secs(), 13 * 3600);
        assert_eq!(start.duration_since(failed.give_up_at()).as_secs(), 12 * 3600);
        // On a day with a change of clocks the wall shows another time of day than the lesson's.
        shifted += i32::from(utc_to_local(ask, tz).1 != utc_to_local(start, tz).1);
    });
    assert!(lessons > 70_000, "{lessons}");
    // Two changes a year in four of the zones, about four lessons on each of those days.
    assert!((200..=400).contains(&shifted), "{shifted} lessons lay behind a change of clocks");
}

/// A wall time that exists is one instant; read back it is the same wall time.
#[test]
fn wall_times_come_back_through_ten_years() {
    every_lesson(|start, tz, date| {
        let (there, wall) = utc_to_local(start, tz);
        assert_eq!(there, date);
        assert_eq!(local_to_utc(there, wall, tz).instant(), Some(start));
    });
}
