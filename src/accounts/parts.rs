//! What the wiring puts in: facts of neighbours that rank beside or above this room, and what else a registration does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::hasher::Hasher;
use super::model::User;
use crate::base::access::Role;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::secret::Entropy;
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::store::{Read, Tx};

/// ZIP codes of the region pack.
pub trait ZipBook: Send + Sync {
    fn in_region(&self, zip: &str) -> bool;
    /// IANA name; the marketplace's own zone for a ZIP code it does not know.
    fn timezone(&self, zip: &str) -> String;
    fn city(&self, zip: &str) -> String;
}

/// A person who is just joining, and what they brought along.
#[derive(Debug)]
pub struct Joining<'a> {
    pub user: &'a User,
    /// Name of the place their ZIP code lies in.
    pub city: &'a str,
    pub invite_code: Option<&'a str>,
    pub referral_code: Option<&'a str>,
    pub guest_session_id: Option<&'a str>,
}

/// Runs inside the write that adds the person; a refusal undoes the registration.
pub type RegistrationHook = Arc<dyn Fn(&mut Tx, &Joining<'_>) -> Outcome<()> + Send + Sync>;

/// What higher rooms know about the signed-in person (`GET /auth/me`).
#[derive(Clone, Debug, Default)]
pub struct MeFacts {
    pub founding_instructor_granted: bool,
    pub credit_available_cents: i64,
    pub unread_count: u64,
    pub beta_access: bool,
    pub beta_role: Option<String>,
    pub beta_phase: Option<String>,
    pub beta_invited_by: Option<String>,
}

pub type MeHook = Arc<dyn Fn(&dyn Read, &User, &mut MeFacts) -> Outcome<()> + Send + Sync>;

/// Runs inside the write that pauses, resumes, closes or erases an account.
pub type StatusHook = Arc<dyn Fn(&mut Tx, &User) -> Outcome<()> + Send + Sync>;

/// How many lessons lie ahead of a person, on either side.
pub type LessonsAhead = Arc<dyn Fn(&dyn Read, UserId, Timestamp) -> Outcome<usize> + Send + Sync>;

/// What another room holds about a person: its section of the export, and how it is taken away.
#[derive(Clone)]
pub struct Personal {
    pub name: &'static str,
    pub read: Arc<dyn Fn(&dyn Read, &User) -> Outcome<Value> + Send + Sync>,
    pub erase: Arc<dyn Fn(&mut Tx, &User) -> Outcome<()> + Send + Sync>,
}

/// What is kept for so many days: how much of it is over, and how it is let go.
#[derive(Clone)]
pub struct Retention {
    pub name: &'static str,
    pub days: i64,
    /// About what was deleted already and only waits to go.
    pub of_deleted: bool,
    /// Rows from before the instant, counted up to the limit.
    pub due: Arc<dyn Fn(&dyn Read, Timestamp, usize) -> Outcome<usize> + Send + Sync>,
    /// Lets at most so many go; answers how many.
    pub apply: Arc<dyn Fn(&mut Tx, Timestamp, usize) -> Outcome<usize> + Send + Sync>,
}

/// What a sandbox can switch at the door (contract §2 `switches`).
#[derive(Debug)]
pub struct DoorSwitches {
    challenge: AtomicBool,
}

impl Default for DoorSwitches {
    fn default() -> Self {
        Self { challenge: AtomicBool::new(true) }
    }
}

impl DoorSwitches {
    pub fn set_challenge(&self, wanted: bool) {
        self.challenge.store(wanted, Ordering::Relaxed);
    }
    pub fn challenge(&self) -> bool {
        self.challenge.load(Ordering::Relaxed)
    }
}

/// The running parts of this room.
#[derive(Clone)]
pub struct Accounts {
    pub hasher: Hasher,
    pub zips: Arc<dyn ZipBook>,
    /// Signs challenges; drawn at every start, so a restart only asks for a new one.
    pub door_key: [u8; 32],
    pub switches: Arc<DoorSwitches>,
    pub on_registered: Vec<RegistrationHook>,
    pub on_me: Vec<MeHook>,
    pub on_status: Vec<StatusHook>,
    pub personal: Vec<Personal>,
    pub retentions: Vec<Retention>,
    ahead: Option<LessonsAhead>,
}

impl Accounts {
    pub fn new(zips: Arc<dyn ZipBook>, entropy: &Entropy) -> Outcome<Self> {
        Ok(Self {
            hasher: Hasher::new()?,
            zips,
            door_key: entropy.bytes(),
            switches: Arc::default(),
            on_registered: Vec::new(),
            on_me: Vec::new(),
            on_status: Vec::new(),
            personal: Vec::new(),
            retentions: Vec::new(),
            ahead: None,
        })
    }

    /// Names who knows of lessons ahead; without, there are none.
    #[must_use]
    pub fn with_lessons_ahead(
        mut self,
        count: impl Fn(&dyn Read, UserId, Timestamp) -> Outcome<usize> + Send + Sync + 'static,
    ) -> Self {
        self.ahead = Some(Arc::new(count));
        self
    }

    pub fn lessons_ahead(&self, read: &dyn Read, user: UserId, now: Timestamp) -> Outcome<usize> {
        self.ahead.as_ref().map_or(Ok(0), |count| count(read, user, now))
    }

    #[must_use]
    pub fn on_status(mut self, hook: impl Fn(&mut Tx, &User) -> Outcome<()> + Send + Sync + 'static) -> Self {
        self.on_status.push(Arc::new(hook));
        self
    }

    /// Adds a section to what people may export, with the way to erase it.
    #[must_use]
    pub fn holds(
        mut self,
        name: &'static str,
        read: impl Fn(&dyn Read, &User) -> Outcome<Value> + Send + Sync + 'static,
        erase: impl Fn(&mut Tx, &User) -> Outcome<()> + Send + Sync + 'static,
    ) -> Self {
        self.personal.push(Personal { name, read: Arc::new(read), erase: Arc::new(erase) });
        self
    }

    /// Adds a rule of what is kept how long.
    #[must_use]
    pub fn keeps(mut self, rule: Retention) -> Self {
        self.retentions.push(rule);
        self
    }

    /// Has `hook` run inside every registration's write.
    #[must_use]
    pub fn on_registered(
        mut self,
        hook: impl Fn(&mut Tx, &Joining<'_>) -> Outcome<()> + Send + Sync + 'static,
    ) -> Self {
        self.on_registered.push(Arc::new(hook));
        self
    }

    /// Lets a higher room add its facts to `GET /auth/me`.
    #[must_use]
    pub fn on_me(
        mut self,
        hook: impl Fn(&dyn Read, &User, &mut MeFacts) -> Outcome<()> + Send + Sync + 'static,
    ) -> Self {
        self.on_me.push(Arc::new(hook));
        self
    }
}

/// One of the made-up people of a sandbox, as the sign-in page and `GET /sandbox/v1/demo/accounts` show them.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct DemoPerson {
    pub email: String,
    pub password: String,
    pub role: Role,
    pub name: String,
    /// "piano and violin".
    #[serde(skip)]
    pub note: String,
}

/// The demo people, put in when a demo marketplace was filled.
pub struct DemoPeople(pub Vec<DemoPerson>);

/// Whether a mail to an address could leave now: a code that nobody receives is not promised.
pub struct PostOffice(pub Arc<dyn Fn(&Site, &str) -> bool + Send + Sync>);

/// Lets the sign-up page of a sandbox show the code that a mail would have brought.
pub type CodePeek = Arc<dyn Fn(&Site, &str) -> Outcome<Option<String>> + Send + Sync>;
pub struct SandboxMailbox(pub CodePeek);
