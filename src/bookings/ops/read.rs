//! Looking bookings up, for the people in them.

use crate::base::id::{BookingId, UserId};
use crate::base::money::Cents;
use crate::base::paging::Page;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, WallTime, local_to_utc, utc_to_local};
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::rules::lists::{Filter, is_upcoming};
use crate::bookings::tables::{absent, load, of_either_from, of_instructor, of_student};
use crate::bookings::view::{BookingView, view};
use crate::payments;
use crate::site::Site;
use crate::store::{Dir, Read};

/// Bookings of one person that a list looks at.
const MOST: usize = 20_000;

/// A booking the person takes part in; somebody else's is absent (contract §4).
pub fn participant(r: &dyn Read, id: BookingId, user: UserId) -> Outcome<(Booking, Side)> {
    let booking = load(r, id)?;
    let side = booking.side_of(user).ok_or_else(absent)?;
    Ok((booking, side))
}

pub fn own_one(site: &Site, id: BookingId, user: UserId) -> Outcome<(Booking, Side)> {
    site.read(|r| participant(r, id, user))
}

/// The person's bookings on either side.
pub fn own(site: &Site, user: UserId, filter: &Filter) -> Outcome<Vec<Booking>> {
    let mut all = site.read(|r| {
        let mut all = of_student(r, user, MOST, Dir::Up)?;
        all.extend(of_instructor(r, user, MOST, Dir::Up)?);
        Ok(all)
    })?;
    all.sort_by_key(|booking| (booking.start, booking.id));
    Ok(filter.apply(all, site.now()))
}

/// The lessons somebody teaches.
pub fn taught(site: &Site, user: UserId, filter: &Filter) -> Outcome<Vec<Booking>> {
    let all = site.read(|r| of_instructor(r, user, MOST, Dir::Up))?;
    Ok(filter.apply(all, site.now()))
}

pub fn view_for(site: &Site, booking: &Booking, user: UserId) -> Outcome<BookingView> {
    let side = booking.side_of(user).ok_or_else(absent)?;
    site.read(|r| view(r, booking, side))
}

pub fn views(site: &Site, page: Page<Booking>, user: UserId) -> Outcome<Page<BookingView>> {
    let Page { items, next_cursor, numbers } = page;
    let items: Outcome<Vec<_>> = items.iter().map(|booking| view_for(site, booking, user)).collect();
    Ok(Page { items: items?, next_cursor, numbers })
}

/// An instructor's totals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stats {
    pub total: u64,
    pub upcoming: u64,
    pub completed: u64,
    pub cancelled: u64,
    pub no_show: u64,
    pub earned: Cents,
    pub earned_this_month: Cents,
}

/// Counts what was ever promised; unpaid holds are nobody's booking.
pub fn stats(site: &Site, instructor: UserId) -> Outcome<Stats> {
    let now = site.now();
    let month = utc_to_local(now, &site.zone).0.first_of_month();
    let month_began = local_to_utc(month, WallTime::START, &site.zone).instant().unwrap_or(now);
    site.read(|r| {
        let mut stats = Stats::default();
        for booking in of_instructor(r, instructor, MOST, Dir::Up)? {
            if matches!(booking.status, Status::Pending | Status::PaymentFailed) || booking.is_dropped_move() {
                continue;
            }
            stats.total += 1;
            stats.upcoming += u64::from(is_upcoming(&booking, now));
            stats.completed += u64::from(booking.status == Status::Completed);
            stats.cancelled += u64::from(booking.status == Status::Cancelled);
            stats.no_show += u64::from(booking.status == Status::NoShow);
            let payment = payments::ops::payment(r, booking.id)?;
            stats.earned += payment.instructor_payout;
            if payment.settled_at.is_some_and(|at| at >= month_began) {
                stats.earned_this_month += payment.instructor_payout;
            }
        }
        Ok(stats)
    })
}

/// Lessons somebody still has to go to, on either side. A hold counts as long as it can be paid: else a lesson could be
/// bought of somebody who has left.
pub fn lessons_ahead(r: &dyn Read, person: UserId, now: Timestamp) -> Outcome<usize> {
    let ahead = |b: &&Booking| matches!(b.status, Status::Pending | Status::Confirmed) && now < b.end;
    Ok(of_either_from(r, person, now)?.iter().filter(ahead).count())
}
