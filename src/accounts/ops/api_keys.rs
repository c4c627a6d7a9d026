//! Keys for a person's own programs: made after a fresh proof, told once, never wider than their owner.
//! // rule: 20§10 api-keys

use crate::accounts::events::ApiKeyChanged;
use crate::accounts::model::{ApiKey, User};
use crate::accounts::rules::sessions;
use crate::accounts::tables::{API_KEYS, KEYS_BY_OWNER, KEYS_BY_TOKEN, user};
use crate::base::access::{Actor, KeyScope};
use crate::base::id::{ApiKeyId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::text;
use crate::base::time::{SignedDuration, Timestamp};
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, Read, ReadExt, Span, Tx};

/// How a key begins, so that nobody takes it for a session's token.
pub const PREFIX: &str = "ik_";
pub const NAME_CHARS: usize = 60;
/// Keys of one person.
pub const MOST: usize = 20;
/// A use is written down at most this often.
const SEEN_EVERY_SECONDS: i64 = 60;

/// Makes a key; the second half of the answer is the key itself.
pub async fn make(site: &Site, actor: &Actor, by: By, name: &str, scope: KeyScope) -> Outcome<(ApiKey, String)> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let (user_id, name) = (actor.user_id, text::line("name", name, 1, NAME_CHARS)?);
    site.write(move |tx| {
        if of(tx, user_id)?.len() >= MOST {
            return Err(Refusal::conflict(
                "TOO_MANY_KEYS",
                "You have twenty keys. Revoke one you do not use any more.",
            ));
        }
        let token = format!("{PREFIX}{}", secret::token_text(&tx.random_bytes::<32>()));
        let key = ApiKey {
            id: tx.new_id::<ApiKeyId>(),
            user_id,
            name: name.clone(),
            scope,
            token_sha256: secret::sha256_hex(&token),
            ending: token[token.len() - 4..].to_owned(),
            created_at: tx.now(),
            last_used_at: None,
        };
        tx.put(&API_KEYS, &key.id, &key)?;
        let after = serde_json::json!({ "name": key.name, "scope": key.scope });
        let deed = Deed::on("user.api_key_create", "api_key", key.id).change(serde_json::Value::Null, after);
        audit::record(tx, &by, deed)?;
        tx.emit(&ApiKeyChanged { user_id, name: key.name.clone(), made: true })?;
        Ok((key, token))
    })
    .await
}

/// Somebody's keys, oldest first.
pub fn of(read: &dyn Read, owner: UserId) -> Outcome<Vec<ApiKey>> {
    let rows = read.by_index(&API_KEYS, &KEYS_BY_OWNER, Span::prefix(&(owner,)), MOST + 1, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, key)| key).collect())
}

/// Ends one of one's own keys; it opens nothing from the next request on.
pub async fn revoke(site: &Site, actor: &Actor, by: By, id: ApiKeyId) -> Outcome<()> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let user_id = actor.user_id;
    site.write(move |tx| {
        let own = tx.get(&API_KEYS, &id)?.filter(|key| key.user_id == user_id);
        let key = own.ok_or_else(|| Refusal::not_found("API_KEY_NOT_FOUND", "You have no such key."))?;
        tx.delete(&API_KEYS, &id)?;
        audit::record(tx, &by, Deed::on("user.api_key_revoke", "api_key", id))?;
        tx.emit(&ApiKeyChanged { user_id, name: key.name, made: false })
    })
    .await
}

/// Ends all of somebody's keys: a forgotten password, a taken-back address, a closed account.
pub(super) fn forget(tx: &mut Tx, owner: UserId) -> Outcome<()> {
    for key in of(tx, owner)? {
        tx.delete(&API_KEYS, &key.id)?;
    }
    Ok(())
}

/// The key a token is, with its owner, if both are good.
pub fn holder(read: &dyn Read, token: &str) -> Outcome<Option<(User, ApiKey)>> {
    let found = read.find(&API_KEYS, &KEYS_BY_TOKEN, &(secret::sha256_hex(token),))?;
    let Some((_, key)) = found else { return Ok(None) };
    let owner = user(read, key.user_id)?.filter(User::can_sign_in);
    Ok(owner.map(|owner| (owner, key)))
}

/// Whether this use is worth a write.
pub fn should_note_use(key: &ApiKey, now: Timestamp) -> bool {
    key.last_used_at.is_none_or(|at| now.duration_since(at) >= SignedDuration::from_secs(SEEN_EVERY_SECONDS))
}

/// Writes a use down.
pub async fn note_use(site: &Site, id: ApiKeyId) -> Outcome<()> {
    site.write(move |tx| {
        let Some(mut key) = tx.get(&API_KEYS, &id)? else { return Ok(()) };
        key.last_used_at = Some(tx.now());
        tx.put(&API_KEYS, &id, &key)
    })
    .await
}
