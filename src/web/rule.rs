//! What a route declares: who may call it, and how it is counted.

use super::access::Access;
use super::launch::Opening;
use super::limits::{Bucket, Window};

/// How a request of a route is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Looking is a read, everything else a write.
    ByMethod,
    As(Bucket),
    /// Health, webhooks, the sandbox's own controls.
    Never,
}

/// An [`Access`] alone is a rule too: counted by its method.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub access: Access,
    pub(super) counts: Counts,
    /// A sliding window per address besides.
    pub(super) window: Option<&'static Window>,
    /// What is counted together where a bucket is one per operation: a page and the call it stands for share it.
    pub(super) operation: &'static str,
    /// The operation looks `Idempotency-Key` up before it is counted.
    pub(super) keyed: bool,
    /// What the launch state must have opened.
    pub opening: Opening,
    /// Somebody else's thing: whom it is not for hears that there is nothing.
    pub hidden: bool,
}

impl From<Access> for Rule {
    fn from(access: Access) -> Self {
        let counts = if access == Access::Loopback { Counts::Never } else { Counts::ByMethod };
        Self { access, counts, window: None, operation: "", keyed: false, opening: Opening::Always, hidden: false }
    }
}

impl Access {
    /// In this bucket instead of the method's.
    pub fn counts(self, bucket: Bucket) -> Rule {
        Rule { counts: Counts::As(bucket), ..self.into() }
    }

    /// An operation that moves money: at most one at a time per person, in a bucket of its own. // rule: 20§9
    pub fn moves_money(self, operation: &'static str) -> Rule {
        Rule { operation, ..self.counts(Bucket::Financial) }
    }

    pub fn uncounted(self) -> Rule {
        Rule { counts: Counts::Never, ..self.into() }
    }

    /// Besides its bucket, within this window per address.
    pub fn within(self, window: &'static Window) -> Rule {
        Rule { window: Some(window), ..self.into() }
    }

    /// Absent for whomever it is not for, not refused. // rule: 20§14
    pub fn hidden(self) -> Rule {
        Rule { hidden: true, ..self.into() }
    }

    /// Shut until the launch state opens it, or its people are let in.
    pub fn opens(self, opening: Opening) -> Rule {
        Rule { opening, ..self.into() }
    }
}

impl Rule {
    /// Its handler takes an [`IdempotencyKey`](super::IdempotencyKey).
    #[must_use]
    pub fn keyed(self) -> Self {
        Self { keyed: true, ..self }
    }

    /// See [`Access::opens`].
    #[must_use]
    pub fn opens(self, opening: Opening) -> Self {
        Self { opening, ..self }
    }

    /// In words, for the list of routes.
    pub fn counted_as(&self) -> &'static str {
        match self.counts {
            Counts::ByMethod => "by method",
            Counts::As(bucket) => bucket.name(),
            Counts::Never => "never",
        }
    }
}
