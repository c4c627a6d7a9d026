//! From a session token to the person behind it: what `web` asks on every request.
//!
//! Nothing is remembered between requests, so a change of role, permission or status acts on the next one. // rule: 20§3

use crate::base::access::{Actor, KeyScope};
use crate::base::id::{AnyId as _, SessionId};
use crate::base::refusal::Outcome;
use crate::base::secret;
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::store::ReadExt;
use crate::web::Carried;

use super::model::{Session, User};
use super::ops::api_keys;
use super::rules::{roles, sessions};
use super::tables::{SESSIONS, session_by_token_hash, user};

pub struct AccountsDoor;

impl crate::web::Door for AccountsDoor {
    fn actor(&self, site: &Site, token: &str, carried: Carried) -> Outcome<Option<Actor>> {
        let now = site.now();
        if carried == Carried::Bearer && token.starts_with(api_keys::PREFIX) {
            // A session's token may begin like that too, by chance.
            if let Some(holder) = by_key(site, token, now)? {
                return Ok(Some(holder));
            }
        }
        let hash = secret::sha256_hex(token);
        let found = site.read(|r| {
            let Some(session) = session_by_token_hash(r, &hash)?.filter(|s| sessions::is_live(s, now)) else {
                return Ok(None);
            };
            let owner = user(r, session.user_id)?.filter(User::can_sign_in);
            Ok(owner.map(|user| (user, session)))
        })?;
        let Some((user, session)) = found else { return Ok(None) };
        if sessions::should_note_visit(&session, now) {
            note_visit(site, &session, user.clone());
        }
        Ok(Some(actor_of(&user, &session)))
    }
}

/// A program with a key of its owner's: the owner's rights, less what a key is never trusted with.
fn by_key(site: &Site, token: &str, now: Timestamp) -> Outcome<Option<Actor>> {
    let Some((user, key)) = site.read(|r| api_keys::holder(r, token))? else { return Ok(None) };
    if api_keys::should_note_use(&key, now) {
        let (site, id) = (site.clone(), key.id);
        beside(async move { api_keys::note_use(&site, id).await });
    }
    let permissions = roles::effective(&user).difference(&KeyScope::WITHHELD.into()).copied().collect();
    let (has_second_factor, let_in) = (user.has_second_factor(), user.let_in());
    Ok(Some(Actor {
        user_id: user.id,
        has_second_factor,
        // Of no session: what a session may renew or prove, a key may not.
        session_id: SessionId::from_bits(key.id.bits()),
        permissions,
        roles: user.roles,
        first_name: user.first_name,
        last_name: user.last_name,
        email: user.email,
        timezone: user.timezone,
        elevated_until: None,
        key: Some(key.scope),
        let_in,
    }))
}

pub fn actor_of(user: &User, session: &Session) -> Actor {
    Actor {
        user_id: user.id,
        session_id: session.id,
        roles: user.roles.clone(),
        permissions: roles::effective(user),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        email: user.email.clone(),
        timezone: user.timezone.clone(),
        has_second_factor: user.has_second_factor(),
        elevated_until: session.elevated_until,
        key: None,
        let_in: user.let_in(),
    }
}

/// Writes the visit down beside the request, which need not wait for the disk.
fn note_visit(site: &Site, session: &Session, user: User) {
    let (site, id) = (site.clone(), session.id);
    beside(async move {
        site.write(move |tx| {
            let Some(mut session) = tx.get(&SESSIONS, &id)? else { return Ok(()) };
            session.last_seen_at = session.last_seen_at.max(tx.now());
            session.idle_expires_at = session.idle_expires_at.max(sessions::idle_end(&user, tx.now()));
            tx.put(&SESSIONS, &id, &session)
        })
        .await
    });
}

fn beside(noting: impl Future<Output = Outcome<()>> + Send + 'static) {
    let watched = async move {
        if let Err(refusal) = noting.await {
            tracing::warn!(error = %refusal, "a visit was not noted");
        }
    };
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(watched);
    }
}
