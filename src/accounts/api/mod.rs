//! The JSON calls of this room (contract §7 "Door").

mod api_keys;
mod blocks;
mod email;
mod join;
mod lifecycle;
mod me;
mod passkeys;
mod privacy;
mod recovery;
mod rights;
mod sign_in;
mod two_factor;

pub(super) use two_factor::{TRUST_COOKIE, qr_data_url, trust_cookie};

use axum::http::{HeaderMap, HeaderValue, header};
use utoipa_axum::routes;

use super::ops::Visitor;
use super::ops::knock::device_note;
use super::ops::step_up::beside;
use super::rules::device_cookie::DAYS;
use super::windows;
use crate::base::access::{Actor, Permission, Role};
use crate::base::refusal::Outcome;
use crate::base::secret;
use crate::site::Site;
use crate::web::{Access, Api, Bucket, ClientIp, cookie, is_secure};

pub fn routes(api: Api) -> Api {
    let own = Access::can(Permission::ManageOwnProfile);
    let teach = Access::As(Role::Instructor, Permission::SuspendOwnInstructorAccount);
    let watch = Access::can(Permission::AccessMonitoring);
    api.route(Access::Public.within(&windows::CODES), routes!(join::send_email_verification))
        .route(Access::Public, routes!(join::verify_email_code))
        .route(Access::Public.within(&windows::REGISTER), routes!(join::register))
        .route(Access::Public, routes!(join::guest_session))
        .route(Access::Public.within(&windows::DOOR), routes!(sign_in::login))
        .route(Access::Public.within(&windows::DOOR), routes!(sign_in::login_with_session))
        .route(Access::Public, routes!(sign_in::get_challenge))
        .route(Access::Public, routes!(sign_in::logout))
        .route(Access::SignedIn, routes!(sign_in::reauth))
        .route(Access::Public.within(&windows::RESET_REQUEST), routes!(sign_in::request_password_reset))
        .route(Access::Public.within(&windows::RESET_VERIFY), routes!(sign_in::verify_password_reset))
        .route(Access::Public.within(&windows::RESET_CONFIRM), routes!(sign_in::confirm_password_reset))
        .route(Access::SignedIn.counts(Bucket::AuthBootstrap), routes!(me::get_me))
        .route(own, routes!(me::update_me))
        .route(Access::can(Permission::ChangeOwnPassword), routes!(me::change_password))
        .route(Access::SignedIn, routes!(me::list_sessions))
        .route(Access::SignedIn, routes!(me::end_session))
        .route(Access::SignedIn, routes!(me::logout_all_devices))
        .route(own.within(&windows::TWO_FACTOR), routes!(two_factor::initiate))
        .route(own.within(&windows::TWO_FACTOR), routes!(two_factor::verify))
        .route(own.within(&windows::TWO_FACTOR), routes!(two_factor::disable))
        .route(own, routes!(two_factor::regenerate))
        .route(Access::SignedIn, routes!(two_factor::status))
        .route(Access::Public.within(&windows::TWO_FACTOR), routes!(two_factor::verify_login))
        .route(Access::Public.within(&windows::TWO_FACTOR), routes!(recovery::ask))
        .route(Access::Public.within(&windows::TWO_FACTOR), routes!(recovery::finish))
        .route(Access::Public.within(&windows::TWO_FACTOR), routes!(recovery::stop))
        .route(Access::SignedIn, routes!(two_factor::trusted_devices))
        .route(Access::SignedIn, routes!(two_factor::distrust))
        .route(Access::SignedIn, routes!(passkeys::list))
        .route(own, routes!(passkeys::start_registration))
        .route(own, routes!(passkeys::finish_registration))
        .route(own, routes!(passkeys::remove))
        .route(Access::Public.within(&windows::DOOR), routes!(passkeys::start_login))
        .route(Access::Public.within(&windows::DOOR), routes!(passkeys::finish_login))
        .route(own, routes!(api_keys::list, api_keys::make))
        .route(own, routes!(api_keys::revoke))
        .route(own, routes!(email::change_email))
        .route(Access::Public, routes!(email::confirm))
        .route(Access::Public, routes!(email::undo))
        .route(teach, routes!(lifecycle::suspend))
        .route(teach, routes!(lifecycle::reactivate))
        .route(teach, routes!(lifecycle::deactivate))
        .route(Access::SignedIn, routes!(lifecycle::status))
        .route(Access::SignedIn, routes!(lifecycle::export_me))
        .route(Access::can(Permission::DeleteOwnAccount), routes!(lifecycle::delete_me))
        .route(Access::can(Permission::ManageUsers).hidden(), routes!(lifecycle::export_user))
        .route(Access::can(Permission::ManageUsers), routes!(lifecycle::delete_user))
        .route(Access::can(Permission::ManageUsers), routes!(privacy::apply))
        .route(watch, routes!(privacy::statistics))
        .route(watch, routes!(blocks::list_auth_blocks))
        .route(watch, routes!(blocks::auth_blocks_summary))
        .route(watch, routes!(blocks::get_auth_blocks))
        .route(Access::can(Permission::ManageUsers), routes!(blocks::clear_auth_blocks))
        .route(Access::can(Permission::ManageRoles), routes!(rights::set_roles))
        .route(Access::can(Permission::ManagePermissions), routes!(rights::set_permissions))
        .route(Access::can(Permission::ManageUsers), routes!(rights::force_logout))
        .route(Access::can(Permission::ManageUsers), routes!(rights::set_beta_access))
        .route(Access::can(Permission::ManageUsers), routes!(rights::reopen))
}

/// The password as a fresh proof of identity; without it the last proof has to be younger than ten minutes.
#[derive(Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Proving {
    current_password: Option<String>,
}

impl Proving {
    /// Whoever asks, freshly proven if the password says so.
    async fn by(self, site: &Site, actor: Actor) -> Outcome<Actor> {
        beside(site, actor, self.current_password.as_deref()).await
    }
}

/// One sentence as an answer.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(super) struct Message {
    message: String,
}

impl Message {
    fn new(message: &str) -> axum::Json<Self> {
        axum::Json(Self { message: message.to_owned() })
    }
}

pub(super) fn visitor(ip: ClientIp, headers: &HeaderMap) -> Visitor {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let note = DEVICE_COOKIES.iter().find_map(|name| cookie(headers, name)).filter(|note| note.len() <= 200);
    let session = SESSION_COOKIES.iter().find_map(|name| cookie(headers, name));
    let replaces = session.filter(|token| !token.is_empty()).map(secret::sha256_hex);
    Visitor { ip: ip.0.to_string(), user_agent: agent.to_owned(), device_note: note, replaces }
}

/// Where a browser carries its session.
const SESSION_COOKIES: [&str; 2] = ["__Host-sid", "sid"];

/// Bound to this host where it is reached over https, plain on a developer's machine.
const DEVICE_COOKIES: [&str; 2] = ["__Host-did", "did"];

/// What a browser carries once somebody has signed in on it.
pub(super) fn device_cookie(site: &Site, email: &str) -> Outcome<HeaderValue> {
    let note = device_note(site, email)?;
    let (name, secure) = if is_secure(site) { (DEVICE_COOKIES[0], "; Secure") } else { (DEVICE_COOKIES[1], "") };
    let line = format!("{name}={note}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}", DAYS * 86_400);
    Ok(HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static("")))
}
