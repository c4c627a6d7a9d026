//! Pages of money: saved cards and credit, earnings, the ways to Stripe's pages and back, and, in the sandbox, those
//! pages themselves. All work without scripts.

mod away;
mod billing;
mod earnings;
mod sandbox;

use crate::base::access::{Permission, Role};
use crate::web::{Access, Pages};

pub fn pages(pages: Pages) -> Pages {
    let (student, instructor) = (Access::Role(Role::Student), Access::Role(Role::Instructor));
    let earns = Access::As(Role::Instructor, Permission::ViewOwnInstructorAnalytics);
    pages
        .get(student, "/student/billing", billing::show)
        .get(student, "/student/billing/payments.csv", billing::download)
        .post(student, "/student/billing/cards/{id}/default", billing::make_default)
        .post(student, "/student/billing/cards/{id}/remove", billing::remove)
        .post(student, "/payments/cards/new", away::to_card_page)
        .get(student, "/payments/cards/return", away::from_card_page)
        .get(student, "/payments/return/{id}", away::from_bank)
        .post(instructor, "/payments/connect", away::to_onboarding)
        .get(instructor, "/payments/connect/return", away::from_onboarding)
        .get(earns, "/instructor/earnings", earnings::show)
        .post(instructor.moves_money("instant_payout"), "/instructor/earnings/instant", earnings::pay_out)
        .post(instructor, "/instructor/earnings/stripe", earnings::open_stripe)
        .post(instructor, "/instructor/earnings/day", earnings::choose_day)
        .post(earns, "/instructor/earnings/statement", earnings::download)
        .get(Access::Public, "/sandbox/checkout/{session}", sandbox::card_page)
        .post(Access::Public, "/sandbox/checkout/{session}", sandbox::choose_card)
        .get(Access::Public, "/sandbox/authentication/{intent}", sandbox::bank_page)
        .post(Access::Public, "/sandbox/authentication/{intent}", sandbox::answer_bank)
        .get(Access::Public, "/sandbox/connect/{account}", sandbox::account_page)
        .post(Access::Public, "/sandbox/connect/{account}", sandbox::finish_account)
        .get(Access::Public, "/sandbox/identity/{session}", sandbox::identity_page)
        .post(Access::Public, "/sandbox/identity/{session}", sandbox::show_document)
}
