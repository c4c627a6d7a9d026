//! How long things are kept that the marketplace can do without: backups, old events.

use serde::{Deserialize, Serialize};

use super::Setting;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupPlan {
    /// Also in sandbox mode, where nights pass as fast as the clock is moved.
    pub in_sandbox: bool,
    pub keep_count: usize,
    pub keep_days: u32,
}

pub static BACKUPS: Setting<BackupPlan> = Setting {
    key: "backups",
    description: "Nightly backups: how many are kept, for how many days, and whether a sandbox takes them too.",
    default: || BackupPlan { in_sandbox: false, keep_count: 14, keep_days: 30 },
    check: |plan| {
        if (1..=1000).contains(&plan.keep_count) && (1..=3650).contains(&plan.keep_days) {
            Ok(())
        } else {
            Err("Keep 1 to 1000 backups for 1 to 3650 days.")
        }
    },
};

pub static JOURNAL_DAYS: Setting<u32> = Setting {
    key: "journal_days",
    description: "Days that events stay in the journal after everybody has dealt with them.",
    default: || 90,
    check: |days| if (1..=3650).contains(days) { Ok(()) } else { Err("Between 1 and 3650 days.") },
};
