//! How many of those who fit stand behind each further choice: what the filters show beside their words.
//!
//! Counted over everybody who fits wholly, by any of their offerings that was asked for. A choice that is already made
//! has no counts beside the others: whoever they would bring in was left out before.
// rule: 50§7 filters with counts

use super::why::SHOWN_REVIEWS;
use crate::base::price::Place;
use crate::catalog::AgeGroup;
use crate::instructors::Level;
use crate::search::supply::Row;

/// Lengths offered as a choice.
pub const LENGTHS: [u16; 4] = [30, 45, 60, 90];
/// Least ratings offered as a choice, in tenths of a star.
pub const RATINGS: [u8; 2] = [45, 40];

/// People behind each choice.
#[derive(Clone, Debug, Default)]
pub struct Facets {
    pub lengths: [usize; LENGTHS.len()],
    /// By kind of place.
    pub places: [usize; 4],
    /// By age group, youngest first.
    pub ages: [usize; 5],
    /// Beginner, intermediate, advanced.
    pub levels: [usize; 3],
    pub ratings: [usize; RATINGS.len()],
}

impl Facets {
    /// Counts one person, by the offerings that are wanted.
    pub fn count(&mut self, row: &Row, wanted: &[f64]) {
        let offers =
            || row.offers.iter().filter(|offer| wanted.get(offer.service).is_some_and(|relevance| *relevance >= 0.0));
        let add = |count: &mut usize, fits: bool| *count += usize::from(fits);
        for (count, minutes) in self.lengths.iter_mut().zip(LENGTHS) {
            add(count, offers().any(|offer| offer.durations.contains(&minutes)));
        }
        for (count, place) in self.places.iter_mut().zip(Place::ALL) {
            add(count, offers().any(|offer| offer.places.contains(&place)));
        }
        for (count, age) in self.ages.iter_mut().zip(AgeGroup::ALL) {
            add(count, offers().any(|offer| offer.ages.is_empty() || offer.ages.contains(&age)));
        }
        for (count, level) in self.levels.iter_mut().zip([Level::Beginner, Level::Intermediate, Level::Advanced]) {
            add(count, offers().any(|offer| offer.levels.is_empty() || offer.levels.contains(&level)));
        }
        let mean = row.rating.filter(|_| row.reviews >= SHOWN_REVIEWS);
        for (count, least) in self.ratings.iter_mut().zip(RATINGS) {
            add(count, mean.is_some_and(|mean| mean * 10.0 >= f64::from(least)));
        }
    }
}
