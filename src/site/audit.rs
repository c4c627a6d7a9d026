//! The audit trail: who changed what for others, when and why, written in the transaction of the change itself.
//!
//! Guarantees
//! - Append-only and chained: every entry carries a hash over itself and the entry before it, so [`check`] notices one
//!   that was altered or taken out.
//! - Failures and denials are written down as well as successes, each with address and program of who tried.
//! - What must not be kept never gets in: contact data, secrets and card details are left out of before and after,
//!   however deep they lie (rule: 20§12).
//!
//! It stands in this room because ops of every room write to it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Site;
use crate::base::access::{Actor, Role};
use crate::base::id::{AuditId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::sha256_hex;
use crate::base::text;
use crate::base::time::Timestamp;
use crate::store::{Dir, Read, ReadExt, Span, Table, Tx};

/// Least and most characters of a reason that is asked for (rule: 50§3, level R).
pub const REASON_CHARS: (usize, usize) = (10, 500);

tokio::task_local! {
    /// The request that is being answered; [`Site::write`](super::Site::write) takes it along to the writer.
    pub static ORIGIN: Origin;
}

/// Where a deed comes from, as the server saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub request_id: String,
    pub ip: String,
    pub user_agent: String,
    /// Who is signed in.
    pub actor: Option<(UserId, Role)>,
}

/// Who does something, out of which request, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct By {
    /// Nobody: the program itself.
    pub actor: Option<UserId>,
    pub role: Option<Role>,
    pub origin: Origin,
    pub reason: Option<String>,
}

impl By {
    /// The signed-in person of the request under way.
    pub fn of(actor: &Actor) -> Self {
        Self::person(actor.user_id, Some(actor.main_role()))
    }

    /// A person of the request under way who is not signed in yet, or no longer.
    pub fn person(id: UserId, role: Option<Role>) -> Self {
        Self { actor: Some(id), role, ..Self::nobody() }
    }

    /// Whoever is signed in, if anybody is.
    pub fn current() -> Self {
        let nobody = Self::nobody();
        let actor = nobody.origin.actor;
        Self { actor: actor.map(|(id, _)| id), role: actor.map(|(_, role)| role), ..nobody }
    }

    /// A stranger, or the program itself where no request is under way.
    pub fn nobody() -> Self {
        let origin = ORIGIN.try_with(Clone::clone).unwrap_or_default();
        Self { actor: None, role: None, origin, reason: None }
    }

    /// With the reason a console page asked for: ten characters at least.
    pub fn because(mut self, reason: &str) -> Outcome<Self> {
        self.reason = Some(text::clean("reason", reason, REASON_CHARS.0, REASON_CHARS.1)?);
        Ok(self)
    }

    /// With whatever reason a program gave, if any.
    pub fn because_if_told(mut self, reason: Option<&str>) -> Outcome<Self> {
        self.reason = text::clean_optional("reason", reason, REASON_CHARS.1)?;
        Ok(self)
    }

    pub fn user(&self) -> Outcome<UserId> {
        self.actor.ok_or_else(|| Refusal::internal("somebody has to answer for this change"))
    }
}

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: Timestamp,
    pub actor: Option<UserId>,
    pub role: Option<Role>,
    /// `booking.cancel`.
    pub action: String,
    pub entity_type: String,
    pub entity_id: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub reason: Option<String>,
    pub request_id: String,
    /// How it ended. Absent in the entries of before it was kept, which all succeeded; what is absent is left out of
    /// the text that is hashed, so that those still verify.
    #[serde(default, skip_serializing_if = "Ending::is_success")]
    pub status: Ending,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ip: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user_agent: String,
    /// Over the entry before and everything above.
    pub chain: String,
}

impl AuditEntry {
    /// What kind of doer: somebody we know, a stranger whose request came to nothing, or the program itself (what a
    /// stranger achieves, joining for one, is written down as the person's own).
    pub fn doer(&self) -> &'static str {
        match (self.actor, self.status) {
            (Some(_), _) => "user",
            (None, Ending::Failed | Ending::Denied) if !self.request_id.is_empty() => "anonymous",
            _ => "system",
        }
    }
}

/// How a deed ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditStatus)]
pub enum Ending {
    #[default]
    Success,
    /// Tried and not achieved: a wrong password.
    Failed,
    /// Not theirs to do.
    Denied,
}

impl Ending {
    pub const ALL: [Self; 3] = [Self::Success, Self::Failed, Self::Denied];

    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::Denied => "denied",
        }
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
    fn is_success(&self) -> bool {
        *self == Self::Success
    }
}

/// By a number without gaps.
pub static AUDIT: Table<u64, AuditEntry> = Table::new(0x0202, "number_auditentry");

/// What was changed: its kind, its id if it has one, and how it stood before and after.
#[derive(Clone, Debug, Default)]
pub struct Deed<'a> {
    pub action: &'a str,
    pub entity_type: &'a str,
    pub entity_id: Option<String>,
    pub before: Value,
    pub after: Value,
    pub status: Ending,
}

impl<'a> Deed<'a> {
    pub fn on(action: &'a str, entity_type: &'a str, entity_id: impl ToString) -> Self {
        Self { action, entity_type, entity_id: Some(entity_id.to_string()), ..Self::default() }
    }
    #[must_use]
    pub fn failed(self) -> Self {
        Self { status: Ending::Failed, ..self }
    }
    #[must_use]
    pub fn denied(self) -> Self {
        Self { status: Ending::Denied, ..self }
    }
    #[must_use]
    pub fn change(mut self, before: Value, after: Value) -> Self {
        (self.before, self.after) = (before, after);
        self
    }
}

/// Writes the deed down; call it in the write that does it.
pub fn record(tx: &mut Tx, by: &By, deed: Deed<'_>) -> Outcome<()> {
    let last = tx.scan(&AUDIT, Span::all(), 1, Dir::Down)?.pop();
    let (number, before) = last.map_or((1, String::new()), |(number, entry)| (number + 1, entry.chain));
    let shown = |value: Value| (!value.is_null()).then(|| redacted(value));
    let mut entry = AuditEntry {
        id: tx.new_id(),
        at: tx.now(),
        actor: by.actor,
        role: by.role,
        action: deed.action.to_owned(),
        entity_type: deed.entity_type.to_owned(),
        entity_id: deed.entity_id,
        before: shown(deed.before),
        after: shown(deed.after),
        reason: by.reason.clone(),
        request_id: by.origin.request_id.clone(),
        status: deed.status,
        ip: by.origin.ip.clone(),
        user_agent: by.origin.user_agent.clone(),
        chain: String::new(),
    };
    entry.chain = link(&before, &entry)?;
    tx.put(&AUDIT, &number, &entry)
}

/// Does what an admin asked for, and writes it down as well when they were refused. `work` records its own success, in
/// the write that does it; what failed through no doing of theirs (busy, unavailable, a fault of ours) is no deed.
pub async fn watched<T>(
    site: &Site,
    by: &By,
    deed: Deed<'static>,
    work: impl Future<Output = Outcome<T>>,
) -> Outcome<T> {
    let done = work.await;
    let Err(refusal) = &done else { return done };
    if !(400..500).contains(&refusal.status) || refusal.status == 429 {
        return done;
    }
    let deed = if refusal.status == 403 { deed.denied() } else { deed.failed() };
    let deed = deed.change(Value::Null, serde_json::json!({ "refused": refusal.code }));
    let by = by.clone();
    if let Err(error) = site.write(move |tx| record(tx, &by, deed.clone())).await {
        tracing::error!(%error, "a refused deed could not be written down");
    }
    done
}

/// The hash that ties an entry to the one before it.
fn link(before: &str, entry: &AuditEntry) -> Outcome<String> {
    let bare = AuditEntry { chain: String::new(), ..entry.clone() };
    let text = serde_json::to_string(&bare).map_err(Refusal::internal)?;
    Ok(sha256_hex(format!("{before}\n{text}")))
}

/// The newest entries that `keeps` wants, newest first, out of the last `looked_at`.
pub fn newest(r: &dyn Read, looked_at: usize, keeps: impl Fn(&AuditEntry) -> bool) -> Outcome<Vec<AuditEntry>> {
    let rows = r.scan(&AUDIT, Span::all(), looked_at, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, entry)| entry).filter(keeps).collect())
}

/// What `verify` asks: nothing altered, nothing missing.
pub fn check(r: &dyn Read) -> Outcome<Vec<String>> {
    let (mut wrong, mut before, mut next) = (Vec::new(), String::new(), 1);
    r.each(&AUDIT, |number, entry| {
        if number != next {
            wrong.push(format!("the audit trail has no entry {next}"));
        } else if link(&before, &entry)? != entry.chain {
            wrong.push(format!("entry {number} of the audit trail was altered"));
        }
        before = entry.chain;
        next = number + 1;
        Ok(())
    })?;
    Ok(wrong)
}

const SECRET_NAMES: [&str; 6] = ["email", "phone", "backup_codes", "ssn", "notes", "meeting_location"];
const SECRET_STARTS: [&str; 6] = ["password", "totp", "payment_", "card_", "bank_account", "stripe_"];
const SECRET_ENDS: [&str; 3] = ["_token", "_secret", "_api_key"];

/// rule: 20§12: recursively, by the names of fields. How a payment stands is a state, not a card.
fn redacted(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(
                    |(name, value)| {
                        if is_secret(&name) { (name, "[left out]".into()) } else { (name, redacted(value)) }
                    },
                )
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(redacted).collect()),
        plain => plain,
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let secret = SECRET_NAMES.contains(&name.as_str())
        || SECRET_STARTS.iter().any(|start| name.starts_with(start))
        || SECRET_ENDS.iter().any(|end| name.ends_with(end));
    secret && name != "payment_status" && name != "password.min_length"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Stamp, Store};

    fn store_with(deeds: usize) -> Store {
        let store = Store::in_memory().unwrap();
        let stamp = Stamp { now: "2026-11-10T19:00:00Z".parse().unwrap(), seed: [7; 32] };
        let by = By { reason: Some("because".into()), ..By::default() };
        store
            .write_blocking(stamp, move |tx| {
                (0..deeds).try_for_each(|n| {
                    let after =
                        serde_json::json!({ "n": n, "user": { "phone": "555", "reset_token": "x", "zip": "1" } });
                    record(tx, &by, Deed::on("thing.change", "thing", n).change(Value::Null, after))
                })
            })
            .unwrap();
        store
    }

    #[test]
    fn secrets_stay_out_however_deep() {
        let store = store_with(1);
        let all = store.read(|r| newest(r, 10, |_| true)).unwrap();
        let user = &all[0].after.as_ref().unwrap()["user"];
        assert_eq!(
            (&user["phone"], &user["reset_token"], &user["zip"]),
            (&"[left out]".into(), &"[left out]".into(), &"1".into())
        );
    }

    #[test]
    fn what_was_altered_or_taken_out_is_noticed() {
        let store = store_with(5);
        assert!(store.read(check).unwrap().is_empty());
        let stamp = Stamp { now: "2026-11-10T19:00:00Z".parse().unwrap(), seed: [8; 32] };
        store
            .write_blocking(stamp, |tx| {
                let mut entry = tx.get(&AUDIT, &2)?.unwrap();
                entry.reason = Some("another".into());
                tx.put(&AUDIT, &2, &entry)?;
                tx.delete(&AUDIT, &4)
            })
            .unwrap();
        let wrong = store.read(check).unwrap();
        assert_eq!(wrong, ["entry 2 of the audit trail was altered", "the audit trail has no entry 4"]);
    }
}
