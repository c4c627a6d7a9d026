//! Settings a business person changes: in the store, with a documented default each. A rule reads them through the
//! transaction it decides in, so a decision and the settings behind it belong to one state.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::id::UserId;
use crate::base::money::Cents;
use crate::base::price::Floors;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::store::{Read, ReadExt, Table, Tx};

/// One stored setting; absent means its default.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettingRow {
    pub value: Value,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
}

pub static SETTINGS: Table<String, SettingRow> = Table::new(0x0201, "key_setting");

/// The least an hour may cost, by modality. Kept here because rooms that may not see each other judge by it: a service
/// when it is saved, a lesson when it is priced (rule: 10§2.1 Floor).
pub static PRICE_FLOORS: Setting<Floors> = Setting {
    key: "price_floor_cents",
    description: "The least a lesson of 60 minutes may cost, in person and online, in cents.",
    default: Floors::default,
    check: |floors| {
        let sane = |cents: Cents| (0..=100_000).contains(&cents.0);
        if sane(floors.in_person) && sane(floors.remote) { Ok(()) } else { Err("Between $0 and $1,000.") }
    },
};

/// Where the people who run this site read mail from those who use it.
pub static SUPPORT_EMAIL: Setting<String> = Setting {
    key: "support_email",
    description: "The address shown on the contact page; empty until there is one.",
    default: String::new,
    check: |address| {
        if address.is_empty() || crate::base::text::is_email(address) {
            Ok(())
        } else {
            Err("An e-mail address, or nothing.")
        }
    },
};

/// A setting's name, meaning and default. Declare it as a static where its rule lives.
pub struct Setting<T: 'static> {
    pub key: &'static str,
    pub description: &'static str,
    pub default: fn() -> T,
    /// Says what is wrong with a value, if anything.
    pub check: fn(&T) -> Result<(), &'static str>,
}

impl<T: Serialize + DeserializeOwned> Setting<T> {
    pub fn read(&self, read: &dyn Read) -> Outcome<T> {
        match read.get(&SETTINGS, &self.key.to_owned())? {
            Some(row) => serde_json::from_value(row.value).map_err(Refusal::internal),
            None => Ok((self.default)()),
        }
    }

    pub fn write(&self, tx: &mut Tx, value: &T, by: Option<UserId>) -> Outcome<()> {
        (self.check)(value).map_err(|why| Refusal::invalid(self.key, why))?;
        let value = serde_json::to_value(value).map_err(Refusal::internal)?;
        let updated_at = tx.now();
        tx.put(&SETTINGS, &self.key.to_owned(), &SettingRow { value, updated_at, updated_by: by })
    }
}

/// A setting whatever the type of its value: what lists of settings are made of.
pub trait AnySetting: Sync {
    fn key(&self) -> &'static str;
    fn description(&self) -> &'static str;
    fn default_value(&self) -> Value;
    fn value(&self, read: &dyn Read) -> Outcome<Value>;
    /// Checks and stores; a value of the wrong kind is refused by its key.
    fn set(&self, tx: &mut Tx, value: Value, by: Option<UserId>) -> Outcome<()>;
}

impl<T: Serialize + DeserializeOwned> AnySetting for Setting<T> {
    fn key(&self) -> &'static str {
        self.key
    }
    fn description(&self) -> &'static str {
        self.description
    }
    fn default_value(&self) -> Value {
        serde_json::to_value((self.default)()).unwrap_or(Value::Null)
    }
    fn value(&self, read: &dyn Read) -> Outcome<Value> {
        serde_json::to_value(self.read(read)?).map_err(Refusal::internal)
    }
    fn set(&self, tx: &mut Tx, value: Value, by: Option<UserId>) -> Outcome<()> {
        let typed: T = serde_json::from_value(value)
            .map_err(|_| Refusal::invalid(self.key, "This setting takes another kind of value."))?;
        self.write(tx, &typed, by)
    }
}

/// The two launch axes (contract §4, launch control).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    pub instructor: String,
    pub student: String,
    /// Students may join without being invited although their axis is not open.
    #[serde(default)]
    pub allow_signup_without_invite: bool,
}

impl Default for Launch {
    fn default() -> Self {
        Self { instructor: "open".into(), student: "open".into(), allow_signup_without_invite: false }
    }
}

impl Launch {
    /// The old single phase, read from the two axes.
    pub fn phase(&self) -> &'static str {
        match (self.student.as_str(), self.instructor.as_str()) {
            ("open", "open") => "disabled",
            ("open", _) => "open_beta",
            ("referral_only", _) => "alpha",
            _ => "instructor_only",
        }
    }

    /// The axes that an old phase stood for.
    #[must_use]
    pub fn with_phase(mut self, phase: &str) -> Self {
        let (instructor, student) = match phase {
            "disabled" => ("open", "open"),
            "open_beta" => ("invite_only", "open"),
            "alpha" => ("invite_only", "referral_only"),
            _ => ("invite_only", "closed"),
        };
        (self.instructor, self.student) = (instructor.into(), student.into());
        self
    }

    /// Uninvited.
    pub fn students_may_sign_up(&self) -> bool {
        self.student == "open" || self.allow_signup_without_invite
    }
}

pub static LAUNCH: Setting<Launch> = Setting {
    key: "launch",
    description: "Who may join: instructors closed, invite_only or open; students closed, referral_only or open.",
    default: Launch::default,
    check: |launch| {
        let instructor = matches!(launch.instructor.as_str(), "closed" | "invite_only" | "open");
        let student = matches!(launch.student.as_str(), "closed" | "referral_only" | "open");
        if instructor && student { Ok(()) } else { Err("Each axis takes closed, invite_only/referral_only or open.") }
    },
};

pub fn launch(read: &dyn Read) -> Outcome<Launch> {
    LAUNCH.read(read)
}
