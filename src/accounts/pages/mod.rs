//! The pages of the door and of one's own account. All work without scripts.

mod account;
mod email;
mod keys;
mod leave;
mod login;
mod own;
mod passkeys;
mod password;
mod recovery;
mod second_step;
mod security;
mod setup;
mod signup;
mod two_factor;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;

use super::ops::session::Opened;
use super::windows;
use crate::base::access::{Actor, Permission, Role};
use crate::base::refusal::Refusal;
use crate::site::Site;
use crate::web::components::error_summary;
use crate::web::{Access, Pages, see_other, session_cookie};

pub fn pages(pages: Pages) -> Pages {
    let own = Access::can(Permission::ManageOwnProfile);
    let teach = Access::As(Role::Instructor, Permission::SuspendOwnInstructorAccount);
    pages
        .get(Access::Public, "/login", login::show)
        .post(Access::Public.within(&windows::DOOR), "/login", login::enter)
        .get(Access::Public, "/login/code", second_step::show)
        .post(Access::Public.within(&windows::TWO_FACTOR), "/login/code", second_step::enter)
        .get(Access::Public, "/login/recover", recovery::show)
        .post(Access::Public.within(&windows::TWO_FACTOR), "/login/recover", recovery::go_on)
        .post(Access::Public.within(&windows::TWO_FACTOR), "/login/recover/finish", recovery::finish)
        .get(Access::Public, "/login/recover/stop", recovery::show_stop)
        .post(Access::Public.within(&windows::TWO_FACTOR), "/login/recover/stop", recovery::stop)
        .get(Access::Public, "/logout", login::ask_leave)
        .post(Access::Public, "/logout", login::leave)
        .get(Access::SignedIn, "/dashboard", dashboard)
        .get(Access::Public, "/signup", signup::show_email)
        .post(Access::Public.within(&windows::CODES), "/signup", signup::send_code)
        .get(Access::Public, "/signup/code", signup::show_code)
        .post(Access::Public, "/signup/code", signup::check_code)
        .post(Access::Public.within(&windows::CODES), "/signup/code/again", signup::send_again)
        .get(Access::Public, "/signup/details", signup::show_details)
        .post(Access::Public.within(&windows::REGISTER), "/signup/details", signup::join)
        .get(Access::Public, "/forgot-password", password::show_request)
        .post(Access::Public.within(&windows::RESET_REQUEST), "/forgot-password", password::request)
        .get(Access::Public.within(&windows::RESET_VERIFY), "/reset-password", password::show_reset)
        .post(Access::Public.within(&windows::RESET_CONFIRM), "/reset-password", password::reset)
        .get(Access::Public, "/setup/{token}", setup::show)
        .post(Access::Public, "/setup/{token}", setup::finish)
        .get(Access::Role(Role::Student), "/student/dashboard", account::student)
        .get(Access::SignedIn, "/account", account::show)
        .get(Access::SignedIn, "/account/profile", async || see_other("/account"))
        .post(own, "/account/profile", account::save_profile)
        .get(Access::SignedIn, "/account/password", async || see_other("/account/security"))
        .post(Access::can(Permission::ChangeOwnPassword), "/account/password", security::change_password)
        .get(Access::SignedIn, "/account/security", security::show)
        .get(Access::SignedIn, "/account/prove", own::ask_proof)
        .post(Access::SignedIn, "/account/prove", own::take_proof)
        .get(own, "/account/email", email::show)
        .post(own, "/account/email", email::ask)
        .post(own.within(&windows::CODES), "/account/email/code", email::send_code)
        .get(Access::Public, "/account/email/link", email::show_link)
        .post(Access::Public, "/account/email/link", email::follow_link)
        .get(own, "/account/passkeys", passkeys::show)
        .post(own, "/account/passkeys/{id}/remove", passkeys::remove)
        .get(own, "/account/keys", keys::show)
        .post(own, "/account/keys", keys::make)
        .post(own, "/account/keys/{id}/end", keys::end)
        .get(own, "/account/two-factor", two_factor::show)
        .get(own, "/account/two-factor/start", two_factor::back)
        .get(own, "/account/two-factor/on", two_factor::back)
        .get(own, "/account/two-factor/off", two_factor::back)
        .get(own, "/account/two-factor/codes", two_factor::back)
        .post(own.within(&windows::TWO_FACTOR), "/account/two-factor/start", two_factor::start)
        .post(own.within(&windows::TWO_FACTOR), "/account/two-factor/on", two_factor::turn_on)
        .post(own, "/account/two-factor/codes", two_factor::new_codes)
        .post(own.within(&windows::TWO_FACTOR), "/account/two-factor/off", two_factor::turn_off)
        .post(own, "/account/two-factor/devices/{id}/end", two_factor::distrust)
        .get(Access::SignedIn, "/account/leave", leave::show)
        .get(Access::SignedIn, "/account/export", leave::export)
        .post(teach, "/account/pause", leave::pause)
        .post(teach, "/account/resume", leave::resume)
        .get(teach, "/account/close", leave::ask_close)
        .post(teach, "/account/close", leave::close)
        .get(Access::SignedIn, "/account/erase", async || see_other("/account/leave"))
        .post(Access::can(Permission::DeleteOwnAccount), "/account/erase", leave::erase)
        .post(Access::SignedIn, "/account/sessions/{id}/end", security::end_session)
        .post(Access::SignedIn, "/account/sessions/end-all", security::end_all)
}

/// Where a person lands who did not ask for a page. // rule: 50§0 after sign-in
pub fn home_of(role: Role) -> &'static str {
    match role {
        Role::Admin => "/admin",
        // Leads on to the dashboard, or to what is still missing before going live.
        Role::Instructor => "/instructor",
        Role::Student => "/",
    }
}

async fn dashboard(actor: Actor) -> Response {
    see_other(match actor.main_role() {
        Role::Student => "/student/dashboard",
        other => home_of(other),
    })
}

/// A path of our own to go on to; anything that could lead elsewhere is dropped.
pub fn own_path(text: &str) -> Option<&str> {
    let own = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\') && text.len() <= 2000;
    (own && text.chars().all(|c| !c.is_control())).then_some(text)
}

/// A form that was refused, in the words of its fields.
#[derive(Default)]
struct Refused(Option<Refusal>);

impl Refused {
    /// What is wrong with a field. A refusal without fields belongs to `catch_all`.
    fn at(&self, field: &str, catch_all: &str) -> Option<&str> {
        let refusal = self.0.as_ref()?;
        match refusal.errors.iter().find(|e| e.field == field) {
            Some(error) => Some(&error.message),
            None if refusal.errors.is_empty() && field == catch_all => Some(&refusal.detail),
            None => None,
        }
    }

    fn summary(&self, catch_all: &str, kept: &str) -> Markup {
        let Some(refusal) = &self.0 else { return Markup::default() };
        let whole = [(catch_all, refusal.detail.as_str())];
        let fields: Vec<(&str, &str)> = refusal.errors.iter().map(|e| (e.field.as_str(), e.message.as_str())).collect();
        error_summary(if fields.is_empty() { &whole } else { &fields }, kept)
    }

    /// When trying again makes sense.
    fn wait(&self) -> Option<u64> {
        self.0.as_ref()?.extra.get("retry_after")?.as_u64()
    }

    /// What it says as a whole.
    fn words(&self) -> String {
        self.0.as_ref().map(|refusal| refusal.detail.clone()).unwrap_or_default()
    }

    /// 422 for a form to correct; 429 keeps its status and says when to come back.
    fn answer(&self, page: Markup) -> Response {
        let Some(refusal) = &self.0 else { return page.into_response() };
        let status =
            if refusal.status == 429 { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNPROCESSABLE_ENTITY };
        let mut answer = (status, page).into_response();
        if let Some(seconds) = self.wait() {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}

/// What a person can put right; faults of ours go to the error page instead.
fn correctable(refusal: Refusal) -> Result<Refused, Refusal> {
    if refusal.status >= 500 { Err(refusal) } else { Ok(Refused(Some(refusal))) }
}

fn with_cookie(mut answer: Response, cookie: HeaderValue) -> Response {
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    answer
}

/// The browser goes on under the new token, where its session got one.
fn with_session(answer: Response, site: &Site, rotated: Option<Opened>) -> Response {
    match rotated {
        Some(opened) => with_cookie(answer, session_cookie(site, &opened.token)),
        None => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_our_own_paths_are_followed() {
        for good in ["/", "/search?q=piano", "/book/a/b?date=2026-03-07"] {
            assert_eq!(own_path(good), Some(good));
        }
        for bad in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x", "javascript:x"]
        {
            assert_eq!(own_path(bad), None, "{bad:?}");
        }
    }
}
