//! Opening, renewing, listing and ending sessions.

use crate::accounts::events::{SessionOpened, SessionsEnded};
use crate::accounts::model::{KnownDevices, Session, User};
use crate::accounts::rules::{devices, sessions as rules};
use crate::accounts::tables::{KNOWN_DEVICES, SESSIONS, session_by_token_hash, sessions_of};
use crate::base::access::Actor;
use crate::base::id::{SessionId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::text;
use crate::base::time::{SignedDuration, Timestamp};
use crate::site::audit::{self, By, Deed};
use crate::site::{Site, figures};
use crate::store::{ReadExt, Tx};

use super::Visitor;

crate::base::secret::silent!(Opened);

/// A session just opened; the token is told once.
#[derive(Clone)]
pub struct Opened {
    pub token: String,
    pub session: Session,
}

/// Opens a session inside a write: always a new token, so none can be planted beforehand.
pub(super) fn open(tx: &mut Tx, user: &User, visitor: &Visitor, methods: &[&str]) -> Outcome<Opened> {
    let now = tx.now();
    end_replaced(tx, visitor.replaces.as_ref())?;
    make_room(tx, user.id, now)?;
    let token = secret::token_text(&tx.random_bytes::<32>());
    let user_agent = text::agent_line(&visitor.user_agent);
    let session = Session {
        id: tx.new_id::<SessionId>(),
        user_id: user.id,
        token_sha256: secret::sha256_hex(&token),
        created_at: now,
        last_seen_at: now,
        idle_expires_at: rules::idle_end(user, now),
        expires_at: rules::absolute_end(user, now),
        ip: visitor.ip.clone(),
        label: devices::label(&user_agent),
        user_agent,
        methods: methods.iter().map(|m| (*m).to_owned()).collect(),
        elevated_until: Some(rules::elevation_end(now)),
    };
    tx.put(&SESSIONS, &session.id, &session)?;
    let known = tx.get(&KNOWN_DEVICES, &user.id)?.unwrap_or_default();
    let (known, is_new): (KnownDevices, bool) =
        devices::note(&known, &devices::fingerprint(&visitor.ip, &session.user_agent), now);
    tx.put(&KNOWN_DEVICES, &user.id, &known)?;
    // Whoever has just registered is signing in for the first time: no notice about that.
    let settled = now.duration_since(user.created_at) >= SignedDuration::from_mins(5);
    tx.emit(&SessionOpened {
        user_id: user.id,
        session_id: session.id,
        label: session.label.clone(),
        new_device: is_new && settled,
    })?;
    Ok(Opened { token, session })
}

/// The browser gets another cookie: what the one it came with opened is over.
fn end_replaced(tx: &mut Tx, hash: Option<&String>) -> Outcome<()> {
    let Some(hash) = hash else { return Ok(()) };
    let Some(session) = session_by_token_hash(tx, hash)? else { return Ok(()) };
    tx.delete(&SESSIONS, &session.id)?;
    tx.emit(&SessionsEnded { user_id: session.user_id, count: 1, reason: "replaced".into() })
}

/// Drops ended sessions, and the oldest live ones until one more fits.
fn make_room(tx: &mut Tx, user: UserId, now: Timestamp) -> Outcome<()> {
    let (live, ended): (Vec<_>, Vec<_>) = sessions_of(tx, user)?.into_iter().partition(|s| rules::is_live(s, now));
    let surplus = (live.len() + 1).saturating_sub(rules::MOST);
    for session in ended.iter().chain(live.iter().take(surplus)) {
        tx.delete(&SESSIONS, &session.id)?;
    }
    Ok(())
}

/// Ends all of somebody's sessions but `keep`; answers how many were live.
pub fn end_all(tx: &mut Tx, user: UserId, keep: Option<SessionId>, reason: &str) -> Outcome<usize> {
    let now = tx.now();
    let mut count = 0;
    for session in sessions_of(tx, user)?.into_iter().filter(|s| Some(s.id) != keep) {
        count += usize::from(rules::is_live(&session, now));
        tx.delete(&SESSIONS, &session.id)?;
    }
    if count > 0 {
        tx.emit(&SessionsEnded { user_id: user, count, reason: reason.to_owned() })?;
    }
    Ok(count)
}

/// Gives the current session a new token and a fresh proof; the old token is dead at once.
pub(super) fn rotate(tx: &mut Tx, id: SessionId) -> Outcome<Option<Opened>> {
    let Some(mut session) = tx.get(&SESSIONS, &id)? else { return Ok(None) };
    let token = secret::token_text(&tx.random_bytes::<32>());
    session.token_sha256 = secret::sha256_hex(&token);
    session.elevated_until = Some(rules::elevation_end(tx.now()));
    tx.put(&SESSIONS, &id, &session)?;
    Ok(Some(Opened { token, session }))
}

/// Signs out whoever holds this token; unknown tokens are fine.
pub async fn sign_out(site: &Site, token: &str) -> Outcome<()> {
    let (hash, by) = (secret::sha256_hex(token), By::nobody());
    site.write(move |tx| {
        let Some(session) = session_by_token_hash(tx, &hash)? else { return Ok(()) };
        tx.delete(&SESSIONS, &session.id)?;
        let by = By { actor: Some(session.user_id), ..by.clone() };
        audit::record(tx, &by, Deed::on("user.logout", "user", session.user_id))?;
        tx.emit(&SessionsEnded { user_id: session.user_id, count: 1, reason: "sign_out".into() })
    })
    .await
}

/// Live sessions, the one seen last first.
pub fn list(site: &Site, user: UserId) -> Outcome<Vec<Session>> {
    let now = site.now();
    let mut live = site.read(|r| sessions_of(r, user))?;
    live.retain(|session| rules::is_live(session, now));
    live.sort_by_key(|session| std::cmp::Reverse(session.last_seen_at));
    Ok(live)
}

/// Ends one of one's own sessions. Needs a fresh proof of identity.
pub async fn end_one(site: &Site, actor: &Actor, by: By, id: SessionId) -> Outcome<()> {
    rules::require_elevated(actor.elevated_until, site.now())?;
    let user = actor.user_id;
    site.write(move |tx| {
        let now = tx.now();
        let own = tx.get(&SESSIONS, &id)?.filter(|s| s.user_id == user && rules::is_live(s, now));
        if own.is_none() {
            return Err(Refusal::not_found("SESSION_NOT_FOUND", "You have no such session."));
        }
        tx.delete(&SESSIONS, &id)?;
        audit::record(tx, &by, Deed::on("user.session_end", "session", id))?;
        tx.emit(&SessionsEnded { user_id: user, count: 1, reason: "ended_by_owner".into() })
    })
    .await?;
    count_ended(site, "owner", 1);
    Ok(())
}

/// All of one's own, the one that asks too. // rule: 20§2 step-up
pub async fn end_everywhere(site: &Site, actor: &Actor, by: By) -> Outcome<usize> {
    rules::require_elevated(actor.elevated_until, site.now())?;
    let user = actor.user_id;
    let ended = site
        .write(move |tx| {
            audit::record(tx, &by, Deed::on("user.logout_all", "user", user))?;
            end_all(tx, user, None, "sign_out_everywhere")
        })
        .await?;
    count_ended(site, "owner", ended);
    Ok(ended)
}

/// Tells whoever scrapes that sessions were ended, and by whom.
pub(super) fn count_ended(site: &Site, by: &str, ended: usize) {
    figures::count(site, |figures| figures.sessions_ended.with_label_values(&[by]).inc_by(ended as u64));
}
