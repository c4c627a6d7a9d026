//! The use cases of money. Each is one write; calls to Stripe happen between writes, in [`run`].

mod accounts;
mod actions;
mod admin;
mod cards;
mod carried;
mod checkout;
mod config;
mod corrections;
mod credits;
mod disputes;
mod health;
mod history;
mod jobs;
mod lock;
mod lost;
mod milestones;
mod open;
mod payouts;
mod plant;
mod reconcile;
mod record;
mod review;
mod run;
mod settle;
mod standings;
mod tips;
mod unanswered;
mod webhooks;

pub use accounts::{begin_onboarding, refresh_account, store_account};
pub use actions::{BUSY, is_unheard};
pub use admin::{Gift, give_credit, lift_bar, newest_lot};
pub use cards::{
    CardWish, Saved, card_for, cards, finish_card_page, make_default, open_card_page, remove_card, setup_intent,
};
pub use carried::{borrow, carry_over, is_lent, take_over};
pub use checkout::{Checkout, Planned, plan_checkout, plan_retry};
pub use config::{
    CycleIn, FloorsIn, PricingPatch, StepIn, TierIn, change_pricing, pricing, pricing_history, rehearse_pricing,
    restore_pricing,
};
pub use corrections::plan_refund;
pub use credits::{Holdings, holdings, issue};
pub use disputes::{close_dispute, open_dispute};
pub use health::{Health, check_health, health};
pub use history::{Coming, Earnings, LessonEarning, coming, earnings, transactions};
pub use jobs::{
    authorize_due, capture_due, capture_if_overdue, expire_credits, repeat_pending, retry_authorization, retry_capture,
    unless_busy,
};
pub use lock::{carry_locked, plan_lock};
pub use milestones::grant_milestone;
pub use open::{open, payment, standing};
pub use payouts::{USUAL_DAY, audit_payouts, dashboard, instant_payout, payouts, set_payout_day};
pub use plant::plant_settled;
pub use reconcile::{discrepancies, reconcile};
pub use review::{freeze, resume, thaw};
pub use run::{refresh, run};
pub use settle::{CAPTURE_ESCALATION_HOURS, lapse, settle};
pub use standings::barred;
pub use tips::plan_tip;
pub use webhooks::{Taken, take_webhook};
