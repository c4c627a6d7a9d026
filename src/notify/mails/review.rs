//! Mails about reviews: one came in, one was answered.

use super::Lesson;
use crate::base::text::{count, first_last_initial};
use crate::bookings::model::Side;
use crate::notify::letter::{Letter, Sender};
use crate::reviews::model::Review;

pub fn review_received(sender: &Sender, lesson: &Lesson, review: &Review) -> Letter {
    let stars = count(usize::from(review.rating), "star", "stars");
    let subject = format!("{} for your {} lesson", stars, review.service_name);
    let told = Letter::new("review_received", &lesson.instructor.first_name, subject).says(format!(
        "{} reviewed the lesson on {}: {stars}.",
        lesson.other(Side::Instructor),
        lesson.starts()
    ));
    let told = match review.text.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => told.quote(text),
        None => told,
    };
    told.says("You can answer once, for everybody to read.")
        .action("Read and answer", sender.url("/instructor/reviews"))
        .datum("booking_id", review.booking_id.to_string())
        .datum("review_id", review.id.to_string())
        .datum("rating", review.rating)
}

pub fn review_reply(sender: &Sender, lesson: &Lesson, review: &Review) -> Letter {
    let who = first_last_initial(&lesson.instructor.first_name, &lesson.instructor.last_name);
    let words = review.response.as_ref().map(|response| response.text.as_str()).unwrap_or_default();
    Letter::new("review_reply", &lesson.student.first_name, format!("{who} answered your review"))
        .says(format!("{who} answered what you wrote about your {} lesson:", review.service_name))
        .quote(words)
        .action("See the reviews", sender.url(&format!("/instructors/{}/reviews", review.instructor_id)))
        .datum("booking_id", review.booking_id.to_string())
        .datum("review_id", review.id.to_string())
}
