//! Between the WebAuthn crate and the store: whom we are to browsers, and ceremonies that wait for their answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use webauthn_rs::prelude::{CreationChallengeResponse, Passkey, Url, Uuid};
use webauthn_rs::{Webauthn, WebauthnBuilder};
use webauthn_rs_proto::{AllowCredentials, ResidentKeyRequirement};

use crate::accounts::model::{PasskeyCeremony, PasskeyPurpose, PasskeyRow};
use crate::accounts::tables::PASSKEY_CEREMONIES;
use crate::base::id::{AnyId as _, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::time::plus_seconds;
use crate::site::Site;
use crate::store::ReadExt as _;
use crate::web::BRAND;

const SECONDS: i64 = 300;

/// Where passkeys work: browsers bind them to a name, never to a number. On this machine the name is `localhost`.
fn origin(site: &Site) -> Option<Url> {
    let mut url = Url::parse(&site.base_url).ok()?;
    if url.domain().is_none() {
        let loopback = matches!(url.host_str()?, "127.0.0.1" | "[::1]" | "0.0.0.0");
        if !loopback || url.set_host(Some("localhost")).is_err() {
            return None;
        }
    }
    Some(url)
}

/// The address of the pages that may ask for a passkey, without a slash at its end; `None` where none can.
pub fn page_origin(site: &Site) -> Option<String> {
    origin(site).map(|url| url.origin().ascii_serialization())
}

pub(super) fn rp(site: &Site) -> Outcome<Webauthn> {
    let none = || Refusal::unprocessable("PASSKEYS_UNAVAILABLE", "Passkeys need a site with a name, not a number.");
    let origin = origin(site).ok_or_else(none)?;
    let id = origin.domain().ok_or_else(none)?;
    let builder = WebauthnBuilder::new(id, &origin).map_err(Refusal::internal)?.rp_name(BRAND);
    builder.build().map_err(Refusal::internal)
}

/// The person's id as authenticators keep it: nothing to be read from it.
pub(super) fn handle(user: UserId) -> Uuid {
    Uuid::from_u128(user.bits())
}

/// The crate leaves it open; we want keys that are found without a name typed first.
pub(super) fn must_be_discoverable(options: &mut CreationChallengeResponse) {
    if let Some(wanted) = &mut options.public_key.authenticator_selection {
        wanted.resident_key = Some(ResidentKeyRequirement::Required);
        wanted.require_resident_key = true;
    }
}

pub(super) fn allowed(rows: &[PasskeyRow]) -> Outcome<Vec<AllowCredentials>> {
    let one = |row: &PasskeyRow| {
        let id = unpacked::<Passkey>(&row.credential)?.cred_id().clone();
        Ok(AllowCredentials { type_: "public-key".to_owned(), id, transports: None })
    };
    rows.iter().map(one).collect()
}

/// Keeps a ceremony under the challenge it waits for.
pub(super) async fn begin(site: &Site, challenge: &str, purpose: PasskeyPurpose, state: String) -> Outcome<()> {
    let key = secret::sha256_hex(challenge);
    site.write(move |tx| {
        let expires_at = plus_seconds(tx.now(), SECONDS);
        tx.put(
            &PASSKEY_CEREMONIES,
            &key,
            &PasskeyCeremony { purpose: purpose.clone(), state: state.clone(), expires_at },
        )
    })
    .await
}

/// The ceremony that an answer belongs to.
pub(super) fn kept(site: &Site, given: &Value) -> Outcome<(String, PasskeyCeremony)> {
    let text = given["response"]["clientDataJSON"].as_str().unwrap_or_default();
    let client = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(refused)?;
    let client: Value = serde_json::from_slice(&client).map_err(refused)?;
    let challenge = client["challenge"].as_str().unwrap_or_default().trim_end_matches('=');
    let (key, now) = (secret::sha256_hex(challenge), site.now());
    let found = site.read(|r| r.get(&PASSKEY_CEREMONIES, &key))?.filter(|c| c.expires_at > now);
    Ok((key, found.ok_or_else(gone)?))
}

pub(super) fn packed(value: &impl Serialize) -> Outcome<String> {
    serde_json::to_string(value).map_err(Refusal::internal)
}

pub(super) fn unpacked<T: DeserializeOwned>(text: &str) -> Outcome<T> {
    serde_json::from_str(text).map_err(Refusal::internal)
}

pub(super) fn gone() -> Refusal {
    Refusal::bad_request(
        "PASSKEY_CEREMONY_GONE",
        "That took longer than five minutes, or was used already. Begin again.",
    )
}

/// One answer for whatever is wrong; the cause is for the log.
pub(super) fn refused(cause: impl std::fmt::Display) -> Refusal {
    tracing::info!(%cause, "a passkey was refused");
    Refusal::bad_request("PASSKEY_REFUSED", "This passkey does not open this account.")
}
