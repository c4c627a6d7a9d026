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

use crate::base::access::{Permission, Role};
use crate::web::{Access, Bucket, Opening, Pages};

/// Registers every page of this room.
pub fn routes(pages: Pages) -> Pages {
    let pages = pages.get(Access::Public, "/instructors/{id}", profile::profile_page).get(
        Access::Public.opens(Opening::Students),
        "/book/{instructor}/{offering}",
        book::book_page,
    );
    instructor(student(pages))
}

fn student(pages: Pages) -> Pages {
    let student = Access::Role(Role::Student);
    let books = Access::As(Role::Student, Permission::CreateBookings);
    let cancels = Access::As(Role::Student, Permission::CancelOwnBookings).counts(Bucket::Booking);
    pages
        .post(books.counts(Bucket::Booking).opens(Opening::Students), "/book/{instructor}/{offering}", book::hold)
        .get(books, "/student/booking/confirm", checkout::checkout_page)
        .post(books.moves_money("checkout"), "/student/booking/confirm", checkout::book)
        .get(student, "/student/lessons", lessons::list::lessons_page)
        .get(student, "/student/lessons/{id}", lessons::one::student_lesson)
        .get(student, "/student/lessons/{id}/booked", checkout::booked_page)
        .get(student, "/student/lessons/{id}/calendar.ics", lessons::one::calendar_file)
        .get(student, "/student/lessons/{id}/card", lessons::card::card_page)
        .post(student.moves_money("payment_method"), "/student/lessons/{id}/card", lessons::card::choose_card)
        .get(books, "/student/lessons/{id}/move", book::moving::move_page)
        .post(books.counts(Bucket::Booking), "/student/lessons/{id}/move", book::moving::move_lesson)
        .get(student, "/student/lessons/{id}/cancellation", lessons::one::student_cancel_page)
        .post(cancels, "/student/lessons/{id}/cancellation", lessons::one::student_cancel)
        .get(student, "/student/lessons/{id}/receipt", lessons::statement::receipt_page)
        .get(student, "/student/lessons/{id}/no-show", lessons::objecting::student_report_page)
        .post(student.counts(Bucket::Booking), "/student/lessons/{id}/no-show", lessons::objecting::student_report)
        .get(student, "/student/lessons/{id}/objection", lessons::objecting::student_objection_page)
        .post(student.counts(Bucket::Booking), "/student/lessons/{id}/objection", lessons::objecting::student_objection)
}

fn instructor(pages: Pages) -> Pages {
    let instructor = Access::As(Role::Instructor, Permission::ViewIncomingBookings);
    let completes = Access::As(Role::Instructor, Permission::CompleteBookings).counts(Bucket::Booking);
    let cancels = Access::As(Role::Instructor, Permission::CancelStudentBookings).counts(Bucket::Booking);
    pages
        .get(Access::Role(Role::Instructor), "/instructor/dashboard", teaching::dashboard_page)
        .get(instructor, "/instructor/bookings", teaching::bookings_page)
        .get(instructor, "/instructor/bookings/{id}", lessons::one::instructor_lesson)
        .get(instructor, "/instructor/bookings/{id}/calendar.ics", lessons::one::calendar_file)
        .post(completes, "/instructor/bookings/{id}/completion", teaching::complete)
        .post(instructor, "/instructor/bookings/{id}/note", teaching::save_note)
        .get(instructor, "/instructor/bookings/{id}/cancellation", lessons::one::instructor_cancel_page)
        .post(cancels, "/instructor/bookings/{id}/cancellation", lessons::one::instructor_cancel)
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
