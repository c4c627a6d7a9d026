//! The pages of the console, each behind the permission it needs.

mod audit;
mod backups;
mod blocks;
mod bookings;
mod confirm;
mod find;
mod home;
mod instructors;
mod jobs;
mod limits;
mod mail_texts;
mod outbox;
mod payments;
mod pricing;
mod privacy;
mod proof;
mod reviews;
mod search;
mod settings;
mod shell;
mod style;
mod users;

use crate::base::access::{Permission, Role};
use crate::web::{Access, Pages};

pub fn pages(pages: Pages) -> Pages {
    let admin = Access::As(Role::Admin, Permission::AdminRead);
    let pages = pages.get(admin, "/admin", home::home).get(admin, "/admin/find", find::find).get(
        admin,
        "/admin/style",
        style::style,
    );
    search::pages(operations(people(money(lessons(pages)))))
}

fn lessons(pages: Pages) -> Pages {
    let (see, change) = (Access::can(Permission::ViewAllBookings), Access::can(Permission::ManageAllBookings));
    let pay = Access::can(Permission::ManageFinancials);
    pages
        .get(see, "/admin/bookings", bookings::list)
        .get(see, "/admin/bookings.csv", bookings::csv)
        .get(see, "/admin/bookings/{id}", bookings::file)
        .get(see, "/admin/bookings/{id}/money", bookings::explained)
        .get(change, "/admin/bookings/{id}/complete", bookings::ask_complete)
        .post(change, "/admin/bookings/{id}/complete", bookings::complete)
        .get(change, "/admin/bookings/{id}/cancel", bookings::ask_cancel)
        .post(change, "/admin/bookings/{id}/cancel", bookings::cancel)
        .get(change, "/admin/bookings/{id}/no-show", bookings::ask_decide)
        .post(change, "/admin/bookings/{id}/no-show", bookings::decide)
        .get(pay, "/admin/bookings/{id}/refund", bookings::ask_refund)
        .post(pay, "/admin/bookings/{id}/refund", bookings::refund)
        .get(pay, "/admin/bookings/{id}/resume", bookings::ask_resume)
        .post(pay, "/admin/bookings/{id}/resume", bookings::resume)
}

fn money(pages: Pages) -> Pages {
    let (see, change) = (Access::can(Permission::ViewFinancials), Access::can(Permission::ManageFinancials));
    pages
        .get(see, "/admin/payments", payments::health)
        .get(see, "/admin/settings/pricing", pricing::prices)
        .post(change, "/admin/settings/pricing", pricing::change)
        .get(change, "/admin/users/{id}/credit", users::ask_credit)
        .post(change, "/admin/users/{id}/credit", users::give_credit)
        .get(change, "/admin/users/{id}/lift", users::ask_lift)
        .post(change, "/admin/users/{id}/lift", users::lift)
}

fn people(pages: Pages) -> Pages {
    let (see, change) = (Access::can(Permission::ViewAllUsers), Access::can(Permission::ManageUsers));
    let (moderate, manage) = (Access::can(Permission::ModerateContent), Access::can(Permission::AdminManage));
    pages
        .get(see, "/admin/users", users::list)
        .get(see, "/admin/users/{id}", users::file)
        .get(change, "/admin/users/{id}/sign-out", users::ask_sign_out)
        .post(change, "/admin/users/{id}/sign-out", users::sign_out)
        .get(change, "/admin/users/{id}/export", users::ask_export)
        .post(change, "/admin/users/{id}/export", users::export)
        .get(change, "/admin/users/{id}/erase", users::ask_erase)
        .post(change, "/admin/users/{id}/erase", users::erase)
        .get(change, "/admin/users/{id}/account/{wish}", users::ask_status)
        .post(change, "/admin/users/{id}/account/{wish}", users::change_status)
        .get(change, "/admin/users/{id}/let-in", users::ask_let_in)
        .post(change, "/admin/users/{id}/let-in", users::let_in)
        .get(manage, "/admin/users/{id}/trust/{word}", users::ask_vouch)
        .post(manage, "/admin/users/{id}/trust/{word}", users::vouch)
        .get(Access::can(Permission::AccessMonitoring), "/admin/privacy", privacy::overview)
        .get(change, "/admin/privacy/retention", privacy::ask_retention)
        .post(change, "/admin/privacy/retention", privacy::apply_retention)
        .get(see, "/admin/instructors", instructors::list)
        .get(moderate, "/admin/reviews", reviews::list)
        .get(moderate, "/admin/reviews/{id}", reviews::ask_moderate)
        .post(moderate, "/admin/reviews/{id}", reviews::moderate)
}

fn operations(pages: Pages) -> Pages {
    let (watch, read) = (Access::can(Permission::AccessMonitoring), Access::can(Permission::AdminRead));
    let manage = Access::can(Permission::AdminManage);
    pages
        .get(watch, "/admin/jobs", jobs::list)
        .get(manage, "/admin/jobs/retry", jobs::ask_retry)
        .post(manage, "/admin/jobs/retry", jobs::retry)
        .get(watch, "/admin/rate-limits", limits::list)
        .get(watch, "/admin/rate-limits/reset", limits::ask_reset)
        .post(watch, "/admin/rate-limits/reset", limits::reset)
        .get(watch, "/admin/ops/auth-blocks", blocks::list)
        .get(Access::can(Permission::ManageUsers), "/admin/ops/auth-blocks/{email}", blocks::ask_clear)
        .post(Access::can(Permission::ManageUsers), "/admin/ops/auth-blocks/{email}", blocks::clear)
        .get(watch, "/admin/backups", backups::list)
        .get(read, "/admin/outbox", outbox::list)
        .get(read, "/admin/outbox/{id}", outbox::mail)
        .get(read, "/admin/outbox/{id}/print", outbox::print)
        .get(manage, "/admin/outbox/{id}/retry", outbox::ask_retry)
        .post(manage, "/admin/outbox/{id}/retry", outbox::retry)
        .get(read, "/admin/mail-texts", mail_texts::list)
        .get(manage, "/admin/mail-texts/{template}", mail_texts::edit)
        .post(manage, "/admin/mail-texts/{template}", mail_texts::change)
        .get(read, "/admin/audit", audit::list)
        .get(read, "/admin/audit.csv", audit::csv)
        .get(read, "/admin/settings", settings::list)
        .get(manage, "/admin/settings/{key}", settings::ask)
        .post(manage, "/admin/settings/{key}", settings::change)
}
