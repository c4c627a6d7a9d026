//! The JSON calls of money (contract §7, part 10 §7). Checkout itself is a call of `bookings`.

mod admin;
mod cards;
mod connect;
pub mod export;
mod health;
mod history;
mod payouts;
mod pricing;
mod webhook;

use utoipa_axum::routes;

use crate::base::access::{Permission, Role};
use crate::web::{Access, Api, Rule};

pub fn routes(api: Api) -> Api {
    let (student, instructor) = (Access::Role(Role::Student), Access::Role(Role::Instructor));
    let earns = Access::As(Role::Instructor, Permission::ViewOwnInstructorAnalytics);
    api.route(student, routes!(cards::list_payment_methods, cards::add_payment_method))
        .route(student, routes!(cards::remove_payment_method))
        .route(student, routes!(cards::create_setup_intent))
        .route(Access::SignedIn, routes!(history::get_credits))
        .route(Access::SignedIn, routes!(history::list_transactions))
        .route(earns, routes!(history::get_earnings))
        .route(instructor, routes!(connect::start_onboarding))
        .route(instructor, routes!(connect::get_connect_status))
        .route(earns, routes!(export::export_earnings))
        .route(earns, routes!(payouts::list_payouts))
        .route(instructor, routes!(payouts::get_connect_dashboard))
        .route(instructor, routes!(payouts::set_payout_schedule))
        .route(instructor.moves_money("instant_payout").keyed(), routes!(payouts::request_instant_payout))
        .route(Access::Public, routes!(pricing::get_public_pricing))
        .route(Access::can(Permission::ViewFinancials), routes!(pricing::get_pricing))
        .route(Access::can(Permission::ManageFinancials), routes!(pricing::update_pricing))
        .route(Access::can(Permission::ViewFinancials), routes!(pricing::list_pricing_history))
        .route(Access::can(Permission::ViewFinancials), routes!(pricing::rehearse_pricing))
        .route(Access::Public, routes!(pricing::get_public_config))
        .route(Access::can(Permission::AccessMonitoring), routes!(health::get_payment_health))
        .route(Access::can(Permission::AccessMonitoring), routes!(health::trigger_payment_health_check))
        .route(Access::can(Permission::ViewFinancials), routes!(health::list_discrepancies))
        .route(Rule::from(Access::can(Permission::ManageFinancials)).keyed(), routes!(admin::give_credit))
        .route(Access::can(Permission::ManageFinancials), routes!(admin::lift_payment_bar))
        .route(Access::Public.uncounted(), routes!(webhook::take_stripe_event))
}
