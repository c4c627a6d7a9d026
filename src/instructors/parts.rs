//! What the wiring puts in: what rooms above know about an instructor, and may object to.

use std::sync::Arc;

use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::store::Read;

/// What others think of an instructor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// Mean of published reviews, where there are enough to show one.
    pub rating: Option<f64>,
    pub review_count: u64,
    pub favorited_count: u64,
    /// Present when the viewer is a student.
    pub is_favorited: Option<bool>,
}

/// Instructor, then the viewer if anybody is signed in.
pub type StandingHook = Arc<dyn Fn(&dyn Read, UserId, Option<UserId>, &mut Standing) -> Outcome<()> + Send + Sync>;
/// How many lessons a person has ahead, on either side.
pub type LessonsAhead = Arc<dyn Fn(&dyn Read, UserId, Timestamp) -> Outcome<usize> + Send + Sync>;

/// The running parts of this room.
#[derive(Clone)]
pub struct Instructors {
    standing: Vec<StandingHook>,
    lessons_ahead: LessonsAhead,
}

impl Default for Instructors {
    fn default() -> Self {
        Self { standing: Vec::new(), lessons_ahead: Arc::new(|_, _, _| Ok(0)) }
    }
}

impl Instructors {
    /// Lets a higher room add to what profiles say about an instructor's standing.
    #[must_use]
    pub fn with_standing(
        mut self,
        hook: impl Fn(&dyn Read, UserId, Option<UserId>, &mut Standing) -> Outcome<()> + Send + Sync + 'static,
    ) -> Self {
        self.standing.push(Arc::new(hook));
        self
    }

    #[must_use]
    pub fn with_lessons_ahead(
        mut self,
        hook: impl Fn(&dyn Read, UserId, Timestamp) -> Outcome<usize> + Send + Sync + 'static,
    ) -> Self {
        self.lessons_ahead = Arc::new(hook);
        self
    }

    pub fn standing(&self, read: &dyn Read, instructor: UserId, viewer: Option<UserId>) -> Outcome<Standing> {
        let mut standing = Standing::default();
        for hook in &self.standing {
            hook(read, instructor, viewer, &mut standing)?;
        }
        Ok(standing)
    }

    pub fn has_lessons_ahead(&self, read: &dyn Read, person: UserId, now: Timestamp) -> Outcome<bool> {
        Ok((self.lessons_ahead)(read, person, now)? > 0)
    }
}
