//! The pages of a lesson: the instructor's profile, choosing a time, paying, the diary of either side.

pub mod additions;
pub mod book;
pub mod checkout;
pub mod lessons;
mod money;
mod offer;
pub mod profile;
pub mod teaching;
mod words;

use crate::base::access::Role;
use crate::web::{Access, Bucket, Pages};

/// Registers every page of this room.
pub fn routes(pages: Pages) -> Pages {
    let pages = pages.get(Access::Public, "/instructors/{id}", profile::profile_page).get(
        Access::Public,
        "/book/{instructor}/{offering}",
        book::book_page,
    );
    instructor(student(pages))
}

fn student(pages: Pages) -> Pages {
    let student = Access::Role(Role::Student);
    pages
        .post(student.counts(Bucket::Booking), "/book/{instructor}/{offering}", book::hold)
        .get(student, "/student/booking/confirm", checkout::checkout_page)
        .post(student.moves_money("checkout"), "/student/booking/confirm", checkout::book)
        .get(student, "/student/lessons", lessons::list::lessons_page)
        .get(student, "/student/lessons/{id}", lessons::one::student_lesson)
        .get(student, "/student/lessons/{id}/booked", checkout::booked_page)
        .get(student, "/student/lessons/{id}/calendar.ics", lessons::one::calendar_file)
        .get(student, "/student/lessons/{id}/card", lessons::card::card_page)
        .post(student.moves_money("payment_method"), "/student/lessons/{id}/card", lessons::card::choose_card)
        .get(student, "/student/lessons/{id}/move", book::moving::move_page)
        .post(student.counts(Bucket::Booking), "/student/lessons/{id}/move", book::moving::move_lesson)
        .get(student, "/student/lessons/{id}/cancellation", lessons::one::student_cancel_page)
        .post(student.counts(Bucket::Booking), "/student/lessons/{id}/cancellation", lessons::one::student_cancel)
        .get(student, "/student/lessons/{id}/receipt", lessons::statement::receipt_page)
        .get(student, "/student/lessons/{id}/no-show", lessons::objecting::student_report_page)
        .post(student.counts(Bucket::Booking), "/student/lessons/{id}/no-show", lessons::objecting::student_report)
        .get(student, "/student/lessons/{id}/objection", lessons::objecting::student_objection_page)
        .post(student.counts(Bucket::Booking), "/student/lessons/{id}/objection", lessons::objecting::student_objection)
}

fn instructor(pages: Pages) -> Pages {
    let instructor = Access::Role(Role::Instructor);
    pages
        .get(instructor, "/instructor/dashboard", teaching::dashboard_page)
        .get(instructor, "/instructor/bookings", teaching::bookings_page)
        .get(instructor, "/instructor/bookings/{id}", lessons::one::instructor_lesson)
        .get(instructor, "/instructor/bookings/{id}/calendar.ics", lessons::one::calendar_file)
        .post(instructor.counts(Bucket::Booking), "/instructor/bookings/{id}/completion", teaching::complete)
        .post(instructor, "/instructor/bookings/{id}/note", teaching::save_note)
        .get(instructor, "/instructor/bookings/{id}/cancellation", lessons::one::instructor_cancel_page)
        .post(
            instructor.counts(Bucket::Booking),
            "/instructor/bookings/{id}/cancellation",
            lessons::one::instructor_cancel,
        )
        .get(instructor, "/instructor/bookings/{id}/payout", lessons::statement::payout_page)
        .get(instructor, "/instructor/bookings/{id}/no-show", lessons::objecting::instructor_report_page)
        .post(
            instructor.counts(Bucket::Booking),
            "/instructor/bookings/{id}/no-show",
            lessons::objecting::instructor_report,
        )
        .get(instructor, "/instructor/bookings/{id}/objection", lessons::objecting::instructor_objection_page)
        .post(
            instructor.counts(Bucket::Booking),
            "/instructor/bookings/{id}/objection",
            lessons::objecting::instructor_objection,
        )
        .get(instructor, "/instructor/bookings/{id}/contest", lessons::objecting::instructor_contest_page)
        .post(
            instructor.counts(Bucket::Booking),
            "/instructor/bookings/{id}/contest",
            lessons::objecting::instructor_contest,
        )
}
