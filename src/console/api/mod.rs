//! The console's calls for programs: settings, launch state, the audit trail (contract §7).

mod beta;
mod limits;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{RawQuery, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::base::access::{Permission, Role};
use crate::base::id::{AuditId, BookingId, UserId};
use crate::base::limits::{PAGE_MAX, SCAN_ROWS};
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::console::figures::explained::{Explained, explained};
use crate::console::settings::{self, Standing};
use crate::site::Site;
use crate::site::audit::{self, AuditEntry, By, Ending};
use crate::site::settings::Launch;
use crate::web::{Access, Answer, Api, Body, Id, Params, only_known};

pub fn routes(api: Api) -> Api {
    let (read, manage) = (Access::can(Permission::AdminRead), Access::can(Permission::AdminManage));
    let watch = Access::can(Permission::AccessMonitoring);
    api.route(read, routes!(list_settings))
        .route(manage, routes!(update_settings))
        .route(read, routes!(get_launch))
        .route(manage, routes!(set_launch))
        .route(read, routes!(list_audit))
        .route(read, routes!(beta::get_beta_settings))
        .route(manage, routes!(beta::put_beta_settings))
        .route(watch, routes!(limits::get_rate_limit_policy))
        .route(watch, routes!(limits::get_rate_limits))
        .route(watch, routes!(limits::reset_rate_limits))
        .route(Access::Public, routes!(limits::reload_config))
        .route(Access::can(Permission::ViewFinancials), routes!(explain_booking))
}

/// Every cent of a booking: entries with their rule, calls to Stripe, who was told when.
#[utoipa::path(get, path = "/api/v1/admin/bookings/{booking_id}/explanation", tag = "admin-bookings",
    operation_id = "explain_booking", params(("booking_id" = BookingId, Path)),
    responses((status = 200, body = Explained)))]
async fn explain_booking(State(site): State<Site>, Id(id): Id<BookingId>) -> Answer<Json<Explained>> {
    Ok(Json(site.read(|r| explained(r, id))?))
}

/// A setting as it stands.
#[derive(Serialize, ToSchema)]
struct SettingView {
    key: &'static str,
    value: Value,
    default: Value,
    description: &'static str,
    updated_at: Option<Timestamp>,
    updated_by: Option<UserId>,
}

impl From<Standing> for SettingView {
    fn from(s: Standing) -> Self {
        let Standing { key, description, value, default, updated_at, updated_by } = s;
        Self { key, value, default, description, updated_at, updated_by }
    }
}

/// Every setting with its meaning and default.
#[utoipa::path(get, path = "/api/v1/admin/settings", tag = "admin-settings", operation_id = "list_settings",
    params(PageQuery), responses((status = 200, body = Page<SettingView>)))]
async fn list_settings(State(site): State<Site>, Params(page): Params<PageQuery>) -> Answer<Json<Page<SettingView>>> {
    Ok(Json(page.cut_with(site.read(settings::all)?, PAGE_MAX)?.map(Into::into)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettingsPatch {
    /// Key and new value; what is left out stays.
    values: BTreeMap<String, Value>,
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Changes settings, all of those named or none.
#[utoipa::path(patch, path = "/api/v1/admin/settings", tag = "admin-settings", operation_id = "update_settings",
    request_body = SettingsPatch, responses((status = 200, body = Page<SettingView>)))]
async fn update_settings(
    State(site): State<Site>,
    by: By,
    Body(patch): Body<SettingsPatch>,
) -> Answer<Json<Page<SettingView>>> {
    let by = by.because_if_told(patch.reason.as_deref())?;
    settings::change(&site, by, patch.values.into_iter().collect()).await?;
    Ok(Json(Page::whole(site.read(settings::all)?).map(Into::into)))
}

/// Who may join.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LaunchState {
    /// `closed`, `invite_only` or `open`.
    instructor: String,
    /// `closed`, `referral_only` or `open`.
    student: String,
}

fn launch_of(site: &Site) -> Answer<Json<LaunchState>> {
    let Launch { instructor, student, .. } = settings::launch(site)?;
    Ok(Json(LaunchState { instructor, student }))
}

/// The two launch axes.
#[utoipa::path(get, path = "/api/v1/admin/launch", tag = "admin-settings", operation_id = "get_launch",
    responses((status = 200, body = LaunchState)))]
async fn get_launch(State(site): State<Site>) -> Answer<Json<LaunchState>> {
    launch_of(&site)
}

/// Opens or closes the marketplace, for instructors and students apart.
#[utoipa::path(put, path = "/api/v1/admin/launch", tag = "admin-settings", operation_id = "set_launch",
    request_body = LaunchState, responses((status = 200, body = LaunchState)))]
async fn set_launch(State(site): State<Site>, by: By, Body(state): Body<LaunchState>) -> Answer<Json<LaunchState>> {
    let LaunchState { instructor, student } = state;
    let launch = Launch { instructor, student, ..settings::launch(&site)? };
    settings::set_launch(&site, by, &launch).await?;
    launch_of(&site)
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    entity_type: Option<String>,
    entity_id: Option<String>,
    action: Option<String>,
    actor_id: Option<UserId>,
    actor_role: Option<Role>,
    /// `success`, `failed` or `denied`.
    status: Option<Ending>,
    /// Not before.
    start: Option<Timestamp>,
    /// Before.
    end: Option<Timestamp>,
}

impl AuditQuery {
    fn keeps(&self, entry: &AuditEntry) -> bool {
        let same = |wish: &Option<String>, is: &str| wish.as_deref().is_none_or(|wish| wish == is);
        same(&self.entity_type, &entry.entity_type)
            && same(&self.entity_id, entry.entity_id.as_deref().unwrap_or_default())
            && same(&self.action, &entry.action)
            && self.actor_id.is_none_or(|id| entry.actor == Some(id))
            && self.actor_role.is_none_or(|role| entry.role == Some(role))
            && self.status.is_none_or(|status| entry.status == status)
            && self.start.is_none_or(|start| entry.at >= start)
            && self.end.is_none_or(|end| entry.at < end)
    }
}

#[derive(Serialize, ToSchema)]
struct AuditActor {
    /// `user`, `anonymous` (a stranger) or `system` (the program itself).
    r#type: &'static str,
    id: Option<UserId>,
    role: Option<Role>,
    /// Where the request came from.
    ip: Option<String>,
    user_agent: Option<String>,
}

/// One entry of the trail.
#[derive(Serialize, ToSchema)]
struct AuditView {
    id: AuditId,
    at: Timestamp,
    actor: AuditActor,
    action: String,
    entity_type: String,
    entity_id: Option<String>,
    status: Ending,
    before: Option<Value>,
    after: Option<Value>,
    reason: Option<String>,
    request_id: String,
}

impl From<AuditEntry> for AuditView {
    fn from(entry: AuditEntry) -> Self {
        let kind = entry.doer();
        Self {
            id: entry.id,
            at: entry.at,
            actor: AuditActor {
                r#type: kind,
                id: entry.actor,
                role: entry.role,
                ip: Some(entry.ip).filter(|ip| !ip.is_empty()),
                user_agent: Some(entry.user_agent).filter(|agent| !agent.is_empty()),
            },
            action: entry.action,
            entity_type: entry.entity_type,
            entity_id: entry.entity_id,
            status: entry.status,
            before: entry.before,
            after: entry.after,
            reason: entry.reason,
            request_id: entry.request_id,
        }
    }
}

/// The audit trail, newest first.
#[utoipa::path(get, path = "/api/v1/admin/audit", tag = "admin-audit", operation_id = "list_audit",
    params(AuditQuery, PageQuery), responses((status = 200, body = Page<AuditView>)))]
async fn list_audit(
    State(site): State<Site>,
    RawQuery(asked): RawQuery,
    Params(query): Params<AuditQuery>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<AuditView>>> {
    // A filter that was misspelt would show more than was asked for.
    let known = [AuditQuery::into_params(|| None), PageQuery::into_params(|| None)].concat();
    only_known(asked.as_deref(), &known)?;
    let found: Outcome<Vec<AuditEntry>> =
        site.look(move |r| audit::newest(r, SCAN_ROWS, |entry| query.keeps(entry))).await;
    Ok(Json(page.cut_up_to(found?, 50, 200)?.map(Into::into)))
}
