//! Who knocks: which record their failures are written to, and what the pressure on the door asks of them.

use crate::accounts::events::LockedOut;
use crate::accounts::model::LoginRecord;
use crate::accounts::rules::pressure::{Demand, Pressure, demand};
use crate::accounts::rules::{device_cookie, sign_in as rules};
use crate::accounts::tables::{DOOR_PRESSURE, LOGIN_RECORDS, RECORDS_BY_EMAIL, user_by_email};
use crate::base::id::UserId;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::secret;
use crate::base::text::masked_email;
use crate::base::time::Timestamp;
use crate::site::audit::{self, By, Deed};
use crate::site::{Seal, Site};
use crate::store::{Dir, Read, ReadExt, Span, Tx};
use crate::web::limits::network;

use super::Visitor;

/// What the keys that sign browsers' notes are derived for.
const PURPOSE: &str = "device cookie";
/// Characters of an address that a record is kept under; no real one is longer.
const EMAIL_CHARS: usize = 254;
/// The pressure of everybody.
const EVERYBODY: &str = "*";

/// Somebody at the door with an address.
#[derive(Clone, Debug)]
pub struct Knock {
    pub email: String,
    /// Where their failures are written down.
    record: String,
    /// Where they come from, unless their browser is known.
    network: Option<String>,
    by: By,
}

impl Knock {
    /// A known browser has a record of its own; everybody else shares the address's.
    pub fn of(site: &Site, email: &str, visitor: &Visitor) -> Outcome<Self> {
        let email: String = email.chars().take(EMAIL_CHARS).collect();
        let keys = site.part::<Seal>()?.derived(PURPOSE);
        let known = visitor.device_note.as_deref().and_then(|note| device_cookie::read(&keys, &email, note));
        // No address has a space in it.
        let own = known.map(|id| format!("device {}", secret::sha256_hex(format!("{email}|{id}"))));
        let own = match own {
            // A browser that failed too often is known no more.
            Some(key) if site.read(|r| worn_out(r, &key))? => None,
            own => own,
        };
        let (record, network) = match own {
            Some(key) => (key, None),
            None => (email.clone(), Some(visitor.ip.parse().map_or_else(|_| visitor.ip.clone(), network))),
        };
        Ok(Self { email, record, network, by: By::nobody() })
    }

    /// Somebody already signed in who proves themselves again: apart from what strangers get wrong.
    pub fn from_inside(user: UserId, email: &str) -> Self {
        let email = email.to_owned();
        Self { email, record: inside(user), network: None, by: By::person(user, None) }
    }

    pub fn record(&self, read: &dyn Read) -> Outcome<LoginRecord> {
        Ok(read.get(&LOGIN_RECORDS, &self.record)?.unwrap_or_default())
    }

    pub fn record_key(&self) -> &String {
        &self.record
    }

    /// What the pressure on the door asks of them.
    pub fn demand(&self, read: &dyn Read, now: Timestamp) -> Outcome<Demand> {
        let Some(network) = &self.network else { return Ok(Demand::Nothing) };
        let pressure = |key: &str| read.get(&DOOR_PRESSURE, &key.to_owned()).map(Option::unwrap_or_default);
        Ok(demand(&pressure(network)?, &pressure(EVERYBODY)?, now))
    }

    pub fn unlocked(&self, read: &dyn Read, now: Timestamp) -> Outcome<()> {
        match self.record(read)?.locked_until.filter(|until| *until > now) {
            Some(until) => Err(rules::locked(until, now)),
            None => Ok(()),
        }
    }

    /// Writes one more failure down: in the record, in the pressure, and in the trail, whether or not there is such an account.
    pub async fn failed(self, site: &Site, step: &'static str) -> Outcome<()> {
        site.write(move |tx| {
            let now = tx.now();
            let before = self.record(tx)?;
            let record = LoginRecord { email: self.email.clone(), ..rules::failed(&before, now) };
            tx.put(&LOGIN_RECORDS, &self.record, &record)?;
            for key in self.network.iter().map(String::as_str).chain(self.network.as_ref().map(|_| EVERYBODY)) {
                let pressure: Pressure = tx.get(&DOOR_PRESSURE, &key.to_owned())?.unwrap_or_default();
                tx.put(&DOOR_PRESSURE, &key.to_owned(), &pressure.with_one_more(now))?;
            }
            let user = user_by_email(tx, &self.email)?;
            let facts = serde_json::json!({ "step": step, "failures": record.failures.len() });
            let deed = match &user {
                Some(user) => Deed::on("user.login", "user", user.id),
                None => Deed::on("user.login", "address", masked_email(&self.email)),
            };
            audit::record(tx, &self.by, deed.change(serde_json::Value::Null, facts).failed())?;
            let Some(user) = user else { return Ok(()) };
            match record.locked_until.filter(|_| record.locked_until != before.locked_until) {
                Some(until) => tx.emit(&LockedOut { user_id: user.id, until, failures: record.failures.len() }),
                None => Ok(()),
            }
        })
        .await
    }
}

fn inside(user: UserId) -> String {
    format!("inside {user}")
}

fn worn_out(read: &dyn Read, key: &String) -> Outcome<bool> {
    Ok(read.get(&LOGIN_RECORDS, key)?.is_some_and(|record| record.in_a_row >= rules::MOST_IN_A_ROW))
}

/// A new password starts every count anew: the address's, its owner's own, and that of every browser that knows it.
pub(super) fn forget(tx: &mut Tx, user: UserId, email: &str) -> Outcome<()> {
    for (key, _) in records(tx, email)? {
        tx.delete(&LOGIN_RECORDS, &key)?;
    }
    // Kept by its name alone before records said whose door they are about.
    tx.delete(&LOGIN_RECORDS, &inside(user))?;
    tx.delete(&LOGIN_RECORDS, &email.to_owned())
}

/// The address's own record and those of browsers it knows: its owner is held up by either.
pub(super) fn records(read: &dyn Read, email: &str) -> Outcome<Vec<(String, LoginRecord)>> {
    read.by_index(&LOGIN_RECORDS, &RECORDS_BY_EMAIL, Span::prefix(&(email.to_owned(),)), SCAN_ROWS, Dir::Up)
}

/// The note a browser gets that has just signed in.
pub fn device_note(site: &Site, email: &str) -> Outcome<String> {
    let keys = site.part::<Seal>()?.derived(PURPOSE);
    let id = hex::encode(site.entropy.bytes::<16>());
    Ok(keys.first().map(|key| device_cookie::write(key, email, &id)).unwrap_or_default())
}
