//! JSON: `/api/v1/instructors/availability/…` and what the public may see of an instructor's time (part 30 §2.11).

mod days_off;
mod public;
mod retired;
mod week;

use utoipa_axum::routes;

use crate::base::access::{Permission, Role};
use crate::web::{Access, Api, Opening};

pub fn routes(api: Api) -> Api {
    let own = Access::can(Permission::ManageAvailability).opens(Opening::Teaching);
    let teach = Access::As(Role::Instructor, Permission::ManageAvailability).opens(Opening::Teaching);
    api.route(own, routes!(week::read_week, week::save_week))
        .route(own, routes!(week::list_windows))
        .route(own, routes!(week::booked_slots))
        .route(own, routes!(week::validate_changes))
        .route(own, routes!(week::copy_week))
        .route(own, routes!(week::apply_to_date_range))
        .route(own, routes!(week::add_specific_date))
        .route(own, routes!(days_off::list_blackout_dates, days_off::add_blackout_dates))
        .route(own, routes!(days_off::delete_blackout_date))
        .route(teach, routes!(days_off::change_calendar_settings))
        .route(teach, routes!(days_off::acknowledge_calendar_settings))
        .route(own, routes!(retired::bulk_update))
        .route(own, routes!(retired::change_window, retired::delete_window))
        .route(Access::Public, routes!(public::public_availability))
        .route(Access::Public, routes!(public::next_available))
}
