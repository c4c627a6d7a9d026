//! Sending a code to an address and taking it back as proof.

use crate::accounts::events::EmailCodeRequested;
use crate::accounts::model::EmailProof;
use crate::accounts::parts::{PostOffice, SandboxMailbox};
use crate::accounts::rules::{email_code as rules, person};
use crate::accounts::tables::{EMAIL_CODES, EMAIL_PROOFS, LETTERS};
use crate::base::refusal::Outcome;
use crate::base::secret;
use crate::base::time::plus_seconds;
use crate::site::Site;
use crate::store::{Dir, ReadExt, Span};
use crate::web::WindowRule;

use super::settings;

/// Has a code mailed to `email`, registered or not.
pub async fn send(site: &Site, email: &str) -> Outcome<()> {
    let email = person::email(email)?;
    if site.part::<PostOffice>().is_ok_and(|office| !(office.0)(site, &email)) {
        return Err(rules::mail_down());
    }
    let limited = settings::door(site)?.windows == WindowRule::Enforce;
    site.write(move |tx| {
        let code = rules::digits(tx.random_bytes());
        let row = tx.get(&EMAIL_CODES, &email)?.unwrap_or_default();
        let row = rules::send(&row, tx.now(), rules::code_hash(&email, &code), limited)?;
        tx.put(&EMAIL_CODES, &email, &row)?;
        let letter_id = super::leave_letter(tx, &email, &code)?;
        tx.emit(&EmailCodeRequested { letter_id })
    })
    .await
}

/// Trades a right code for a proof token. A wrong one is written down before it is refused.
pub async fn verify(site: &Site, email: &str, code: &str) -> Outcome<String> {
    let email = person::email(email)?;
    rules::shape(code.trim())?;
    let tried = rules::code_hash(&email, code.trim());
    site.write(move |tx| {
        let row = tx.get(&EMAIL_CODES, &email)?.unwrap_or_default();
        let (row, verdict) = rules::check(&row, tx.now(), &tried);
        tx.put(&EMAIL_CODES, &email, &row)?;
        let token = secret::token_text(&tx.random_bytes::<32>());
        if verdict.is_ok() {
            let expires_at = plus_seconds(tx.now(), rules::PROOF_SECONDS);
            let proof = EmailProof { email: email.clone(), expires_at };
            tx.put(&EMAIL_PROOFS, &secret::sha256_hex(&token), &proof)?;
        }
        Ok(verdict.map(|()| token))
    })
    .await?
}

/// The code on its way to `email`, for a sandbox whose mails nobody receives.
pub fn sandbox_code(site: &Site, email: &str) -> Outcome<Option<String>> {
    if !site.is_sandbox() {
        return Ok(None);
    }
    let waiting = site.read(|r| r.scan(&LETTERS, Span::all(), 100, Dir::Down))?;
    if let Some((_, letter)) = waiting.into_iter().find(|(_, l)| l.email == email && l.secret.len() == 6) {
        return Ok(Some(letter.secret));
    }
    match site.part::<SandboxMailbox>() {
        Ok(mailbox) => (mailbox.0)(site, email),
        Err(_) => Ok(None),
    }
}
