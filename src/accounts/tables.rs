//! What this room keeps, and the loaders others read people by.

use crate::base::access::Role;
use crate::base::id::{ApiKeyId, MailId, PasskeyId, SessionId, TrustedDeviceId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

use super::model::{
    ApiKey, EmailChange, EmailCode, EmailProof, KnownDevices, Letter, LoginChallenge, LoginRecord, PasskeyCeremony,
    PasskeyRow, PasswordReset, PendingTwoFactor, Recovery, Session, SetupLink, TrustedDevice, TwoFactor, User,
};
use super::rules::pressure::Pressure;

pub static USERS: Table<UserId, User> = Table::new(0x1001, "userid_user").indexed(&[&BY_EMAIL, &BY_ROLE]);
/// Unique: the write that adds a person looks here first, in the same transaction.
pub static BY_EMAIL: Index<UserId, User, (String,)> =
    Index::new(0x1002, "email_userid", |_, user| vec![(user.email.clone(),)]);
pub static BY_ROLE: Index<UserId, User, (String,)> =
    Index::new(0x1003, "role_userid", |_, user| user.roles.iter().map(|role| (role.name().to_owned(),)).collect());

pub static SESSIONS: Table<SessionId, Session> =
    Table::new(0x1004, "sessionid_session").indexed(&[&BY_TOKEN, &BY_OWNER, &BY_END]);
pub static BY_TOKEN: Index<SessionId, Session, (String,)> =
    Index::new(0x1005, "tokenhash_sessionid", |_, session| vec![(session.token_sha256.clone(),)]);
pub static BY_OWNER: Index<SessionId, Session, (UserId, Timestamp)> =
    Index::new(0x1006, "userid_createdat_sessionid", |_, session| vec![(session.user_id, session.created_at)]);
/// For the sweep: whichever end comes first.
pub static BY_END: Index<SessionId, Session, (Timestamp,)> =
    Index::new(0x1007, "end_sessionid", |_, session| vec![(session.idle_expires_at.min(session.expires_at),)]);

pub static EMAIL_CODES: Table<String, EmailCode> = Table::new(0x1008, "email_code");
pub static EMAIL_PROOFS: Table<String, EmailProof> = Table::new(0x1009, "tokenhash_proof").indexed(&[&PROOFS_BY_END]);
pub static PROOFS_BY_END: Index<String, EmailProof, (Timestamp,)> =
    Index::new(0x100A, "end_tokenhash", |_, proof| vec![(proof.expires_at,)]);
pub static LOGIN_RECORDS: Table<String, LoginRecord> =
    Table::new(0x100B, "email_loginrecord").indexed(&[&RECORDS_BY_LAST, &RECORDS_BY_EMAIL]);
pub static RECORDS_BY_LAST: Index<String, LoginRecord, (Timestamp,)> =
    Index::new(0x1021, "lastfailure_email", |_, record| record.failures.last().map(|at| (*at,)).into_iter().collect());
/// The address's own record, its known browsers' and that of whoever is signed in.
pub static RECORDS_BY_EMAIL: Index<String, LoginRecord, (String,)> =
    Index::new(0x1025, "email_loginrecordkey", |key, record| {
        // Those of before the address was written down are found by their key.
        let kept = if record.email.is_empty() && !key.contains(' ') { key } else { &record.email };
        if kept.is_empty() { Vec::new() } else { vec![(kept.clone(),)] }
    });
/// Solved challenges and used pauses until they end: each opens once.
pub static SPENT_CHALLENGES: Table<String, Timestamp> = Table::new(0x100C, "challengehash_end");
pub static PASSWORD_RESETS: Table<String, PasswordReset> =
    Table::new(0x100D, "tokenhash_reset").indexed(&[&RESETS_BY_USER]);
pub static RESETS_BY_USER: Index<String, PasswordReset, (UserId,)> =
    Index::new(0x100E, "userid_tokenhash", |_, reset| vec![(reset.user_id,)]);
pub static KNOWN_DEVICES: Table<UserId, KnownDevices> = Table::new(0x100F, "userid_devices");
pub static SETUP_LINKS: Table<String, SetupLink> = Table::new(0x1010, "tokenhash_setuplink");
pub static LETTERS: Table<MailId, Letter> = Table::new(0x1011, "letterid_letter");

/// How hard the door is being tried, by network; `*` is everybody.
pub static DOOR_PRESSURE: Table<String, Pressure> = Table::new(0x1040, "network_pressure");

pub static TWO_FACTORS: Table<UserId, TwoFactor> = Table::new(0x1012, "userid_twofactor");
pub static PENDING_TWO_FACTORS: Table<UserId, PendingTwoFactor> = Table::new(0x1013, "userid_pendingtwofactor");
pub static LOGIN_CHALLENGES: Table<String, LoginChallenge> = Table::new(0x1014, "tokenhash_loginchallenge");
pub static TRUSTED_DEVICES: Table<TrustedDeviceId, TrustedDevice> =
    Table::new(0x1015, "deviceid_device").indexed(&[&DEVICES_BY_OWNER]);
pub static DEVICES_BY_OWNER: Index<TrustedDeviceId, TrustedDevice, (UserId,)> =
    Index::new(0x1016, "userid_deviceid", |_, device| vec![(device.user_id,)]);

pub static RECOVERIES: Table<UserId, Recovery> =
    Table::new(0x1022, "userid_recovery").indexed(&[&RECOVERIES_BY_SESSION, &RECOVERIES_BY_STOP]);
pub static RECOVERIES_BY_SESSION: Index<UserId, Recovery, (String,)> =
    Index::new(0x1023, "session_userid", |_, row| row.session.iter().map(|session| (session.clone(),)).collect());
pub static RECOVERIES_BY_STOP: Index<UserId, Recovery, (String,)> =
    Index::new(0x1024, "stophash_userid", |_, row| row.stops.iter().map(|hash| (hash.clone(),)).collect());

pub static API_KEYS: Table<ApiKeyId, ApiKey> =
    Table::new(0x1017, "keyid_apikey").indexed(&[&KEYS_BY_TOKEN, &KEYS_BY_OWNER]);
pub static KEYS_BY_TOKEN: Index<ApiKeyId, ApiKey, (String,)> =
    Index::new(0x1018, "tokenhash_keyid", |_, key| vec![(key.token_sha256.clone(),)]);
pub static KEYS_BY_OWNER: Index<ApiKeyId, ApiKey, (UserId,)> =
    Index::new(0x1019, "userid_keyid", |_, key| vec![(key.user_id,)]);

pub static EMAIL_CHANGES: Table<String, EmailChange> =
    Table::new(0x101A, "tokenhash_emailchange").indexed(&[&CHANGES_BY_OWNER, &CHANGES_BY_OLD]);
pub static CHANGES_BY_OWNER: Index<String, EmailChange, (UserId,)> =
    Index::new(0x101B, "userid_tokenhash_emailchange", |_, change| vec![(change.user_id,)]);
/// An address that may still be taken back is nobody else's yet.
pub static CHANGES_BY_OLD: Index<String, EmailChange, (String,)> =
    Index::new(0x101C, "oldemail_tokenhash", |_, change| vec![(change.old_email.clone(),)]);

pub static PASSKEYS: Table<PasskeyId, PasskeyRow> =
    Table::new(0x101D, "passkeyid_passkey").indexed(&[&PASSKEYS_BY_OWNER, &PASSKEYS_BY_CREDENTIAL]);
pub static PASSKEYS_BY_OWNER: Index<PasskeyId, PasskeyRow, (UserId,)> =
    Index::new(0x101E, "userid_passkeyid", |_, key| vec![(key.user_id,)]);
pub static PASSKEYS_BY_CREDENTIAL: Index<PasskeyId, PasskeyRow, (String,)> =
    Index::new(0x101F, "credentialid_passkeyid", |_, key| vec![(key.credential_id.clone(),)]);
pub static PASSKEY_CEREMONIES: Table<String, PasskeyCeremony> = Table::new(0x1020, "challengehash_ceremony");

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![
        &USERS,
        &SESSIONS,
        &EMAIL_CODES,
        &EMAIL_PROOFS,
        &LOGIN_RECORDS,
        &SPENT_CHALLENGES,
        &PASSWORD_RESETS,
        &KNOWN_DEVICES,
        &SETUP_LINKS,
        &LETTERS,
        &TWO_FACTORS,
        &PENDING_TWO_FACTORS,
        &LOGIN_CHALLENGES,
        &TRUSTED_DEVICES,
        &API_KEYS,
        &EMAIL_CHANGES,
        &PASSKEYS,
        &PASSKEY_CEREMONIES,
        &DOOR_PRESSURE,
        &RECOVERIES,
    ]
}

pub fn user(read: &dyn Read, id: UserId) -> Outcome<Option<User>> {
    read.get(&USERS, &id)
}

/// The person, or 404.
pub fn must_user(read: &dyn Read, id: UserId) -> Outcome<User> {
    user(read, id)?.ok_or_else(|| Refusal::not_found("USER_NOT_FOUND", "Nobody has this id."))
}

/// By the address in its normal form.
pub fn user_by_email(read: &dyn Read, email: &str) -> Outcome<Option<User>> {
    Ok(read.find(&USERS, &BY_EMAIL, &(email.to_owned(),))?.map(|(_, user)| user))
}

/// Everybody with a role, oldest account first.
pub fn users_with_role(read: &dyn Read, role: Role, limit: usize) -> Outcome<Vec<User>> {
    let rows = read.by_index(&USERS, &BY_ROLE, Span::prefix(&(role.name().to_owned(),)), limit, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, user)| user).collect())
}

/// Everybody, newest account first.
pub fn users(read: &dyn Read, limit: usize) -> Outcome<Vec<User>> {
    Ok(read.scan(&USERS, Span::all(), limit, Dir::Down)?.into_iter().map(|(_, user)| user).collect())
}

pub fn session_by_token_hash(read: &dyn Read, hash: &str) -> Outcome<Option<Session>> {
    Ok(read.find(&SESSIONS, &BY_TOKEN, &(hash.to_owned(),))?.map(|(_, session)| session))
}

/// Somebody's sessions, oldest first, ended ones that were not swept yet included.
pub fn sessions_of(read: &dyn Read, user: UserId) -> Outcome<Vec<Session>> {
    let rows = read.by_index(&SESSIONS, &BY_OWNER, Span::prefix(&(user,)), 1000, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, session)| session).collect())
}
