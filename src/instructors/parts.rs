//! What the wiring puts in: what rooms above know about an instructor, and may object to.

use std::sync::Arc;

use crate::base::id::UserId;
use crate::base::money::Bp;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::instructors::model::NEW_TIER;
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

/// How an instructor's account for payouts stands, as we heard last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pay {
    pub has_account: bool,
    pub details_submitted: bool,
    pub charges_enabled: bool,
    pub payouts_enabled: bool,
    /// Lessons can be paid out.
    pub ready: bool,
}

pub type PayHook = Arc<dyn Fn(&dyn Read, UserId) -> Outcome<Pay> + Send + Sync>;
/// The share of a lesson's price that the marketplace keeps from an instructor now.
pub type ShareHook = Arc<dyn Fn(&dyn Read, UserId, Timestamp) -> Outcome<Bp> + Send + Sync>;
/// Instructor, then the viewer if anybody is signed in.
pub type StandingHook = Arc<dyn Fn(&dyn Read, UserId, Option<UserId>, &mut Standing) -> Outcome<()> + Send + Sync>;
/// How many lessons a person has ahead, on either side.
pub type LessonsAhead = Arc<dyn Fn(&dyn Read, UserId, Timestamp) -> Outcome<usize> + Send + Sync>;

/// The running parts of this room.
#[derive(Clone)]
pub struct Instructors {
    standing: Vec<StandingHook>,
    lessons_ahead: LessonsAhead,
    pay: PayHook,
    share: ShareHook,
}

impl Default for Instructors {
    fn default() -> Self {
        Self {
            standing: Vec::new(),
            lessons_ahead: Arc::new(|_, _, _| Ok(0)),
            pay: Arc::new(|_, _| Ok(Pay::default())),
            share: Arc::new(|_, _, _| Ok(NEW_TIER)),
        }
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

    /// Names who knows of accounts for payouts.
    #[must_use]
    pub fn with_pay(mut self, hook: impl Fn(&dyn Read, UserId) -> Outcome<Pay> + Send + Sync + 'static) -> Self {
        self.pay = Arc::new(hook);
        self
    }

    /// Names who knows what the marketplace keeps of a lesson's price.
    #[must_use]
    pub fn with_share(
        mut self,
        hook: impl Fn(&dyn Read, UserId, Timestamp) -> Outcome<Bp> + Send + Sync + 'static,
    ) -> Self {
        self.share = Arc::new(hook);
        self
    }

    pub fn pay(&self, read: &dyn Read, instructor: UserId) -> Outcome<Pay> {
        (self.pay)(read, instructor)
    }

    pub fn share(&self, read: &dyn Read, instructor: UserId, now: Timestamp) -> Outcome<Bp> {
        (self.share)(read, instructor, now)
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
