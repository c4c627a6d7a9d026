//! One letter of every kind with made-up people in it, for whoever changes its words.

use super::letter::{Letter, Sender};
use super::mails::{Lesson, account, lesson, money, review, trust};
use crate::accounts::model::{AccountStatus, User};
use crate::base::access::Role;
use crate::base::id::{ReviewId, ReviewResponseId, UserId};
use crate::base::money::Cents;
use crate::base::time::{Timestamp, plus_hours};
use crate::bookings::model::Side;
use crate::bookings::sample;
use crate::reviews::model::{Response, Review, Status as ReviewStatus};

fn person(first: &str, last: &str, role: Role, at: Timestamp) -> User {
    User {
        id: UserId::of_name(first),
        email: format!("{}@mail.example", first.to_lowercase()),
        password_hash: String::new(),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        phone: None,
        zip_code: "10024".to_owned(),
        timezone: "America/New_York".to_owned(),
        is_active: true,
        status: AccountStatus::Active,
        email_verified: true,
        roles: [role].into(),
        grants: [].into(),
        revokes: [].into(),
        beta: Vec::new(),
        totp_enabled: false,
        passkeys: 1,
        picture_key: None,
        picture_version: 0,
        created_at: at,
        updated_at: at,
    }
}

/// A piano lesson two days ahead.
fn sample_lesson(now: Timestamp) -> Lesson {
    let (student, instructor) =
        (person("Emma", "Johnson", Role::Student, now), person("Sarah", "Chen", Role::Instructor, now));
    let booking = sample::booking(student.id, instructor.id, now, plus_hours(now, 48));
    Lesson { booking, student, instructor }
}

fn sample_review(lesson: &Lesson, now: Timestamp) -> Review {
    Review {
        id: ReviewId::of_name("sample"),
        booking_id: lesson.booking.id,
        student_id: lesson.student.id,
        instructor_id: lesson.instructor.id,
        offering_id: lesson.booking.offering_id,
        service_name: "Piano".to_owned(),
        rating: 5,
        text: Some("Patient and clear.".to_owned()),
        status: ReviewStatus::Published,
        created_at: now,
        response: Some(Response {
            id: ReviewResponseId::of_name("sample"),
            text: "Thank you, Emma!".to_owned(),
            created_at: now,
        }),
    }
}

/// One letter of every template this program writes, in the order of an account's and a lesson's life.
pub fn all(sender: &Sender, now: Timestamp) -> Vec<Letter> {
    let told = sample_lesson(now);
    let (user, teacher) = (&told.student, &told.instructor);
    let review = sample_review(&told, now);
    let student = Side::Student;
    vec![
        account::email_code("123456"),
        account::account_exists(sender, user),
        account::welcome(sender, user),
        account::password_reset(sender, user, "sample"),
        account::password_changed(sender, user, now),
        account::new_device(sender, user, "Firefox on Linux", now),
        account::two_factor_changed(sender, user, true),
        account::passkey_changed(sender, user, "My phone", true),
        account::email_change_asked(sender, user, "emma@new.example", "sample"),
        account::backup_code_used(sender, user, 9),
        account::lockout(sender, user, plus_hours(now, 1), 5),
        account::account_status(sender, teacher, AccountStatus::Suspended),
        account::account_status(sender, teacher, AccountStatus::Active),
        account::account_status(sender, teacher, AccountStatus::Deactivated),
        account::account_erased(sender, true),
        account::account_erased(sender, false),
        lesson::booking_confirmed(sender, &told, student),
        lesson::booking_cancelled(sender, &told, student, "instructor", "I have a cold."),
        lesson::booking_rescheduled(sender, &told, student, &told.when(student)),
        lesson::reminder_24h(sender, &told, student),
        lesson::reminder_1h(sender, &told, student),
        lesson::lesson_completed(sender, &told, student),
        money::authorization_failed(sender, &told, plus_hours(now, 24)),
        money::authorization_warning(sender, &told, plus_hours(now, 1)),
        lesson::payment_cancelled(sender, &told, student),
        money::capture_failed(sender, &told),
        money::payout_sent(sender, &told, Cents(6800)),
        review::review_received(sender, &told, &review),
        review::review_reply(sender, &told, &review),
        trust::check_runs_out(sender, teacher, plus_hours(now, 30 * 24), false),
        trust::check_runs_out(sender, teacher, now, true),
        lesson::no_show(sender, &told, crate::bookings::model::Accused::Student),
    ]
    .into_iter()
    .fold(Vec::new(), |mut seen: Vec<Letter>, letter| {
        if seen.iter().all(|known| known.template != letter.template) {
            seen.push(letter);
        }
        seen
    })
}

/// The sample of one template.
pub fn of(sender: &Sender, now: Timestamp, template: &str) -> Option<Letter> {
    all(sender, now).into_iter().find(|letter| letter.template == template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_sample_that_our_own_words_fit() {
        let sender = Sender { brand: "Board".into(), base_url: "https://b.example".into() };
        let letters = all(&sender, "2026-11-10T19:00:00Z".parse().unwrap());
        assert_eq!(letters.len(), 32);
        for letter in &letters {
            let (subject, body) = super::super::words::OURS;
            assert!(super::super::words::check(letter, subject, body).is_ok(), "{}", letter.template);
        }
    }
}
