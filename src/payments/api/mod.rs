//! The JSON calls of money (contract §7, part 10 §7). Checkout itself is a call of `bookings`.

mod cards;
mod connect;
mod history;
mod pricing;
mod webhook;

use utoipa_axum::routes;

use crate::base::access::{Permission, Role};
use crate::web::{Access, Api};

pub fn routes(api: Api) -> Api {
    let (student, instructor) = (Access::Role(Role::Student), Access::Role(Role::Instructor));
    api.route(student, routes!(cards::list_payment_methods, cards::add_payment_method))
        .route(student, routes!(cards::remove_payment_method))
        .route(student, routes!(cards::create_setup_intent))
        .route(Access::SignedIn, routes!(history::get_credits))
        .route(Access::SignedIn, routes!(history::list_transactions))
        .route(instructor, routes!(history::get_earnings))
        .route(instructor, routes!(connect::start_onboarding))
        .route(instructor, routes!(connect::get_connect_status))
        .route(Access::Public, routes!(pricing::get_public_pricing))
        .route(Access::can(Permission::ViewFinancials), routes!(pricing::get_pricing))
        .route(Access::can(Permission::ManageFinancials), routes!(pricing::update_pricing))
        .route(Access::Public.uncounted(), routes!(webhook::take_stripe_event))
}
