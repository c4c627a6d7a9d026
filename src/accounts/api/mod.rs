//! The JSON calls of this room (contract §7 "Door").

mod api_keys;
mod blocks;
mod email;
mod join;
mod lifecycle;
mod me;
mod passkeys;
mod privacy;
mod rights;
mod sign_in;
mod two_factor;

pub(super) use two_factor::{TRUST_COOKIE, qr_data_url, trust_cookie};

use axum::http::{HeaderMap, header};
use utoipa_axum::routes;

use super::ops::Visitor;
use crate::base::access::{Permission, Role};
use crate::web::{Access, Api, ClientIp};

pub fn routes(api: Api) -> Api {
    let own = Access::can(Permission::ManageOwnProfile);
    let teach = Access::Role(Role::Instructor);
    let watch = Access::can(Permission::AccessMonitoring);
    api.route(Access::Public, routes!(join::send_email_verification))
        .route(Access::Public, routes!(join::verify_email_code))
        .route(Access::Public, routes!(join::register))
        .route(Access::Public, routes!(join::guest_session))
        .route(Access::Public, routes!(sign_in::login))
        .route(Access::Public, routes!(sign_in::login_with_session))
        .route(Access::Public, routes!(sign_in::get_challenge))
        .route(Access::Public, routes!(sign_in::logout))
        .route(Access::SignedIn, routes!(sign_in::reauth))
        .route(Access::Public, routes!(sign_in::request_password_reset))
        .route(Access::Public, routes!(sign_in::verify_password_reset))
        .route(Access::Public, routes!(sign_in::confirm_password_reset))
        .route(Access::SignedIn, routes!(me::get_me))
        .route(own, routes!(me::update_me))
        .route(Access::can(Permission::ChangeOwnPassword), routes!(me::change_password))
        .route(Access::SignedIn, routes!(me::list_sessions))
        .route(Access::SignedIn, routes!(me::end_session))
        .route(Access::SignedIn, routes!(me::logout_all_devices))
        .route(own, routes!(two_factor::initiate))
        .route(own, routes!(two_factor::verify))
        .route(own, routes!(two_factor::disable))
        .route(own, routes!(two_factor::regenerate))
        .route(Access::SignedIn, routes!(two_factor::status))
        .route(Access::Public, routes!(two_factor::verify_login))
        .route(Access::SignedIn, routes!(two_factor::trusted_devices))
        .route(Access::SignedIn, routes!(two_factor::distrust))
        .route(Access::SignedIn, routes!(passkeys::list))
        .route(own, routes!(passkeys::start_registration))
        .route(own, routes!(passkeys::finish_registration))
        .route(own, routes!(passkeys::remove))
        .route(Access::Public, routes!(passkeys::start_login))
        .route(Access::Public, routes!(passkeys::finish_login))
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
        .route(Access::can(Permission::ManageUsers), routes!(lifecycle::export_user))
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
    Visitor { ip: ip.0.to_string(), user_agent: agent.to_owned() }
}
