//! Pieces that several pages share, and those that profile and lesson pages take in.

use maud::{Markup, html};

use crate::accounts;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::base::time::{TimeZone, Timestamp};
use crate::bookings::model::{Booking, Side};
use crate::reviews::model::{Review, Status};
use crate::reviews::ops::{self, Filter, Rating};
use crate::reviews::rules;
use crate::reviews::tables::of_booking;
use crate::store::Read;
use crate::web::components::{Button, link_button};

/// Reviews shown on a profile.
const ON_PROFILE: usize = 4;

/// "4.9 from 32 lessons that took place", or how many there are while a number would say too little.
pub(super) fn rating_line(rating: &Rating) -> Markup {
    let lessons = count(rating.count as usize, "review", "reviews");
    html! {
        p.rate {
            @match rating.shown {
                Some(mean) => {
                    b.fig { (format!("{mean:.1}")) } " "
                    span { "of 5, from " (lessons) " of lessons that took place" }
                },
                None if rating.count == 0 => span.muted { "No reviews yet." },
                None => span.muted { (lessons) " so far. The rating shows from the third on." },
            }
        }
    }
}

/// One review as others read it. `after` stands below, such as the form to answer.
pub(super) fn review_item(r: &dyn Read, review: &Review, teacher: &str, after: Markup) -> Outcome<Markup> {
    let who = ops::reviewer_name(r, review)?;
    let month = TimeZone::UTC.to_datetime(review.created_at).strftime("%b %Y").to_string();
    Ok(html! {
        li id={ "r-" (review.id) } {
            p {
                b { (review.rating) " of 5" } " "
                span.muted { (who) ", " (review.service_name) ", " (month) }
                @if review.status == Status::Flagged { " " span.small.warn { "Being looked at, not shown to others." } }
            }
            @if let Some(text) = &review.text { p { (text) } }
            @if let Some(response) = &review.response { blockquote { b { (teacher) "’s answer" } " " (response.text) } }
            (after)
        }
    })
}

pub(super) fn first_name(r: &dyn Read, who: UserId) -> Outcome<String> {
    Ok(accounts::user(r, who)?.map_or_else(|| "The instructor".to_owned(), |user| user.first_name))
}

/// The reviews on an instructor's profile.
pub fn on_profile(r: &dyn Read, now: Timestamp, who: UserId) -> Outcome<Markup> {
    let rating = ops::rating_of(r, now, who, None)?;
    let listed = ops::recent(r, who, Filter::default())?;
    let teacher = first_name(r, who)?;
    let items = listed.iter().take(ON_PROFILE).map(|review| review_item(r, review, &teacher, html! {}));
    let items = items.collect::<Outcome<Vec<_>>>()?;
    Ok(html! {
        (rating_line(&rating))
        @if !items.is_empty() { ul.l.reviews { @for item in &items { (item) } } }
        @if listed.len() > ON_PROFILE {
            p { a href={ "/instructors/" (who) "/reviews" } { "All " (count(listed.len(), "review", "reviews")) } }
        }
    })
}

/// The way to a review that can still be written, beside a lesson in its student's diary.
pub fn beside_lesson(r: &dyn Read, now: Timestamp, booking: &Booking) -> Outcome<Option<(String, String)>> {
    let open = rules::may_review(booking, false, now).is_ok() && of_booking(r, booking.id)?.is_none();
    Ok(open.then(|| ("Review and tip".to_owned(), format!("/student/review/{}", booking.id))))
}

/// The review on the page of a lesson: what was written, or the way to write it.
pub fn on_lesson(r: &dyn Read, now: Timestamp, booking: &Booking, side: Side) -> Outcome<Markup> {
    let review = of_booking(r, booking.id)?;
    if let Some(review) = review.filter(|review| side == Side::Admin || review.status.counts()) {
        let teacher = first_name(r, booking.instructor_id)?;
        let answer = side == Side::Instructor && review.response.is_none();
        let after =
            html! { @if answer { p { a href={ "/instructor/reviews#r-" (review.id) } { "Answer this review" } } } };
        return Ok(html! { h2.h3 { "Review" } ul.l.reviews { (review_item(r, &review, &teacher, after)?) } });
    }
    if side == Side::Student && rules::may_review(booking, false, now).is_ok() {
        let href = format!("/student/review/{}", booking.id);
        return Ok(html! {
            h2.h3 { "How was it?" }
            p.muted { "Two minutes of yours help the next student, and the instructor can answer." }
            p { (link_button(&href, &Button::line("Write a review"))) }
        });
    }
    Ok(html! {})
}
