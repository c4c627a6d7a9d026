//! Browsers that may skip the second step for a while. // rule: 20§2 trusted browsers

use crate::accounts::model::TrustedDevice;
use crate::accounts::rules::{devices, sessions, totp};
use crate::accounts::tables::{DEVICES_BY_OWNER, TRUSTED_DEVICES};
use crate::base::access::Actor;
use crate::base::id::{TrustedDeviceId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::time::plus_hours;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, Read, ReadExt, Span, Tx};

use super::Visitor;

pub(super) fn trust(tx: &mut Tx, user_id: UserId, visitor: &Visitor) -> Outcome<String> {
    let token = secret::token_text(&tx.random_bytes::<32>());
    let now = tx.now();
    let device = TrustedDevice {
        id: tx.new_id::<TrustedDeviceId>(),
        user_id,
        token_sha256: secret::sha256_hex(&token),
        name: devices::label(&visitor.user_agent),
        user_agent: crate::base::text::agent_line(&visitor.user_agent),
        created_at: now,
        last_used_at: now,
        expires_at: plus_hours(now, totp::TRUST_DAYS * 24),
    };
    tx.put(&TRUSTED_DEVICES, &device.id, &device)?;
    Ok(token)
}

/// Whether this browser may skip the second step: same person, same kind of browser, not expired. A token that shows
/// up in another browser is burnt.
pub(super) fn is_trusted(tx: &mut Tx, user: UserId, token: &str, visitor: &Visitor) -> Outcome<bool> {
    let now = tx.now();
    let hash = secret::sha256_hex(token);
    let Some(mut device) = trusted(tx, user)?.into_iter().find(|d| d.token_sha256 == hash) else { return Ok(false) };
    if device.expires_at <= now || device.name != devices::label(&visitor.user_agent) {
        tx.delete(&TRUSTED_DEVICES, &device.id)?;
        return Ok(false);
    }
    device.last_used_at = now;
    tx.put(&TRUSTED_DEVICES, &device.id, &device)?;
    Ok(true)
}

/// Somebody's trusted browsers, oldest first.
pub fn trusted(read: &dyn Read, user: UserId) -> Outcome<Vec<TrustedDevice>> {
    let rows = read.by_index(&TRUSTED_DEVICES, &DEVICES_BY_OWNER, Span::prefix(&(user,)), 1000, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, device)| device).collect())
}

/// Trusts a browser no more.
pub async fn distrust(site: &Site, actor: &Actor, by: By, id: TrustedDeviceId) -> Outcome<()> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let user = actor.user_id;
    site.write(move |tx| {
        if tx.get(&TRUSTED_DEVICES, &id)?.is_none_or(|device| device.user_id != user) {
            return Err(Refusal::not_found("TRUSTED_DEVICE_NOT_FOUND", "You trust no such browser."));
        }
        tx.delete(&TRUSTED_DEVICES, &id)?;
        audit::record(tx, &by, Deed::on("user.device_distrust", "trusted_device", id))
    })
    .await
}

pub(super) fn forget(tx: &mut Tx, user: UserId) -> Outcome<()> {
    for device in trusted(tx, user)? {
        tx.delete(&TRUSTED_DEVICES, &device.id)?;
    }
    Ok(())
}
