//! Where reviews rest.

use super::model::{Review, Standing};
use super::rules;
use crate::base::id::{BookingId, ReviewId, UserId};
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

pub static REVIEWS: Table<ReviewId, Review> =
    Table::new(0x1801, "reviewid_review").indexed(&[&BY_INSTRUCTOR, &BY_BOOKING, &BY_STUDENT]);

pub static BY_INSTRUCTOR: Index<ReviewId, Review, (UserId, Timestamp)> =
    Index::new(0x1802, "instructorid_createdat_reviewid", |_, r| vec![(r.instructor_id, r.created_at)]);

/// Unique: a booking is reviewed once.
pub static BY_BOOKING: Index<ReviewId, Review, BookingId> =
    Index::new(0x1803, "bookingid_reviewid", |_, r| vec![r.booking_id]);

pub static BY_STUDENT: Index<ReviewId, Review, (UserId, Timestamp)> =
    Index::new(0x1804, "studentid_createdat_reviewid", |_, r| vec![(r.student_id, r.created_at)]);

pub static STANDINGS: Table<UserId, Standing> = Table::new(0x1805, "instructorid_standing");

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
    for (booking, id) in r.index_keys(&BY_BOOKING, Span::all(), crate::base::limits::SCAN_ROWS, Dir::Up)? {
        if last == Some(booking) {
            wrong.push(format!("review {id} is the second one of booking {booking}"));
        }
        last = Some(booking);
    }
    for (who, standing) in r.scan(&STANDINGS, Span::all(), crate::base::limits::SCAN_ROWS, Dir::Up)? {
        let rebuilt = rules::standing(&of_instructor(r, who, Dir::Up)?, standing.as_of);
        if rebuilt.overall.count != standing.overall.count {
            wrong.push(format!("the standing of instructor {who} does not follow from the reviews"));
        }
    }
    Ok(wrong)
}
