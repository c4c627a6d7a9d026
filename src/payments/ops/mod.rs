//! The use cases of money. Each is one write; calls to Stripe happen between writes, in [`run`].

mod accounts;
mod actions;
mod cards;
mod checkout;
mod config;
mod credits;
mod history;
mod jobs;
mod lock;
mod open;
mod plant;
mod record;
mod review;
mod run;
mod settle;
mod tips;
mod webhooks;

pub use accounts::{begin_onboarding, refresh_account, store_account};
pub use cards::{
    CardWish, Saved, card_for, cards, finish_card_page, make_default, open_card_page, remove_card, setup_intent,
};
pub use checkout::{Checkout, Planned, plan_checkout, plan_retry};
pub use config::{PricingPatch, change_pricing, pricing};
pub use credits::{Holdings, holdings, issue};
pub use history::{Earnings, LessonEarning, earnings, transactions};
pub use jobs::{authorize_due, capture_due, expire_credits, repeat_pending, retry_authorization, retry_capture};
pub use lock::{carry_locked, plan_lock};
pub use open::{open, payment, standing};
pub use plant::plant_settled;
pub use review::{freeze, thaw};
pub use run::{refresh, run};
pub use settle::settle;
pub use tips::plan_tip;
pub use webhooks::{Taken, take_webhook};
