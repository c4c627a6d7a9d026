//! What this room tells others. Events name people by id only: addresses, codes and tokens stay out of the journal, a
//! [`Letter`](super::model::Letter) carries them to the mail room.

use serde::{Deserialize, Serialize};

use super::model::AccountStatus;
use crate::base::access::{Permission, Role};
use crate::base::id::{MailId, SessionId, UserId};
use crate::base::time::Timestamp;
use crate::store::Event;

macro_rules! event {
    ($(#[$doc:meta])* $name:ident $kind:literal { $($(#[$field_doc:meta])* $field:ident: $t:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub struct $name { $($(#[$field_doc])* pub $field: $t),* }
        impl Event for $name { const KIND: &'static str = $kind; }
    };
}

event!(EmailCodeRequested "user.email_code_requested" { letter_id: MailId });
event!(
    /// Somebody registered an address that already has an account.
    AccountExists "user.account_exists" { user_id: UserId }
);
event!(UserRegistered "user.registered" {
    user_id: UserId,
    role: Role,
    guest_session_id: Option<String>,
    invite_code: Option<String>,
    referral_code: Option<String>,
});
event!(ProfileChanged "user.profile_changed" { user_id: UserId, fields: Vec<String> });
event!(PasswordChanged "user.password_changed" {
    user_id: UserId,
    /// By a mailed link instead of the old password.
    by_reset: bool,
});
event!(PasswordResetRequested "user.password_reset_requested" { user_id: UserId, letter_id: MailId });
event!(LockedOut "user.locked_out" { user_id: UserId, until: Timestamp, failures: usize });
event!(RightsChanged "user.rights_changed" {
    user_id: UserId,
    by: UserId,
    roles: Vec<Role>,
    grants: Vec<Permission>,
    revokes: Vec<Permission>,
    reason: Option<String>,
});
event!(SessionOpened "session.created" {
    user_id: UserId,
    session_id: SessionId,
    label: String,
    /// The account was never used from such a browser and network.
    new_device: bool,
});
event!(SessionsEnded "session.ended" { user_id: UserId, count: usize, reason: String });
event!(
    /// An admin ended all of a person's sessions.
    ForcedOut "user.forced_out" { user_id: UserId, by: UserId, reason: Option<String> }
);
event!(
    /// Somebody signed in on a browser that searched without an account before.
    GuestAdopted "user.guest_adopted" { user_id: UserId, guest_session_id: String }
);
event!(StatusChanged "user.status_changed" { user_id: UserId, from: AccountStatus, to: AccountStatus });
event!(
    /// Nothing personal is left; the letter tells the old address.
    UserErased "user.erased" { user_id: UserId, letter_id: MailId, deleted: bool }
);
event!(BlocksCleared "auth.blocks_cleared" {
    /// Masked.
    email: String,
    by: UserId,
    kinds: Vec<String>,
    reason: String,
});
event!(TwoFactorChanged "user.two_factor_changed" { user_id: UserId, enabled: bool });
event!(
    /// The way back in without a second factor went a step on; the letter holds the link that stops it.
    RecoveryMoved "user.second_factor_recovery" {
        user_id: UserId,
        letter_id: MailId,
        /// When it opens the account, once the owner's identity is proven.
        opens_at: Option<Timestamp>,
        refused: bool,
    }
);
event!(BackupCodeUsed "user.backup_code_used" { user_id: UserId, left: usize });
event!(
    /// A personal API key was made or ended.
    ApiKeyChanged "user.api_key_changed" { user_id: UserId, name: String, made: bool }
);
event!(PasskeyChanged "user.passkey_changed" { user_id: UserId, name: String, added: bool });
event!(
    /// Somebody wants another address; the letter holds the link by which the old one agrees.
    EmailChangeAsked "user.email_change_asked" { user_id: UserId, letter_id: MailId }
);
event!(
    /// The address changed; the letter tells the old one how to take it back.
    EmailChanged "user.email_changed" { user_id: UserId, letter_id: MailId }
);
event!(
    /// The old address took a change back.
    EmailChangeUndone "user.email_change_undone" { user_id: UserId }
);
