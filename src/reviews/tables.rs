//! Where reviews rest.

use super::model::{Review, Standing, Status};
use super::rules;
use crate::base::id::{BookingId, ReviewId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

pub static REVIEWS: Table<ReviewId, Review> =
    Table::new(0x1801, "reviewid_review").indexed(&[&BY_INSTRUCTOR, &BY_BOOKING, &BY_STUDENT, &UNLISTED]);

pub static BY_INSTRUCTOR: Index<ReviewId, Review, (UserId, Timestamp)> =
    Index::new(0x1802, "instructorid_createdat_reviewid", |_, r| vec![(r.instructor_id, r.created_at)]);

/// Unique: a booking is reviewed once.
pub static BY_BOOKING: Index<ReviewId, Review, BookingId> =
    Index::new(0x1803, "bookingid_reviewid", |_, r| vec![r.booking_id]);

pub static BY_STUDENT: Index<ReviewId, Review, (UserId, Timestamp)> =
    Index::new(0x1804, "studentid_createdat_reviewid", |_, r| vec![(r.student_id, r.created_at)]);

/// Those that are not listed.
static UNLISTED: Index<ReviewId, Review, (String, Timestamp)> =
    Index::new(0x1806, "status_createdat_reviewid", |_, r| match r.status {
        Status::Published => Vec::new(),
        other => vec![(other.name().to_owned(), r.created_at)],
    });

pub static STANDINGS: Table<UserId, Standing> = Table::new(0x1805, "instructorid_standing");

/// Rows that a check reads at once.
const STEP: usize = 1000;
/// Reviews of one instructor that are looked at.
const MAX_REVIEWS: usize = 20_000;

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&REVIEWS, &STANDINGS]
}

/// All reviews of an instructor, oldest first for [`Dir::Up`].
pub fn of_instructor(r: &dyn Read, who: UserId, dir: Dir) -> Outcome<Vec<Review>> {
    let rows = r.by_index(&REVIEWS, &BY_INSTRUCTOR, Span::prefix(&(who,)), MAX_REVIEWS, dir)?;
    Ok(rows.into_iter().map(|(_, review)| review).collect())
}

/// Everything a student has written, oldest first.
pub fn of_student(r: &dyn Read, who: UserId) -> Outcome<Vec<Review>> {
    let rows = r.by_index(&REVIEWS, &BY_STUDENT, Span::prefix(&(who,)), MAX_REVIEWS, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, review)| review).collect())
}

/// Reviews of one status, newest first.
pub fn with_status(r: &dyn Read, status: Status, limit: usize) -> Outcome<Vec<Review>> {
    let rows = match status {
        Status::Published => r.scan(&REVIEWS, Span::all(), limit, Dir::Down)?,
        other => r.by_index(&REVIEWS, &UNLISTED, Span::prefix(&(other.name().to_owned(),)), limit, Dir::Down)?,
    };
    Ok(rows.into_iter().map(|(_, review)| review).filter(|review| review.status == status).collect())
}

/// The review, or 404.
pub fn must(r: &dyn Read, id: ReviewId) -> Outcome<Review> {
    r.get(&REVIEWS, &id)?.ok_or_else(absent)
}

pub fn absent() -> Refusal {
    Refusal::not_found("REVIEW_NOT_FOUND", "There is no such review.")
}

pub fn of_booking(r: &dyn Read, booking: BookingId) -> Outcome<Option<Review>> {
    Ok(r.find(&REVIEWS, &BY_BOOKING, &booking)?.map(|(_, review)| review))
}

pub fn standing(r: &dyn Read, who: UserId) -> Outcome<Standing> {
    Ok(r.get(&STANDINGS, &who)?.unwrap_or_default())
}

/// What must hold: one review per booking, and standings that follow from the reviews.
pub fn check(r: &dyn Read) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    let mut last: Option<BookingId> = None;
    let mut span = Span::all();
    loop {
        let page = r.index_keys(&BY_BOOKING, span, STEP, Dir::Up)?;
        for (booking, id) in &page {
            if last == Some(*booking) {
                wrong.push(format!("review {id} is the second one of booking {booking}"));
            }
            last = Some(*booking);
        }
        match page.last() {
            Some(end) if page.len() == STEP => span = Span::after(end),
            _ => break,
        }
    }
    let mut span = Span::all();
    loop {
        let page = r.scan(&STANDINGS, span, STEP, Dir::Up)?;
        for (who, standing) in &page {
            // The same sums in the same order, so they are the same to the last digit.
            if rules::standing(&of_instructor(r, *who, Dir::Up)?, standing.as_of) != *standing {
                wrong.push(format!("the standing of instructor {who} does not follow from the reviews"));
            }
        }
        match page.last() {
            Some((end, _)) if page.len() == STEP => span = Span::after(end),
            _ => return Ok(wrong),
        }
    }
}
