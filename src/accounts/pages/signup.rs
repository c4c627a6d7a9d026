//! Joining in three steps: address, code, the rest. What was said so far travels in a cookie of this browser, so the
//! steps are plain pages and nothing is stored for people who turn back. Answers are the same for taken addresses.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::login::show_password;
use super::{Refused, correctable, home_of, own_path, with_cookie};
use crate::accounts::api::{device_cookie, visitor};
use crate::accounts::ops::register::Application;
use crate::accounts::ops::sign_in::{Credentials, Entered};
use crate::accounts::ops::{self};
use crate::accounts::rules::{email_code, person};
use crate::base::access::Role;
use crate::base::refusal::{Mistakes, Refusal};
use crate::site::Site;
use crate::site::settings::launch;
use crate::web::components::{Button, Choice, Field, Pick, Tone, button, field, notice, picks, post_button, steps};
use crate::web::{
    Answer, Chrome, ClientIp, Form, Head, Params, cookie, guest_id, is_secure, page, see_other, session_cookie,
};

const COOKIE: &str = "joining";
const COOKIE_SECONDS: u32 = 1800;

/// What this browser has said so far.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Joining {
    email: String,
    /// Proof of the address, once the code was right.
    token: String,
    role: String,
    redirect: String,
    invite_code: String,
    r#ref: String,
}

impl Joining {
    fn of(headers: &HeaderMap) -> Self {
        cookie(headers, COOKIE)
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    fn cookie(&self, site: &Site) -> HeaderValue {
        let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default());
        set_cookie(site, &text, COOKIE_SECONDS)
    }

    fn role(&self) -> Role {
        if self.role == "instructor" { Role::Instructor } else { Role::Student }
    }
}

fn set_cookie(site: &Site, text: &str, seconds: u32) -> HeaderValue {
    let secure = if is_secure(site) { "; Secure" } else { "" };
    let line = format!("{COOKIE}={text}; Path=/signup; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static(""))
}

/// Step one. The address may be asked for again at any time; links bring role, invitation and way back.
pub(super) async fn show_email(
    State(site): State<Site>,
    chrome: Chrome,
    headers: HeaderMap,
    Params(asked): Params<Joining>,
) -> Answer<Response> {
    let known = Joining::of(&headers);
    let or = |new: String, old: String| if new.is_empty() { old } else { new };
    let view = Joining {
        email: known.email,
        token: String::new(),
        role: or(asked.role, known.role),
        redirect: or(asked.redirect, known.redirect),
        invite_code: or(asked.invite_code, known.invite_code),
        r#ref: or(asked.r#ref, known.r#ref),
    };
    let launch = site.read(launch)?;
    // While only instructors come, students are told so before they type anything. // rule: 50§0 launch gating
    if view.role() != Role::Instructor && !launch.students_may_sign_up() && view.r#ref.is_empty() {
        return Ok(see_other("/instructor/join"));
    }
    let refused = Refused::default();
    Ok(refused.answer(email_page(&chrome, &view, &refused)))
}

pub(super) async fn send_code(
    State(site): State<Site>,
    chrome: Chrome,
    Form(mut given): Form<Joining>,
) -> Answer<Response> {
    given.token.clear();
    match send(&site, &mut given).await {
        Ok(()) => Ok(with_cookie(see_other("/signup/code"), given.cookie(&site))),
        Err(refusal) => {
            let refused = correctable(refusal)?;
            Ok(refused.answer(email_page(&chrome, &given, &refused)))
        }
    }
}

async fn send(site: &Site, given: &mut Joining) -> Result<(), Refusal> {
    given.email = person::email(&given.email)?;
    ops::email_code::send(site, &given.email).await
}

pub(super) async fn send_again(State(site): State<Site>, chrome: Chrome, headers: HeaderMap) -> Answer<Response> {
    let mut joining = Joining::of(&headers);
    match send(&site, &mut joining).await {
        Ok(()) => Ok(see_other("/signup/code")),
        Err(refusal) => {
            let refused = correctable(refusal)?;
            Ok(refused.answer(code_page(&site, &chrome, &joining, &refused)?))
        }
    }
}

pub(super) async fn show_code(State(site): State<Site>, chrome: Chrome, headers: HeaderMap) -> Answer<Response> {
    let joining = Joining::of(&headers);
    if joining.email.is_empty() {
        return Ok(see_other("/signup"));
    }
    let refused = Refused::default();
    Ok(refused.answer(code_page(&site, &chrome, &joining, &refused)?))
}

#[derive(Deserialize)]
pub(super) struct CodeInput {
    code: String,
}

pub(super) async fn check_code(
    State(site): State<Site>,
    chrome: Chrome,
    headers: HeaderMap,
    Form(input): Form<CodeInput>,
) -> Answer<Response> {
    let mut joining = Joining::of(&headers);
    if joining.email.is_empty() {
        return Ok(see_other("/signup"));
    }
    let digits: String = input.code.chars().filter(char::is_ascii_digit).collect();
    match ops::email_code::verify(&site, &joining.email, &digits).await {
        Ok(token) => {
            joining.token = token;
            Ok(with_cookie(see_other("/signup/details"), joining.cookie(&site)))
        }
        Err(refusal) => {
            let refused = correctable(refusal)?;
            Ok(refused.answer(code_page(&site, &chrome, &joining, &refused)?))
        }
    }
}

pub(super) async fn show_details(State(site): State<Site>, chrome: Chrome, headers: HeaderMap) -> Answer<Response> {
    let joining = Joining::of(&headers);
    if joining.token.is_empty() {
        return Ok(see_other("/signup"));
    }
    let refused = Refused::default();
    Ok(refused.answer(details_page(&site, &chrome, &joining, &Details::default(), &refused)?))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Details {
    first_name: String,
    last_name: String,
    phone: String,
    zip_code: String,
    password: String,
    password_again: String,
}

pub(super) async fn join(
    State(site): State<Site>,
    chrome: Chrome,
    ip: ClientIp,
    headers: HeaderMap,
    Form(details): Form<Details>,
) -> Answer<Response> {
    let joining = Joining::of(&headers);
    if joining.token.is_empty() {
        return Ok(see_other("/signup"));
    }
    if let Err(refusal) = register(&site, &joining, &details, guest_id(&headers)).await {
        let refused = correctable(refusal)?;
        return Ok(refused.answer(details_page(&site, &chrome, &joining, &details, &refused)?));
    }
    let done = |on: &str| with_cookie(see_other(on), set_cookie(&site, "", 0));
    let visitor = visitor(ip, &headers);
    let (email, password) = (joining.email.clone(), details.password);
    let given = Credentials { email, password, effort: None, trusted_device: None, browser: true, visitor };
    // Somebody else's address: its owner was written to, and the password given here does not open it.
    let Ok(Entered::Session(signed_in)) = ops::sign_in::sign_in(&site, given).await else {
        return Ok(done("/login?done=joined"));
    };
    let first = match joining.role() {
        Role::Instructor => "/instructor/onboarding/welcome",
        other => home_of(other),
    };
    let on = own_path(&joining.redirect).unwrap_or(first);
    let on = with_cookie(done(on), session_cookie(&site, &signed_in.opened.token));
    Ok(with_cookie(on, device_cookie(&site, &signed_in.user.email)?))
}

async fn register(
    site: &Site,
    joining: &Joining,
    details: &Details,
    guest_session_id: Option<String>,
) -> Result<(), Refusal> {
    let given = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    let application = Application {
        email: joining.email.clone(),
        password: details.password.clone(),
        first_name: details.first_name.clone(),
        last_name: details.last_name.clone(),
        zip_code: details.zip_code.clone(),
        phone: given(&details.phone),
        timezone: None,
        role: joining.role(),
        email_verification_token: given(&joining.token),
        guest_session_id,
        invite_code: given(&joining.invite_code),
        referral_code: given(&joining.r#ref),
    };
    if details.password != details.password_again {
        let mut wrong = Mistakes::default();
        wrong.note(ops::register::look_over(site, &application));
        wrong.note::<()>(Err(Refusal::invalid("password_again", "This is not the same as above.")));
        return wrong.or(None);
    }
    ops::register::register(site, application).await
}

fn frame(chrome: &Chrome, at: usize, body: Markup) -> Markup {
    let list = [("E-mail", Some("/signup")), ("Code", Some("/signup/code")), ("About you", None)];
    let head =
        Head { description: "Create an account to book a lesson or to teach.".into(), ..Head::from("Create account") };
    page(
        chrome,
        head,
        html! {
            div.wrap { div.narrow.stack {
                h1 { "Create account" }
                (steps("Steps to an account", &list, at))
                (body)
            } }
        },
    )
}

fn email_page(chrome: &Chrome, view: &Joining, refused: &Refused) -> Markup {
    let email = Field {
        name: "email",
        label: "E-mail",
        kind: "email",
        value: &view.email,
        hint: "We send a six-digit code to it.",
        error: refused.at("email", "email"),
        autocomplete: "email",
        required: true,
        maxlength: Some(254),
        ..Field::default()
    };
    let role = Field { name: "role", label: "What brings you here?", ..Field::default() };
    let teaches = view.role() == Role::Instructor;
    let choices =
        [Choice::new("student", "I want to learn", !teaches), Choice::new("instructor", "I want to teach", teaches)];
    let hidden = [("redirect", &view.redirect), ("invite_code", &view.invite_code), ("ref", &view.r#ref)];
    let login = match own_path(&view.redirect) {
        Some(on) => format!("/login?{}", serde_urlencoded::to_string([("redirect", on)]).unwrap_or_default()),
        None => "/login".to_owned(),
    };
    frame(
        chrome,
        0,
        html! {
            (refused.summary("email", "Nothing was sent yet."))
            form.stack method="post" action="/signup" {
                @for (name, value) in hidden { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
                (field(&email))
                (picks(Pick::One, &role, &choices))
                (button(&Button::primary("Send me a code").wide().busy("Sending…")))
            }
            p { "You have an account? " a href=(login) { "Sign in" } }
        },
    )
}

fn code_page(site: &Site, chrome: &Chrome, joining: &Joining, refused: &Refused) -> Result<Markup, Refusal> {
    let code = Field {
        name: "code",
        label: "Six-digit code",
        inputmode: "numeric",
        autocomplete: "one-time-code",
        error: refused.at("code", "code"),
        class: "in--code",
        required: true,
        maxlength: Some(12),
        ..Field::default()
    };
    let peeked = ops::email_code::sandbox_code(site, &joining.email)?;
    let minutes = email_code::CODE_SECONDS / 60;
    Ok(frame(
        chrome,
        1,
        html! {
            p { "We sent a code to " b { (joining.email) } ". It works for " (minutes) " minutes." }
            @if let Some(peeked) = &peeked {
                (notice(Tone::Info, html! { "Sandbox: your code is " b.fig { (peeked) } ". No mail leaves this machine." }))
            }
            (refused.summary("code", "Your e-mail address is kept."))
            form.stack method="post" action="/signup/code" {
                (field(&code))
                (button(&Button::primary("Check the code").wide().busy("Checking…")))
            }
            div.row {
                (post_button("/signup/code/again", &[], &Button::link("Send a new code")))
                a href="/signup" { "Use another address" }
            }
        },
    ))
}

fn details_page(
    site: &Site,
    chrome: &Chrome,
    joining: &Joining,
    details: &Details,
    refused: &Refused,
) -> Result<Markup, Refusal> {
    let text = |name, label, value, autocomplete| Field {
        name,
        label,
        value,
        autocomplete,
        error: refused.at(name, "password"),
        required: true,
        maxlength: Some(50),
        ..Field::default()
    };
    let first = text("first_name", "First name", &details.first_name, "given-name");
    let last = Field {
        hint: "Others only see its first letter.",
        ..text("last_name", "Last name", &details.last_name, "family-name")
    };
    let zip_hint = format!("Lessons take place in {} for now.", chrome.city);
    let zip = Field {
        inputmode: "numeric",
        maxlength: Some(5),
        hint: &zip_hint,
        ..text("zip_code", "ZIP code", &details.zip_code, "postal-code")
    };
    let phone = Field {
        kind: "tel",
        required: false,
        optional: true,
        maxlength: Some(30),
        ..text("phone", "Phone", &details.phone, "tel")
    };
    let least = ops::settings::joining(site)?.password_min;
    let password_hint = format!("At least {least} characters; a few words in a row are easy to keep in mind.");
    let password = Field {
        kind: "password",
        hint: &password_hint,
        maxlength: Some(512),
        ..text("password", "Password", "", "new-password")
    };
    let again = Field {
        hint: "",
        ..Field {
            name: "password_again",
            label: "The same password again",
            error: refused.at("password_again", ""),
            ..password
        }
    };
    Ok(frame(
        chrome,
        2,
        html! {
            p { b { (joining.email) } " is proven to be yours." }
            (refused.summary("password", "What you typed is kept, except the password."))
            form.stack method="post" action="/signup/details" {
                (field(&first)) (field(&last)) (field(&zip)) (field(&phone))
                (field(&password)) (field(&again))
                (show_password("#password, #password_again"))
                p.small.muted {
                    "By creating an account you agree to the " a href="/terms" { "terms" } " and the "
                    a href="/privacy" { "privacy notice" } "."
                }
                (button(&Button::primary("Create account").wide().busy("Creating…")))
            }
        },
    ))
}
