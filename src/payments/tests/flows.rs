//! Whole lives of payments against the stand-in over HTTP: real jobs, moved clock, books checked at the end.

use std::sync::{Arc, Mutex};

use crate::accounts::ops::register::{self, NewPerson};
use crate::base::access::Role;
use crate::base::id::{BookingId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::refusal::Outcome;
use crate::base::secret::Entropy;
use crate::base::time::{Clock, TimeZone, Timestamp, plus_hours};
use crate::jobs::Runner;
use crate::outside::sandbox::stripe::{FaultOrder, SECRET_KEY, StandIn, StandInSettings};
use crate::outside::stripe::{Stripe, StripeSettings};
use crate::payments::desk::{LessonDesk, Lessons, News, Stand};
use crate::payments::ledger::{self, Account};
use crate::payments::model::{BookingMoney, BookingPayment, PaymentStatus, PriceQuote, SettlementOutcome};
use crate::payments::ops::{self, CardWish, Checkout, Planned, Saved};
use crate::payments::rules::settle::Cause;
use crate::payments::view::CheckoutView;
use crate::payments::{check, jobs};
use crate::site::{Mode, Parts, Site, SiteParts};
use crate::store::{Store, Tx};

/// A room of lessons that remembers what it heard.
#[derive(Default)]
struct Heard(Mutex<Vec<News>>);

impl LessonDesk for Heard {
    fn hear(&self, _: &mut Tx, _: &BookingPayment, news: &News) -> Outcome<Stand> {
        self.0.lock().unwrap().push(news.clone());
        Ok(Stand::Stands)
    }
}

pub(super) struct Bench {
    pub(super) site: Site,
    pub(super) stand_in: StandIn,
    runner: Runner,
    pub(super) emma: UserId,
    pub(super) sarah: UserId,
    heard: Arc<Heard>,
    _dir: tempfile::TempDir,
}

async fn person(site: &Site, name: &'static str, role: Role) -> UserId {
    let new = NewPerson {
        email: format!("{name}@demo.example"),
        password_hash: String::new(),
        first_name: name.into(),
        last_name: "Doe".into(),
        phone: None,
        zip_code: "10001".into(),
        timezone: "UTC".into(),
        role,
    };
    site.write(move |tx| register::add(tx, &new)).await.unwrap().id
}

impl Bench {
    pub(super) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::starting_at("2026-03-01T12:00:00Z".parse().unwrap());
        clock.freeze(true);
        let store = Store::open(dir.path()).unwrap();
        let settings = StandInSettings {
            public_url: "http://localhost".into(),
            webhook_url: "http://127.0.0.1:9/none".into(),
            webhook_secret: "whsec_test".into(),
        };
        let stand_in = StandIn::start(dir.path(), clock.clone(), Entropy::system(), settings).await.unwrap();
        let stripe = Stripe::new(StripeSettings {
            secret_key: SECRET_KEY.into(),
            base_url: Some(stand_in.base_url().into()),
            webhook_secrets: vec!["whsec_test".into()],
            currency: "usd".into(),
        });
        let site = Site::new(SiteParts {
            store,
            clock,
            entropy: Entropy::system(),
            order: crate::base::id::Order::default(),
            mode: Mode::Sandbox,
            base_url: "http://localhost".into(),
            zone: TimeZone::UTC,
            zone_name: "UTC".into(),
            data_dir: dir.path().into(),
            parts: Parts::default(),
        });
        let heard = Arc::new(Heard::default());
        site.parts.put(stripe.unwrap());
        site.parts.put(Lessons(heard.clone()));
        let runner = Runner::new(site.clone(), jobs(), Vec::new());
        runner.prepare().await.unwrap();
        let emma = person(&site, "emma", Role::Student).await;
        let sarah = person(&site, "sarah", Role::Instructor).await;
        let (account, link) = ops::begin_onboarding(&site, sarah, "/instructor/dashboard").await.unwrap();
        assert!(link.unwrap().contains(&account.account_id));
        stand_in.onboard(&account.account_id).unwrap();
        assert!(ops::refresh_account(&site, sarah).await.unwrap().unwrap().onboarded());
        Self { site, stand_in, runner, emma, sarah, heard, _dir: dir }
    }

    /// A lesson of $80 for an hour at 15 %, `hours` ahead.
    pub(super) async fn lesson(&self, hours: i64) -> BookingId {
        let start = plus_hours(self.site.now(), hours);
        let (student_id, instructor_id) = (self.emma, self.sarah);
        self.site
            .write(move |tx| {
                let booking_id: BookingId = tx.new_id();
                let quote = PriceQuote::new(Cents(8000), 60, Bp(1200), Bp(1500), 1);
                let (end, description) = (plus_hours(start, 1), "Piano with Sarah C.".to_owned());
                ops::open(tx, &BookingMoney { booking_id, student_id, instructor_id, quote, start, end, description })?;
                Ok(booking_id)
            })
            .await
            .unwrap()
    }

    async fn card(&self, token: &str) -> crate::payments::model::PaymentMethod {
        let wish = CardWish { named: Some(token.into()), save: true, make_default: true };
        match ops::card_for(&self.site, self.emma, wish).await.unwrap() {
            Saved::Card(card) => card,
            Saved::Declined(word) => panic!("{word}"),
        }
    }

    pub(super) async fn check_out(&self, booking: BookingId, token: &str, credit: i64) -> CheckoutView {
        let method = self.card(token).await.id;
        let ask = Checkout { method, credit: Some(Cents(credit)) };
        let planned = self.site.write(move |tx| ops::plan_checkout(tx, booking, &ask)).await.unwrap();
        match planned {
            Planned::Scheduled(payment) | Planned::Covered(payment) => CheckoutView::of(&payment),
            Planned::Calling => CheckoutView::of(&ops::run(&self.site, booking).await.unwrap()),
        }
    }

    pub(super) async fn settle(&self, booking: BookingId, cause: Cause) -> BookingPayment {
        self.site.write(move |tx| ops::settle(tx, booking, cause)).await.unwrap();
        ops::run(&self.site, booking).await.unwrap()
    }

    pub(super) async fn give_credit(&self, cents: i64) {
        let user = self.emma;
        self.site.write(move |tx| ops::issue(tx, user, Cents(cents), "admin", None, None).map(drop)).await.unwrap();
    }

    pub(super) fn money(&self, booking: BookingId) -> BookingPayment {
        self.site.read(|r| ops::payment(r, booking)).unwrap()
    }

    pub(super) fn credit(&self) -> i64 {
        self.site.read(|r| ops::holdings(r, self.emma, self.site.now())).unwrap().available.0
    }

    pub(super) fn fault(&self, operation: &str, error: &str, times: u32) {
        let order = FaultOrder { operation: operation.into(), error: error.into(), times, booking_id: None };
        self.stand_in.order_fault(order).unwrap();
    }

    pub(super) async fn forward(&self, hours: i64) {
        let to: Timestamp = plus_hours(self.site.now(), hours);
        self.runner.run_until(to, true).await.unwrap();
        self.site.clock.advance_to(to);
    }

    fn heard(&self) -> Vec<News> {
        std::mem::take(&mut self.heard.0.lock().unwrap())
    }

    /// Sums over what the stand-in's books say of a booking: captured − refunded, transferred − reversed.
    pub(super) fn provider(&self, booking: BookingId) -> (i64, i64) {
        let net = |kind: &str| -> i64 {
            let seen = self.stand_in.objects(Some(kind), Some(&booking.to_string())).unwrap();
            let items = seen["items"].as_array().unwrap();
            items.iter().map(|o| o["amount_captured"].as_i64().unwrap() - o["amount_refunded"].as_i64().unwrap()).sum()
        };
        (net("payment_intent"), net("transfer"))
    }

    /// The books hold together, and nothing of these bookings is undistributed.
    pub(super) fn balanced(&self, bookings: &[BookingId]) {
        assert_eq!(self.site.read(check).unwrap(), Vec::<String>::new());
        for booking in bookings {
            let left = self.site.read(|r| ledger::balance_of_booking(r, *booking, Account::Lessons)).unwrap();
            assert_eq!(left, Cents::ZERO, "{booking}");
            let (card, transferred) = self.provider(*booking);
            let cash = self.site.read(|r| ledger::balance_of_booking(r, *booking, Account::Cash)).unwrap();
            assert_eq!(cash, Cents(card - transferred), "our books and the provider's");
        }
    }
}

#[tokio::test]
async fn a_lesson_is_scheduled_authorized_captured_and_paid_out() {
    let b = Bench::new().await;
    let lesson = b.lesson(72).await;
    let view = b.check_out(lesson, "pm_card_visa", 0).await;
    assert_eq!((view.success, view.status, view.payment_intent_id), (true, "scheduled", None));
    assert_eq!((view.amount_cents, view.application_fee_cents), (Cents(8960), Cents(2160)));
    b.forward(47).await;
    assert_eq!(b.money(lesson).status, PaymentStatus::Scheduled);
    b.forward(1).await;
    assert_eq!(b.money(lesson).status, PaymentStatus::Authorized);
    assert_eq!(b.heard(), [News::Authorized]);
    b.forward(24 + 1 + 23).await;
    assert_eq!((b.money(lesson).status, b.provider(lesson)), (PaymentStatus::Authorized, (0, 0)));
    b.forward(1).await;
    let done = b.money(lesson);
    assert_eq!(done.status, PaymentStatus::Settled);
    assert_eq!(done.outcome, Some(SettlementOutcome::LessonCompletedFullPayout));
    assert_eq!((done.captured, done.instructor_payout), (Cents(8960), Cents(6800)));
    assert_eq!((b.heard(), b.provider(lesson)), (vec![News::CaptureDue], (8960, 6800)));
    let fees = b.site.read(|r| ledger::balance_of_booking(r, lesson, Account::Fees)).unwrap();
    assert_eq!(fees, Cents(-2160));
    b.balanced(&[lesson]);
}

#[tokio::test]
async fn a_lesson_soon_is_authorized_at_once_and_a_refused_card_may_be_followed_by_another() {
    let b = Bench::new().await;
    let lesson = b.lesson(20).await;
    let refused = b.check_out(lesson, "pm_card_chargeDeclinedInsufficientFunds", 0).await;
    assert_eq!((refused.success, refused.status), (false, "requires_payment_method"));
    assert_eq!(refused.decline_code.as_deref(), Some("insufficient_funds"));
    let asked = b.check_out(lesson, "pm_card_authenticationRequired", 0).await;
    assert_eq!((asked.success, asked.status, asked.requires_action), (false, "requires_action", true));
    assert!(asked.client_secret.is_some() && asked.action_url.is_some());
    b.stand_in.finish_authentication(&asked.payment_intent_id.unwrap(), true).unwrap();
    let paid = ops::refresh(&b.site, lesson).await.unwrap();
    assert_eq!(CheckoutView::of(&paid).status, "authorized");
    let reason = "insufficient_funds".to_owned();
    assert_eq!(b.heard(), [News::Declined { reason }, News::AwaitingAction, News::Authorized]);
    let settled = b.settle(lesson, Cause::StudentCredit).await;
    assert_eq!(settled.outcome, Some(SettlementOutcome::StudentCancel12To24FullCredit));
    assert_eq!((b.provider(lesson), b.credit()), ((8960, 0), 8000));
    b.balanced(&[lesson]);
}

#[tokio::test]
async fn every_cancellation_leaves_the_books_in_order() {
    for (cause, credit, card, instructor, left) in [
        (Cause::StudentFree, 2000, 0, 0, 2000),
        (Cause::StudentCredit, 2000, 6960, 0, 8000),
        (Cause::StudentHalf, 2000, 6960, 3400, 4000),
        (Cause::StudentHalf, 8000, 960, 3400, 4000),
        (Cause::StudentHalf, 0, 8960, 3400, 14000),
        (Cause::InstructorCancel, 2000, 0, 0, 10000),
        (Cause::AdminKeep, 2000, 6960, 6800, 0),
        (Cause::StudentNoShow, 2000, 6960, 6800, 0),
    ] {
        let b = Bench::new().await;
        b.give_credit(if left > 8000 { 10_000 } else { credit }).await;
        let lesson = b.lesson(10).await;
        assert!(b.check_out(lesson, "pm_card_visa", credit).await.success);
        let done = b.settle(lesson, cause).await;
        assert_eq!(done.status, PaymentStatus::Settled, "{cause:?}");
        assert_eq!((b.provider(lesson), b.credit()), ((card, instructor), left), "{cause:?} {credit}");
        b.balanced(&[lesson]);
    }
}

#[tokio::test]
async fn credit_that_pays_nearly_all_tops_the_instructor_up() {
    let b = Bench::new().await;
    b.give_credit(10_000).await;
    let lesson = b.lesson(48).await;
    let view = b.check_out(lesson, "pm_card_visa", 10_000).await;
    assert_eq!((view.amount_cents, view.credit_applied_cents), (Cents(960), Cents(8000)));
    let again = b.check_out(lesson, "pm_card_visa", 500).await;
    assert_eq!(again.credit_applied_cents, Cents(8000), "reserved once");
    b.forward(48 + 1 + 24).await;
    assert_eq!((b.provider(lesson), b.credit()), ((960, 6800), 2000));
    assert_eq!(b.money(lesson).status, PaymentStatus::Settled);
    b.balanced(&[lesson]);
}

#[tokio::test]
async fn a_card_that_keeps_failing_ends_the_lesson_twelve_hours_ahead() {
    let b = Bench::new().await;
    b.give_credit(2000).await;
    let lesson = b.lesson(30).await;
    assert_eq!(b.check_out(lesson, "pm_card_chargeCustomerFail", 2000).await.status, "scheduled");
    b.forward(6).await;
    assert_eq!(b.money(lesson).status, PaymentStatus::PaymentMethodRequired);
    b.forward(4).await;
    assert_eq!(b.money(lesson).auth_failure_count, 3);
    b.forward(7).await;
    assert!(b.money(lesson).auth_warned);
    b.forward(1).await;
    let ended = b.money(lesson);
    assert_eq!(ended.outcome, Some(SettlementOutcome::PaymentFailedNoCharge));
    assert_eq!((b.heard().last(), b.credit(), b.provider(lesson)), (Some(&News::GaveUp), 2000, (0, 0)));
    b.balanced(&[lesson]);
}

#[tokio::test]
async fn another_card_saves_a_lesson_whose_card_failed() {
    let b = Bench::new().await;
    let lesson = b.lesson(30).await;
    b.check_out(lesson, "pm_card_chargeCustomerFail", 0).await;
    b.forward(8).await;
    assert_eq!(b.check_out(lesson, "pm_card_mastercard", 0).await.status, "authorized");
    b.forward(22 + 1 + 24).await;
    assert_eq!(b.provider(lesson), (8960, 6800));
    b.balanced(&[lesson]);
}

#[tokio::test]
async fn lost_answers_are_repeated_and_never_doubled() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    b.fault("payment_intents.confirm", "timeout_after_success", 1);
    assert!(b.check_out(lesson, "pm_card_visa", 0).await.success);
    b.fault("payment_intents.capture", "timeout_after_success", 5);
    b.fault("transfers.create", "timeout_after_success", 3);
    b.forward(10 + 1 + 24 + 2).await;
    assert_eq!((b.provider(lesson), b.money(lesson).status), ((8960, 6800), PaymentStatus::Settled));
    b.balanced(&[lesson]);
}

#[tokio::test]
async fn an_unreachable_bank_at_checkout_is_asked_again_by_itself() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    b.fault("payment_intents.confirm", "timeout", 2);
    let (method, booking) = (b.card("pm_card_visa").await.id, lesson);
    let ask = Checkout { method, credit: None };
    b.site.write(move |tx| ops::plan_checkout(tx, booking, &ask)).await.unwrap();
    let busy = b.site.write(move |tx| ops::plan_checkout(tx, booking, &ask)).await.unwrap_err();
    assert_eq!((busy.status, busy.code), (429, "OPERATION_IN_PROGRESS"));
    assert_eq!(ops::run(&b.site, lesson).await.unwrap_err().status, 503);
    b.forward(1).await;
    assert_eq!(b.money(lesson).status, PaymentStatus::Authorized);
}

#[tokio::test]
async fn a_failed_capture_is_retried_and_after_three_days_the_platform_pays() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    b.check_out(lesson, "pm_card_visa", 0).await;
    b.fault("payment_intents.capture", "card_declined", 2);
    b.forward(10 + 25).await;
    assert_eq!(b.money(lesson).status, PaymentStatus::PaymentMethodRequired);
    b.forward(9).await;
    assert_eq!((b.money(lesson).status, b.provider(lesson)), (PaymentStatus::Settled, (8960, 6800)));
    b.balanced(&[lesson]);

    let lost = b.lesson(10).await;
    b.check_out(lost, "pm_card_visa", 0).await;
    b.fault("payment_intents.capture", "card_declined", 100);
    b.forward(10 + 25 + 71).await;
    assert_eq!(b.money(lost).status, PaymentStatus::PaymentMethodRequired);
    b.forward(2).await;
    let ended = b.money(lost);
    assert_eq!(ended.outcome, Some(SettlementOutcome::CaptureFailureInstructorPaid));
    assert_eq!((ended.status, b.provider(lost)), (PaymentStatus::ManualReview, (0, 6800)));
    assert!(b.site.read(|r| ops::standing(r, b.emma)).unwrap().is_barred());
    // Whatever is found out about the lesson later: the instructor has been paid, and is not paid again.
    let frozen = b.site.write(move |tx| ops::freeze(tx, lost, "no_show_reported")).await.unwrap_err();
    let again = b.site.write(move |tx| ops::settle(tx, lost, Cause::StudentNoShow)).await.unwrap_err();
    assert_eq!((frozen.code, again.code), ("PAYMENT_SETTLED", "PAYMENT_SETTLED"));
    b.balanced(&[lesson, lost]);
}

#[tokio::test]
async fn cards_belong_to_one_person_and_one_is_the_default() {
    let b = Bench::new().await;
    let first = b.card("pm_card_visa").await;
    let second = b.card("pm_card_mastercard").await;
    let listed = b.site.read(|r| ops::cards(r, b.emma)).unwrap();
    assert_eq!(listed.iter().map(|c| (c.id, c.is_default)).collect::<Vec<_>>(), [(second.id, true), (first.id, false)]);
    let theft = CardWish { named: Some(first.id.to_string()), save: false, make_default: false };
    assert_eq!(ops::card_for(&b.site, b.sarah, theft).await.unwrap_err().status, 404);
    assert_eq!(ops::remove_card(&b.site, b.sarah, second.id).await.unwrap_err().status, 404);
    ops::remove_card(&b.site, b.emma, second.id).await.unwrap();
    let left = b.site.read(|r| ops::cards(r, b.emma)).unwrap();
    assert_eq!(left.iter().map(|c| (c.id, c.is_default)).collect::<Vec<_>>(), [(first.id, true)]);
    let once = CardWish { named: Some("pm_card_amex".into()), save: false, make_default: false };
    assert!(matches!(ops::card_for(&b.site, b.emma, once).await.unwrap(), Saved::Card(card) if !card.listed));
    assert_eq!(b.site.read(|r| ops::cards(r, b.emma)).unwrap().len(), 1);
}

#[tokio::test]
async fn a_planted_past_keeps_the_books_in_order() {
    let b = Bench::new().await;
    for cause in
        [Cause::LessonCompleted, Cause::StudentCredit, Cause::StudentHalf, Cause::InstructorCancel, Cause::Unpaid]
    {
        let (student_id, instructor_id, at) = (b.emma, b.sarah, plus_hours(b.site.now(), -500));
        b.site
            .write(move |tx| {
                let quote = PriceQuote::new(Cents(8000), 60, Bp(1200), Bp(1500), 1);
                let (booking_id, description) = (tx.new_id(), "Piano with Sarah C.".to_owned());
                let sale =
                    BookingMoney { booking_id, student_id, instructor_id, quote, start: at, end: at, description };
                ops::plant_settled(tx, &sale, cause, None, at)
            })
            .await
            .unwrap();
    }
    b.balanced(&[]);
    let earned = b.site.read(|r| ops::earnings(r, b.sarah)).unwrap();
    assert_eq!((earned.earned, earned.lessons.len(), b.credit()), (Cents(6800 + 3400), 2, 12_000));
}

#[tokio::test]
async fn a_tip_goes_whole_to_the_instructor() {
    let b = Bench::new().await;
    let lesson = b.lesson(10).await;
    b.check_out(lesson, "pm_card_visa", 0).await;
    b.forward(10 + 25).await;
    let review = crate::base::id::ReviewId::of_name("r");
    let planned = b.site.write(move |tx| ops::plan_tip(tx, lesson, review, Cents(1500))).await.unwrap();
    assert_eq!(planned.name(), "processing");
    let paid = ops::run(&b.site, lesson).await.unwrap();
    assert_eq!(paid.tip.map(|tip| (tip.amount, tip.status.name())), Some((Cents(1500), "succeeded")));
    assert_eq!(b.provider(lesson), (8960 + 1500, 6800 + 1500));
    assert_eq!(b.site.read(|r| ops::earnings(r, b.sarah)).unwrap().earned, Cents(6800 + 1500));
    b.balanced(&[lesson]);

    let second = b.lesson(10).await;
    b.check_out(second, "pm_card_visa", 0).await;
    b.card("pm_card_authenticationRequired").await;
    let review = crate::base::id::ReviewId::of_name("s");
    b.site.write(move |tx| ops::plan_tip(tx, second, review, Cents(500))).await.unwrap();
    let tip = ops::run(&b.site, second).await.unwrap().tip.unwrap();
    assert_eq!((tip.status.name(), tip.client_secret.is_some()), ("requires_action", true));
    b.stand_in.finish_authentication(&tip.intent.unwrap(), true).unwrap();
    assert_eq!(ops::refresh(&b.site, second).await.unwrap().tip.unwrap().status.name(), "succeeded");
}
