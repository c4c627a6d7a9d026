//! What rooms above this one add to its pages, put in at wiring.

use std::sync::Arc;

use maud::Markup;

use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::bookings::model::{Booking, Side};
use crate::site::Site;
use crate::store::Read;

/// About one instructor, for whoever looks.
type OfInstructor = Arc<dyn Fn(&dyn Read, UserId, Option<UserId>) -> Outcome<Markup> + Send + Sync>;
/// About one lesson, for one side of it.
type OfLesson = Arc<dyn Fn(&dyn Read, &Booking, Side) -> Outcome<Markup> + Send + Sync>;

/// A link beside a lesson in a list, its label first.
type BesideLesson = Arc<dyn Fn(&dyn Read, &Booking) -> Outcome<Option<(String, String)>> + Send + Sync>;

/// Empty until somebody adds: a page without additions is whole.
#[derive(Clone, Default)]
pub struct Additions {
    reviews: Option<OfInstructor>,
    similar: Option<OfInstructor>,
    lesson: Option<OfLesson>,
    past: Option<BesideLesson>,
}

impl Additions {
    /// The reviews on a profile.
    #[must_use]
    pub fn with_reviews(
        mut self,
        part: impl Fn(&dyn Read, UserId, Option<UserId>) -> Outcome<Markup> + Send + Sync + 'static,
    ) -> Self {
        self.reviews = Some(Arc::new(part));
        self
    }

    /// Others like the instructor of a profile.
    #[must_use]
    pub fn with_similar(
        mut self,
        part: impl Fn(&dyn Read, UserId, Option<UserId>) -> Outcome<Markup> + Send + Sync + 'static,
    ) -> Self {
        self.similar = Some(Arc::new(part));
        self
    }

    /// A section on the page of a lesson, such as its review.
    #[must_use]
    pub fn with_lesson(
        mut self,
        part: impl Fn(&dyn Read, &Booking, Side) -> Outcome<Markup> + Send + Sync + 'static,
    ) -> Self {
        self.lesson = Some(Arc::new(part));
        self
    }

    /// A link beside a past lesson in the student's diary, such as reviewing it.
    #[must_use]
    pub fn with_past(
        mut self,
        part: impl Fn(&dyn Read, &Booking) -> Outcome<Option<(String, String)>> + Send + Sync + 'static,
    ) -> Self {
        self.past = Some(Arc::new(part));
        self
    }

    pub fn of(site: &Site) -> Self {
        site.part::<Self>().map(|part| (*part).clone()).unwrap_or_default()
    }

    pub fn reviews(&self, r: &dyn Read, instructor: UserId, viewer: Option<UserId>) -> Outcome<Option<Markup>> {
        self.reviews.as_ref().map(|part| part(r, instructor, viewer)).transpose()
    }

    pub fn similar(&self, r: &dyn Read, instructor: UserId, viewer: Option<UserId>) -> Outcome<Markup> {
        self.similar.as_ref().map_or_else(|| Ok(Markup::default()), |part| part(r, instructor, viewer))
    }

    pub fn lesson(&self, r: &dyn Read, booking: &Booking, side: Side) -> Outcome<Markup> {
        self.lesson.as_ref().map_or_else(|| Ok(Markup::default()), |part| part(r, booking, side))
    }

    pub fn past(&self, r: &dyn Read, booking: &Booking) -> Outcome<Option<(String, String)>> {
        self.past.as_ref().map_or(Ok(None), |part| part(r, booking))
    }
}
