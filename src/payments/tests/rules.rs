use proptest::prelude::*;

use crate::base::id::{BookingId, LotId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::time::{SignedDuration, Timestamp, plus_hours};
use crate::payments::model::{BookingMoney, BookingPayment, CreditLot, LotStatus, PriceQuote, Settling};
use crate::payments::rules::authorize::{Due, Failed, scheduled_for};
use crate::payments::rules::credits::{available, consume, milestone, release, reserve, return_on_cancel};
use crate::payments::rules::pricing::{PricingConfig, Tier, check, line_items};
use crate::payments::rules::settle::{Cause, CreditEnd, Step, next_step, terms};
use crate::payments::rules::tiers::{Asked, Record, tier};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-03-01T12:00:00Z")
}

/// rule: 10§6, tiers by (stored, completions in 30 days).
#[test]
fn tiers_follow_the_worked_examples() {
    let config = PricingConfig::default();
    let days_ago = |days: i64| now() - SignedDuration::from_hours(24 * days);
    for (stored, recent, last, want) in [
        (1500, 3, 1, 1500),
        (1500, 4, 1, 1200),
        (1500, 10, 1, 1000),
        (1000, 9, 1, 1200),
        (1000, 3, 1, 1200),
        (1200, 3, 1, 1500),
        (1000, 0, 89, 1200),
        (1000, 0, 91, 1500),
    ] {
        let record = Record {
            stored: Bp(stored),
            founding: false,
            recent,
            last_completed: Some(days_ago(last)),
            last_demoted: None,
        };
        assert_eq!(tier(&config, &record, Asked::ForLesson, now()), Bp(want), "{stored} {recent} {last}");
        assert_eq!(tier(&config, &Record { founding: true, ..record }, Asked::ForLesson, now()), Bp(800));
    }
}

/// rule: 10§2.2: a nightly sweep cannot cascade: one demotion in 30 days.
#[test]
fn sweeps_demote_once_in_thirty_days() {
    let config = PricingConfig::default();
    let record = Record {
        stored: Bp(1000),
        founding: false,
        recent: 0,
        last_completed: Some(now() - SignedDuration::from_hours(24 * 40)),
        last_demoted: None,
    };
    assert_eq!(tier(&config, &record, Asked::BySweep, now()), Bp(1200));
    let again = Record { stored: Bp(1200), last_demoted: Some(now()), ..record };
    let tomorrow = now() + SignedDuration::from_hours(24);
    assert_eq!(tier(&config, &again, Asked::BySweep, tomorrow), Bp(1200));
    // What a lesson is priced at is what the profile says.
    assert_eq!(tier(&config, &again, Asked::ForLesson, tomorrow), Bp(1200));
    let later = now() + SignedDuration::from_hours(24 * 30);
    assert_eq!(tier(&config, &again, Asked::ForLesson, later), Bp(1500));
}

#[test]
fn pricing_settings_are_checked() {
    let config = PricingConfig::default();
    assert!(check(&config).is_ok());
    assert!(check(&PricingConfig { tiers: Vec::new(), ..config.clone() }).is_err());
    assert!(check(&PricingConfig { student_fee: Bp(10_000), ..config.clone() }).is_err());
    let gap = vec![Tier { min: 1, max: Some(4), pct: Bp(1500) }, Tier { min: 6, max: None, pct: Bp(1200) }];
    assert!(check(&PricingConfig { tiers: gap, ..config }).is_err());
}

#[test]
fn lines_name_fee_and_credit() {
    let quote = PriceQuote::new(Cents(8000), 60, Bp(1200), Bp(1500), 1);
    let lines = line_items(&quote.split(Cents(2000), Cents(2000)), quote.fee);
    let said: Vec<_> = lines.iter().map(|line| (line.label.as_str(), line.amount_cents.0)).collect();
    assert_eq!(said, [("Booking Protection (12%)", 960), ("Credit", -2000)]);
    assert_eq!(line_items(&quote.split(Cents(0), Cents(2000)), quote.fee).len(), 1);
}

fn lot(name: &str, cents: i64, expires_in_days: Option<i64>) -> CreditLot {
    CreditLot {
        id: LotId::of_name(name),
        user_id: UserId::of_name("emma"),
        amount: Cents(cents),
        source_type: "admin".into(),
        reason: None,
        source_booking_id: None,
        status: LotStatus::Available,
        reserved_for: None,
        used_booking_id: None,
        created_at: now(),
        expires_at: expires_in_days.map(|days| now() + SignedDuration::from_hours(24 * days)),
        used_at: None,
        frozen_from: None,
    }
}

fn ids() -> impl FnMut() -> LotId {
    let mut n = 0;
    move || {
        n += 1;
        LotId::of_name(&format!("new {n}"))
    }
}

/// rule: 10§2.5: earliest expiry first, never-expiring last; a partly used lot splits and keeps its expiry.
#[test]
fn credit_is_spent_in_order() {
    let booking = BookingId::of_name("b");
    let lots =
        [lot("never", 5000, None), lot("late", 3000, Some(90)), lot("soon", 1000, Some(10)), lot("gone", 9, Some(-1))];
    assert_eq!(available(&lots, now()), Cents(9000));
    let changed = reserve(&lots, Cents(2500), booking, now(), ids());
    let said: Vec<_> = changed.iter().map(|l| (l.id, l.amount.0, l.status)).collect();
    assert_eq!(
        said,
        [
            (LotId::of_name("soon"), 1000, LotStatus::Reserved),
            (LotId::of_name("late"), 1500, LotStatus::Reserved),
            (LotId::of_name("new 1"), 1500, LotStatus::Available),
        ]
    );
    assert_eq!(changed[2].expires_at, lots[1].expires_at);
    let later = now() + SignedDuration::from_hours(24 * 20);
    let back = release(&changed[..2], later);
    assert_eq!(back[0].status, LotStatus::Expired);
    assert_eq!((back[1].status, back[1].reserved_for), (LotStatus::Available, None));
    assert!(consume(&changed[..2], booking, now()).iter().all(|l| l.used_booking_id == Some(booking)));
}

/// rule: 10§2.5: every 11 lessons a cycle, 5 → $10, 11 → $20.
#[test]
fn milestones_repeat() {
    let config = PricingConfig::default();
    let earned = |n| milestone(n, config.credit_cycle, &config.credit_steps).map(|c| c.0);
    assert_eq!([0, 1, 5, 11, 16, 22].map(earned), [None, None, Some(1000), Some(2000), Some(1000), Some(2000)]);
}

proptest! {
    /// Whatever is reserved is exactly what comes back: released + forfeited = reserved, released + issued = target.
    #[test]
    fn returns_add_up(amounts in prop::collection::vec(1i64..5000, 0..6), target in 0i64..20_000) {
        let reserved: Vec<_> = amounts.iter().enumerate().map(|(n, cents)| CreditLot {
            status: LotStatus::Reserved,
            reserved_for: Some(BookingId::of_name("b")),
            ..lot(&format!("r{n}"), *cents, Some(n as i64 + 1))
        }).collect();
        let back = return_on_cancel(&reserved, Cents(target), now(), ids());
        let held: i64 = amounts.iter().sum();
        prop_assert_eq!(back.released + back.forfeited, Cents(held));
        prop_assert_eq!(back.released + back.issued, Cents(target));
        let sum = |status| -> Cents { back.lots.iter().filter(|l| l.status == status).map(|l| l.amount).sum() };
        prop_assert_eq!(sum(LotStatus::Available), back.released);
        prop_assert_eq!(sum(LotStatus::Forfeited), back.forfeited);
    }

    #[test]
    fn reserving_never_makes_money(amounts in prop::collection::vec(1i64..5000, 0..6), want in 0i64..20_000) {
        let lots: Vec<_> = amounts.iter().enumerate().map(|(n, cents)| lot(&format!("a{n}"), *cents, None)).collect();
        let changed = reserve(&lots, Cents(want), BookingId::of_name("b"), now(), ids());
        let reserved: Cents = changed.iter().filter(|l| l.status == LotStatus::Reserved).map(|l| l.amount).sum();
        prop_assert_eq!(reserved, Cents(want.min(amounts.iter().sum())));
        let untouched: Cents = lots.iter().filter(|l| !changed.iter().any(|c| c.id == l.id)).map(|l| l.amount).sum();
        let after: Cents = changed.iter().map(|l| l.amount).sum();
        prop_assert_eq!(untouched + after, Cents(amounts.iter().sum()));
    }
}

/// rule: 10§2.6; New York springs forward in between, so 24 hours are elapsed time (part 10 §6, DST).
#[test]
fn the_card_is_asked_24_elapsed_hours_ahead() {
    let start = at("2026-03-08T14:00:00Z");
    let ahead = Some(at("2026-03-07T14:00:00Z"));
    assert_eq!(scheduled_for(start, at("2026-03-05T00:00:00Z")), ahead);
    assert_eq!(scheduled_for(start, at("2026-03-07T14:00:00Z")), ahead);
    assert_eq!(scheduled_for(start, at("2026-03-07T14:00:01Z")), None);
}

/// rule: 10§2.6: +1 h, +4 h, then every 8 h after the last; warning at T−13 h, the end at T−12 h.
#[test]
fn refused_cards_are_asked_again() {
    let start = at("2026-03-10T12:00:00Z");
    let first_failed = plus_hours(start, -24);
    let mut failed = Failed { start, first_failed, last_attempt: first_failed, warned: false };
    let mut seen = Vec::new();
    loop {
        let next = failed.next();
        let hours = start.duration_since(next).as_hours();
        match failed.due(next) {
            Due::Retry => {
                seen.push(format!("retry {hours}"));
                failed.last_attempt = next;
            }
            Due::Warn { retry } => {
                seen.push(format!("warn {hours} {retry}"));
                failed.warned = true;
            }
            Due::GiveUp => {
                seen.push(format!("end {hours}"));
                break;
            }
            Due::Nothing => panic!("nothing due at {next}"),
        }
    }
    assert_eq!(seen, ["retry 23", "retry 20", "warn 13 false", "end 12"]);
    let early =
        Failed { first_failed: plus_hours(start, -60), last_attempt: plus_hours(start, -56), start, warned: false };
    assert_eq!(early.retry_at(), plus_hours(start, -48));
}

/// The money of every row of part 10 §6, walked step by step as the bank would answer.
#[test]
fn cancellations_follow_the_table() {
    use Cause::{
        AdminKeep, InstructorCancel, LessonCompleted, LockedCredit, LockedHalf, StudentCredit, StudentFree, StudentHalf,
    };
    // rate, tier, credit, captured before, cause → card net, released, issued, forfeited, instructor
    for (rate, tier, credit, locked, cause, want) in [
        (8000, 1500, 0, false, StudentCredit, (8960, 0, 8000, 0, 0)),
        (8000, 1500, 0, false, StudentHalf, (8960, 0, 4000, 0, 3400)),
        (8000, 1500, 2000, false, StudentFree, (0, 2000, 0, 0, 0)),
        (8000, 1500, 2000, false, StudentCredit, (6960, 2000, 6000, 0, 0)),
        (8000, 1500, 2000, false, StudentHalf, (6960, 2000, 2000, 0, 3400)),
        (8000, 1500, 2000, false, LessonCompleted, (6960, 0, 0, 0, 6800)),
        (8000, 1500, 2000, true, InstructorCancel, (0, 2000, 0, 0, 0)),
        (8000, 1500, 8000, false, StudentHalf, (960, 4000, 0, 4000, 3400)),
        (12000, 1200, 0, true, LessonCompleted, (13440, 0, 0, 0, 10560)),
        (12000, 1200, 0, true, LockedCredit, (13440, 0, 12000, 0, 0)),
        (12000, 1200, 0, true, LockedHalf, (13440, 0, 6000, 0, 5280)),
        (8025, 1500, 0, false, StudentHalf, (8988, 0, 4013, 0, 3411)),
        (8000, 1500, 2000, false, AdminKeep, (6960, 0, 0, 0, 6800)),
    ] {
        let got = walk(rate, tier, credit, locked, cause);
        assert_eq!(got, want, "{rate} {credit} {cause:?}");
    }
}

fn walk(rate: i64, tier: u32, credit: i64, locked: bool, cause: Cause) -> (i64, i64, i64, i64, i64) {
    let quote = PriceQuote::new(Cents(rate), 60, Bp(1200), Bp(tier), 1);
    let mut payment = BookingPayment::open(&BookingMoney {
        booking_id: BookingId::of_name("b"),
        student_id: UserId::of_name("emma"),
        instructor_id: UserId::of_name("sarah"),
        quote,
        start: now(),
        end: now(),
        description: String::new(),
    });
    payment.credits_reserved = Cents(credit);
    payment.intent = Some("pi".into());
    payment.held = !locked;
    payment.captured = if locked { payment.card_amount() } else { Cents::ZERO };
    let terms = terms(cause, &quote);
    payment.settling = Some(Settling::begun(terms));
    let mut paid = Cents::ZERO;
    for _ in 0..10 {
        match next_step(&payment) {
            Step::Finish => break,
            Step::Authorize => payment.held = true,
            Step::Capture(amount) => payment.captured = amount,
            Step::Release => payment.intent = None,
            Step::Refund(amount) => payment.refunded_to_card += amount,
            Step::Transfer(amount) => {
                paid += amount;
                payment.settling.as_mut().unwrap().paid_from_charge += amount;
            }
            Step::TopUp(amount) => {
                paid += amount;
                payment.settling.as_mut().unwrap().topped_up += amount;
            }
        }
    }
    let lots = if credit > 0 {
        vec![CreditLot {
            status: LotStatus::Reserved,
            reserved_for: Some(payment.booking_id),
            ..lot("c", credit, Some(9))
        }]
    } else {
        Vec::new()
    };
    let back = match terms.credit {
        CreditEnd::Release => return_on_cancel(&lots, Cents(credit), now(), ids()),
        CreditEnd::Target(target) => return_on_cancel(&lots, target, now(), ids()),
        CreditEnd::Consume => Default::default(),
    };
    let net = payment.captured - payment.refunded_to_card;
    (net.0, back.released.0, back.issued.0, back.forfeited.0, paid.0)
}

#[test]
fn a_dispute_freezes_what_is_left_and_turns_what_was_spent_into_debt() {
    use crate::payments::rules::credits::{freeze, pays_debt, revoke, thaw};
    let other = BookingId::of_name("another lesson");
    let of = |name: &str, status, reserved_for| CreditLot { status, reserved_for, ..lot(name, 1000, Some(10)) };
    let issued = [
        of("free", LotStatus::Available, None),
        of("counted on", LotStatus::Reserved, Some(other)),
        of("spent", LotStatus::Consumed, None),
        of("gone", LotStatus::Expired, None),
    ];
    let frozen = freeze(&issued);
    assert_eq!((frozen.lots.len(), frozen.debt), (2, Cents(1000)));
    assert!(frozen.lots.iter().all(|lot| lot.status == LotStatus::Frozen));
    let back: Vec<_> = thaw(&frozen.lots, now()).lots.iter().map(|lot| (lot.status, lot.reserved_for)).collect();
    assert_eq!(back, [(LotStatus::Available, None), (LotStatus::Reserved, Some(other))]);
    let late = thaw(&frozen.lots[..1], now() + SignedDuration::from_hours(24 * 11)).lots;
    assert_eq!(late[0].status, LotStatus::Expired, "frozen or not, its time ran");
    // Spent while it was frozen, and once more counted: what the other lesson uses is owed, what is left is taken.
    let mut since = frozen.lots.clone();
    since.push(issued[2].clone());
    let lost = revoke(&since, frozen.debt);
    assert_eq!((lost.revoked, lost.debt), (Cents(1000), Cents(1000)));
    let left: Vec<_> = lost.lots.iter().map(|lot| lot.status).collect();
    assert_eq!(left, [LotStatus::Revoked, LotStatus::Reserved]);
    assert_eq!((pays_debt(Cents(1500), Cents(-1000)), pays_debt(Cents(500), Cents::ZERO)), (Cents(1000), Cents::ZERO));
}
