//! The bookings calls of contract §7 for programs: thin handlers over [`super::ops`].

mod admin;
mod admin_money;
mod changing;
mod commission;
mod creating;
mod no_show;
mod paying;
mod reading;
mod teaching;

use utoipa_axum::routes;

use crate::base::access::{Permission, Role};
use crate::web::{Access, Api, Bucket, Opening, Rule};

/// Registers every call of this room.
pub fn routes(api: Api) -> Api {
    let student = Access::Role(Role::Student);
    let books = Access::As(Role::Student, Permission::CreateBookings);
    let incoming = Access::As(Role::Instructor, Permission::ViewIncomingBookings);
    let completes = Access::As(Role::Instructor, Permission::CompleteBookings);
    let cancels = Access::Either(Permission::CancelOwnBookings, Permission::CancelStudentBookings);
    let own = Access::can(Permission::ViewOwnBookings);
    let api = api
        .route(books.counts(Bucket::Booking).keyed().opens(Opening::Students), routes!(creating::create_booking))
        .route(Access::SignedIn, routes!(creating::check_availability))
        .route(Access::SignedIn, routes!(creating::preview_price))
        .route(own.opens(Opening::Students), routes!(reading::list_bookings))
        .route(own.opens(Opening::Students), routes!(reading::upcoming_bookings))
        .route(Access::As(Role::Instructor, Permission::ViewOwnInstructorAnalytics), routes!(reading::booking_stats))
        .route(own, routes!(reading::get_booking))
        .route(own, routes!(reading::preview_booking))
        .route(own, routes!(reading::booking_pricing));
    let api = api
        .route(Access::Role(Role::Instructor), routes!(changing::update_booking))
        .route(cancels.counts(Bucket::Booking).keyed(), routes!(changing::cancel_booking))
        .route(Access::can(Permission::CompleteBookings).counts(Bucket::Booking), routes!(changing::complete_booking))
        .route(books.counts(Bucket::Booking).keyed(), routes!(changing::reschedule_booking))
        .route(own.counts(Bucket::Booking), routes!(no_show::report_no_show))
        .route(own.counts(Bucket::Booking), routes!(no_show::dispute_no_show))
        .route(books.moves_money("checkout").keyed(), routes!(paying::checkout))
        .route(books.moves_money("confirm_payment").keyed(), routes!(paying::confirm_payment))
        .route(student.moves_money("payment_method").keyed(), routes!(paying::change_payment_method))
        .route(student.moves_money("retry_payment").keyed(), routes!(paying::retry_payment));
    api.route(incoming, routes!(teaching::instructor_bookings))
        .route(incoming, routes!(teaching::instructor_pending_completion))
        .route(incoming, routes!(teaching::instructor_upcoming))
        .route(incoming, routes!(teaching::instructor_completed))
        .route(completes.counts(Bucket::Booking), routes!(teaching::instructor_complete))
        .route(incoming, routes!(no_show::dispute_completion))
        .route(Access::Role(Role::Instructor), routes!(commission::get_commission_status))
        .route(Access::can(Permission::AdminRead), routes!(commission::count_founding_instructors))
        .route(Access::can(Permission::ViewAllBookings), routes!(admin::admin_bookings))
        .route(Access::can(Permission::ViewAllBookings), routes!(admin::admin_booking))
        .route(Rule::from(Access::can(Permission::ManageAllBookings)).keyed(), routes!(admin::admin_cancel_booking))
        .route(Access::can(Permission::ManageAllBookings), routes!(admin::admin_complete_booking))
        .route(
            Rule::from(Access::can(Permission::ManageFinancials)).keyed(),
            routes!(admin_money::admin_refund_booking),
        )
        .route(
            Rule::from(Access::can(Permission::ManageFinancials)).keyed(),
            routes!(admin_money::admin_resume_payment),
        )
        .route(
            Rule::from(Access::can(Permission::ManageAllBookings)).keyed(),
            routes!(admin_money::admin_resolve_no_show),
        )
}
