//! The people of the marketplace and how they prove who they are.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::access::{KeyScope, Permission, Role};
use crate::base::id::{ApiKeyId, PasskeyId, SessionId, TrustedDeviceId, UserId};
use crate::base::time::Timestamp;

crate::base::secret::silent!(User, Letter, TwoFactor, PendingTwoFactor, BackupCode);

/// Where an account stands. `deactivated` cannot sign in; `suspended` (paused) instructors can, but are not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    #[default]
    Active,
    Suspended,
    Deactivated,
}

impl AccountStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deactivated => "deactivated",
        }
    }
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    /// Trimmed and lower-cased; unique.
    pub email: String,
    /// A PHC string (Argon2id).
    pub password_hash: String,
    pub first_name: String,
    pub last_name: String,
    pub phone: Option<String>,
    pub zip_code: String,
    /// IANA name.
    pub timezone: String,
    pub is_active: bool,
    pub status: AccountStatus,
    pub email_verified: bool,
    pub roles: BTreeSet<Role>,
    /// Personal permissions beside the roles'.
    #[serde(default)]
    pub grants: BTreeSet<Permission>,
    /// Permissions taken away; a revoke beats every grant.
    #[serde(default)]
    pub revokes: BTreeSet<Permission>,
    /// Sides of the marketplace they may use before it opens, the newest last.
    #[serde(default)]
    pub beta: Vec<BetaAccess>,
    #[serde(default)]
    pub totp_enabled: bool,
    /// How many passkeys open this account.
    #[serde(default)]
    pub passkeys: usize,
    #[serde(default)]
    pub picture_key: Option<String>,
    /// Only grows, also when the picture is removed.
    #[serde(default)]
    pub picture_version: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Leave to be there before everybody else. One per person and role. // rule: 20§1 BetaAccess
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BetaAccess {
    pub role: Role,
    /// The phase it was given in.
    pub phase: String,
    pub invited_by_code: Option<String>,
    pub granted_at: Timestamp,
}

impl User {
    pub fn let_in(&self) -> BTreeSet<Role> {
        self.beta.iter().map(|grant| grant.role).collect()
    }

    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Something beside the password: an authenticator or a passkey.
    pub fn has_second_factor(&self) -> bool {
        self.totp_enabled || self.passkeys > 0
    }

    /// A password alone does not open this account. For admins a passkey is enough to ask for it: it is the second
    /// factor they must have. Everybody else chose a code for that, and can lose a passkey without being locked out.
    pub fn needs_second_step(&self) -> bool {
        self.totp_enabled || (self.is(Role::Admin) && self.passkeys > 0)
    }

    /// May open a session and keep one.
    pub fn can_sign_in(&self) -> bool {
        self.is_active && self.status != AccountStatus::Deactivated
    }
}

/// One signed-in browser or program. The token itself is never stored; a session that ended is gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub token_sha256: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub idle_expires_at: Timestamp,
    pub expires_at: Timestamp,
    pub ip: String,
    pub user_agent: String,
    /// "Firefox on Linux".
    pub label: String,
    /// How the person proved themselves: `password`, `totp`.
    pub methods: Vec<String>,
    pub elevated_until: Option<Timestamp>,
}

/// Everything known about proving one e-mail address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EmailCode {
    /// The live code, hashed with its address; absent once used or voided.
    pub code_hash: Option<String>,
    pub expires_at: Option<Timestamp>,
    /// Sends of the last ten minutes.
    pub sends: Vec<Timestamp>,
    /// Wrong tries of the last ten minutes.
    pub wrong: Vec<Timestamp>,
    pub locked_until: Option<Timestamp>,
}

/// Proof that somebody reads an address, to be spent by one registration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmailProof {
    pub email: String,
    pub expires_at: Timestamp,
}

/// What went wrong at the door for one address, existing or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoginRecord {
    /// Failures of the last hour, oldest first.
    pub failures: Vec<Timestamp>,
    pub locked_until: Option<Timestamp>,
    /// Failures since the last success, however long ago.
    #[serde(default)]
    pub in_a_row: u32,
    /// Whose door it was; a known browser's record is not kept under the address.
    #[serde(default)]
    pub email: String,
}

/// A one-time link that lets the first admin in; its key is the hash of the token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetupLink {
    pub expires_at: Timestamp,
}

/// What a mail must carry but the journal must not keep: the code or token, for whom. Taken once.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    pub email: String,
    pub secret: String,
}

/// A forgotten password's link; its key is the hash of the token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PasswordReset {
    pub user_id: UserId,
    pub expires_at: Timestamp,
}

/// The browsers an account was used from, to tell the owner about a new one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KnownDevices {
    pub seen: Vec<KnownDevice>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnownDevice {
    pub fingerprint: String,
    pub last_seen_at: Timestamp,
}

/// An authenticator that is on.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TwoFactor {
    /// Sealed; see `site::Seal`.
    pub sealed_secret: String,
    pub enabled_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    /// The last time step a code was taken of: none works twice.
    pub last_step: u64,
    pub backup_codes: Vec<BackupCode>,
}

/// A recovery code: its first group finds it, the rest is only known by its hash.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct BackupCode {
    pub selector: String,
    pub hash: String,
}

/// A set-up that waits for its first code.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingTwoFactor {
    pub sealed_secret: String,
    pub expires_at: Timestamp,
    pub tries: u8,
}

/// Between a right password and the second factor; its key is the hash of the token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoginChallenge {
    pub user_id: UserId,
    /// Which door it came through.
    pub browser: bool,
    pub expires_at: Timestamp,
    pub attempts: u8,
}

/// Somebody on the way back in without their second factor. One per person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recovery {
    pub user_id: UserId,
    pub asked_at: Timestamp,
    /// Stripe's check of who they are, once it is open; those before it were given up.
    pub session: Option<String>,
    pub sessions_before: u32,
    /// The document names the owner: from then on the wait runs.
    pub opens_at: Option<Timestamp>,
    /// The document names somebody else.
    pub refused_at: Option<Timestamp>,
    /// Hashes of the tokens by which the owner stops it, one a mail.
    pub stops: Vec<String>,
}

/// A browser that may skip the second step for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrustedDevice {
    pub id: TrustedDeviceId,
    pub user_id: UserId,
    pub token_sha256: String,
    /// Browser and system, which must stay the same.
    pub name: String,
    #[serde(default)]
    pub user_agent: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A key for a person's own programs. The key itself is told once and never stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    pub scope: KeyScope,
    pub token_sha256: String,
    /// Its last four characters, to tell keys apart.
    pub ending: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// An address on its way to another one, or back; its key is the hash of the mailed token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmailChange {
    pub user_id: UserId,
    pub old_email: String,
    pub new_email: String,
    pub stage: EmailChangeStage,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailChangeStage {
    /// The old address has not agreed yet.
    Asked,
    /// Done; the old address may still take it back.
    Done,
}

/// A key pair on somebody's device, of which this is the public half.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PasskeyRow {
    pub id: PasskeyId,
    pub user_id: UserId,
    pub name: String,
    /// Base64url, as the browser names it.
    pub credential_id: String,
    /// The credential as the WebAuthn crate keeps it, in JSON.
    pub credential: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// A ceremony under way; its key is the hash of the challenge, which the browser signs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PasskeyCeremony {
    pub purpose: PasskeyPurpose,
    /// The ceremony as the WebAuthn crate keeps it, in JSON.
    pub state: String,
    pub expires_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasskeyPurpose {
    Register {
        user_id: UserId,
        name: String,
    },
    /// In place of a password.
    Enter,
    /// After a password: the key of the login challenge.
    SecondStep {
        challenge: String,
    },
}
