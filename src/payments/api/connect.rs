//! `/payments/connect/…`: an instructor's account at Stripe.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::access::Actor;
use crate::payments::ops;
use crate::site::Site;
use crate::web::Answer;

/// Where Stripe sends the instructor back to.
const BACK: &str = "/instructor/dashboard";

#[derive(Serialize, ToSchema)]
pub struct OnboardingView {
    account_id: String,
    /// Where the account is filled in; `null` once that is done.
    onboarding_url: Option<String>,
    already_onboarded: bool,
}

/// Opens the account, or goes on where it was left.
#[utoipa::path(post, path = "/api/v1/payments/connect/onboard", tag = "payouts", operation_id = "start_onboarding",
    responses((status = 200, body = OnboardingView)))]
pub async fn start_onboarding(State(site): State<Site>, actor: Actor) -> Answer<Json<OnboardingView>> {
    ops::refresh_account(&site, actor.user_id).await?;
    let (account, onboarding_url) = ops::begin_onboarding(&site, actor.user_id, BACK).await?;
    let already_onboarded = account.onboarded();
    Ok(Json(OnboardingView { account_id: account.account_id, onboarding_url, already_onboarded }))
}

#[derive(Serialize, ToSchema)]
pub struct ConnectStatus {
    has_account: bool,
    onboarding_completed: bool,
    charges_enabled: bool,
    payouts_enabled: bool,
    details_submitted: bool,
    /// What Stripe still wants to know, in its words.
    requirements: Vec<String>,
}

/// How the account stands at Stripe, asked now.
#[utoipa::path(get, path = "/api/v1/payments/connect/status", tag = "payouts", operation_id = "get_connect_status",
    responses((status = 200, body = ConnectStatus)))]
pub async fn get_connect_status(State(site): State<Site>, actor: Actor) -> Answer<Json<ConnectStatus>> {
    let account = ops::refresh_account(&site, actor.user_id).await?;
    Ok(Json(match account {
        Some(account) => ConnectStatus {
            has_account: true,
            onboarding_completed: account.onboarded(),
            charges_enabled: account.charges_enabled,
            payouts_enabled: account.payouts_enabled,
            details_submitted: account.details_submitted,
            requirements: account.requirements,
        },
        None => ConnectStatus {
            has_account: false,
            onboarding_completed: false,
            charges_enabled: false,
            payouts_enabled: false,
            details_submitted: false,
            requirements: Vec::new(),
        },
    }))
}
