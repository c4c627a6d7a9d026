mod leaving;
mod second_step;
mod surface;

use std::sync::Arc;

use super::model::Session;
use super::ops::register::Application;
use super::ops::sign_in::{Credentials, Effort, Entered, SignedIn};
use super::ops::{self, Visitor};
use super::rules::challenge;
use super::*;
use crate::base::access::Role;
use crate::base::refusal::Outcome;
use crate::base::secret::Entropy;
use crate::base::time::{plus_hours, plus_seconds};
use crate::jobs::Runner;
use crate::site::audit::By;
use crate::site::{Site, SiteParts};
use crate::store::{Catalogue, Dir, ReadExt, Span};

struct NewYork;
impl ZipBook for NewYork {
    fn in_region(&self, zip: &str) -> bool {
        zip.starts_with("10") || zip.starts_with("11")
    }
    fn timezone(&self, _: &str) -> String {
        "America/New_York".into()
    }
    fn city(&self, _: &str) -> String {
        "New York".into()
    }
}

const EMAIL: &str = "ana@mail.example";
const PASSWORD: &str = "four blue herons";

/// A student nobody has stored.
pub fn person(first_name: &str, last_name: &str) -> model::User {
    let now = "2026-03-07T12:00:00Z".parse().unwrap();
    model::User {
        id: crate::base::id::UserId::of_name(first_name),
        email: EMAIL.into(),
        password_hash: String::new(),
        first_name: first_name.into(),
        last_name: last_name.into(),
        phone: None,
        zip_code: "10024".into(),
        timezone: "America/New_York".into(),
        is_active: true,
        status: model::AccountStatus::Active,
        email_verified: true,
        roles: [Role::Student].into(),
        grants: [].into(),
        revokes: [].into(),
        beta: Vec::new(),
        totp_enabled: true,
        passkeys: 0,
        picture_key: None,
        picture_version: 0,
        created_at: now,
        updated_at: now,
    }
}

fn site() -> Site {
    let site = Site::new(SiteParts::at("2026-03-07T12:00:00Z"));
    site.parts.put(crate::web::Limiter::new(crate::web::WindowRule::Shadow));
    site.parts.put(crate::site::Seal::of(&[[7; 32]]).unwrap());
    site.parts.put(Accounts::new(Arc::new(NewYork), &Entropy::seeded(2)).unwrap());
    site
}

fn verify(site: &Site) {
    let mut catalogue = Catalogue::new();
    catalogue.tables.extend(tables());
    catalogue.tables.extend(crate::site::tables());
    catalogue.tables.extend(crate::web::tables());
    assert!(catalogue.verify(&site.store.snapshot().unwrap()).unwrap().wrong.is_empty());
}

fn forward(site: &Site, seconds: i64) {
    assert!(site.clock.advance_to(plus_seconds(site.now(), seconds)));
}

/// The code or token that waits for the mail room.
async fn letter(site: &Site) -> String {
    site.write(|tx| {
        let (id, _) = tx.scan(&super::tables::LETTERS, Span::all(), 1, Dir::Down)?.pop().unwrap();
        Ok(ops::take_letter(tx, id)?.unwrap().secret)
    })
    .await
    .unwrap()
}

fn application(token: Option<String>) -> Application {
    Application {
        email: " Ana@Mail.example ".into(),
        password: PASSWORD.into(),
        first_name: "Ana".into(),
        last_name: "Lima".into(),
        zip_code: "10024".into(),
        phone: Some("212 555 0142".into()),
        timezone: None,
        role: Role::Student,
        email_verification_token: token,
        guest_session_id: None,
        invite_code: None,
        referral_code: None,
    }
}

async fn proven(site: &Site) -> Option<String> {
    ops::email_code::send(site, EMAIL).await.unwrap();
    let code = letter(site).await;
    Some(ops::email_code::verify(site, EMAIL, &code).await.unwrap())
}

async fn joined() -> Site {
    let site = site();
    let token = proven(&site).await;
    ops::register::register(&site, application(token)).await.unwrap();
    site
}

async fn enter(site: &Site, password: &str, effort: Option<Effort>) -> Outcome<SignedIn> {
    let visitor = Visitor { ip: "203.0.113.7".into(), user_agent: "curl/8".into(), ..Visitor::default() };
    let (email, password) = (EMAIL.into(), password.into());
    let given = Credentials { email, password, effort, trusted_device: None, browser: false, visitor };
    match ops::sign_in::sign_in(site, given).await? {
        Entered::Session(signed_in) => Ok(*signed_in),
        Entered::SecondStep { .. } => panic!("a second step was asked for"),
    }
}

#[tokio::test]
async fn joining_takes_a_proven_address_and_tells_nobody_about_taken_ones() {
    let site = site();
    let missing = ops::register::register(&site, application(None)).await.unwrap_err();
    assert_eq!((missing.status, missing.code), (400, "EMAIL_VERIFICATION_REQUIRED"));
    let token = proven(&site).await;
    let outside = Application { zip_code: "90210".into(), ..application(token.clone()) };
    assert_eq!(ops::register::register(&site, outside).await.unwrap_err().code, "ZIP_OUTSIDE_REGION");
    let admin = Application { role: Role::Admin, ..application(token.clone()) };
    assert_eq!(ops::register::register(&site, admin).await.unwrap_err().status, 422);
    ops::register::register(&site, application(token.clone())).await.unwrap();
    let spent = ops::register::register(&site, application(token)).await.unwrap_err();
    assert_eq!(spent.code, "EMAIL_VERIFICATION_INVALID", "a proof works once");
    let again = proven(&site).await;
    ops::register::register(&site, application(again)).await.unwrap();
    let people = site.read(|r| users(r, 10)).unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!((people[0].email.as_str(), people[0].phone.as_deref()), (EMAIL, Some("+12125550142")));
    verify(&site);
}

#[tokio::test]
async fn five_wrong_passwords_lock_even_the_right_one_out() {
    let site = joined().await;
    site.part::<Accounts>().unwrap().switches.set_challenge(false);
    for _ in 0..5 {
        assert_eq!(enter(&site, "wrong wrong", None).await.unwrap_err().code, "AUTH_INVALID_CREDENTIALS");
    }
    assert_eq!(enter(&site, PASSWORD, None).await.unwrap_err().status, 429);
    forward(&site, 30);
    assert!(enter(&site, PASSWORD, None).await.is_ok());
    assert!(enter(&site, "wrong wrong", None).await.is_err());
    assert!(enter(&site, PASSWORD, None).await.is_ok(), "a success clears the count");
}

#[tokio::test]
async fn a_pause_opens_the_door_once_after_three_failures() {
    let site = joined().await;
    for _ in 0..3 {
        assert_eq!(enter(&site, "wrong wrong", None).await.unwrap_err().status, 401);
    }
    assert_eq!(enter(&site, PASSWORD, None).await.unwrap_err().status, 428);
    let note = challenge::pause(&site.part::<Accounts>().unwrap().door_key, EMAIL, site.now());
    let pause = || Some(Effort::Pause(note.clone()));
    assert_eq!(enter(&site, PASSWORD, pause()).await.unwrap_err().status, 400, "too soon");
    forward(&site, challenge::PAUSE_SECONDS);
    assert_eq!(enter(&site, "wrong wrong", pause()).await.unwrap_err().status, 401);
    assert_eq!(enter(&site, PASSWORD, pause()).await.unwrap_err().status, 400, "spent");
}

#[tokio::test]
async fn sessions_end_with_the_password_they_came_from() {
    let site = joined().await;
    let (here, there) = (enter(&site, PASSWORD, None).await.unwrap(), enter(&site, PASSWORD, None).await.unwrap());
    let (user, current) = (here.user.id, here.opened.session.id);
    let actor = actor_of(&here.user, &here.opened.session);
    let change = |old: &'static str, new: &'static str| {
        let (site, actor) = (site.clone(), actor.clone());
        async move { ops::password::change(&site, &actor, By::default(), old, new, true).await }
    };
    assert_eq!(change("not it at all", "seven red kites").await.unwrap_err().code, "CURRENT_PASSWORD_WRONG");
    assert_eq!(change(PASSWORD, "seven red kites").await.err().map(|r| r.code), None);
    let left: Vec<Session> = ops::session::list(&site, user).unwrap();
    assert_eq!(left.iter().map(|s| s.id).collect::<Vec<_>>(), [current]);
    assert_ne!(left[0].token_sha256, here.opened.session.token_sha256, "the current one is rotated");
    assert_ne!(there.opened.session.id, current);
    verify(&site);
}

#[tokio::test]
async fn a_mailed_link_sets_a_password_once_and_within_the_hour() {
    let site = joined().await;
    let user = enter(&site, PASSWORD, None).await.unwrap().user.id;
    ops::password::request_link(&site, "nobody@mail.example").await.unwrap();
    ops::password::request_link(&site, EMAIL).await.unwrap();
    let token = letter(&site).await;
    assert_eq!(ops::password::link_owner(&site, &token).unwrap().as_deref(), Some("an***@mail.example"));
    ops::password::confirm_link(&site, &token, "seven red kites").await.unwrap();
    assert!(ops::session::list(&site, user).unwrap().is_empty());
    assert_eq!(ops::password::confirm_link(&site, &token, "eight red kites").await.unwrap_err().status, 400);
    assert!(enter(&site, "seven red kites", None).await.is_ok());
    ops::password::request_link(&site, EMAIL).await.unwrap();
    let late = letter(&site).await;
    forward(&site, 3600);
    assert_eq!(ops::password::confirm_link(&site, &late, "eight red kites").await.unwrap_err().status, 400);
}

#[tokio::test]
async fn at_most_twenty_sessions_and_old_ones_are_swept() {
    let site = joined().await;
    let first = enter(&site, PASSWORD, None).await.unwrap();
    for _ in 0..20 {
        forward(&site, 1);
        enter(&site, PASSWORD, None).await.unwrap();
    }
    let live = ops::session::list(&site, first.user.id).unwrap();
    assert_eq!(live.len(), 20);
    assert!(live.iter().all(|s| s.id != first.opened.session.id), "the oldest made room");
    let runner = Runner::new(site.clone(), jobs(), vec![]);
    runner.prepare().await.unwrap();
    runner.run_until(plus_hours(site.now(), 14), true).await.unwrap();
    assert!(site.read(|r| super::tables::sessions_of(r, first.user.id)).unwrap().is_empty());
}

#[tokio::test]
async fn the_first_admin_comes_through_a_link_that_works_once() {
    let site = joined().await;
    let token = ops::admin::offer_setup(&site).await.unwrap().unwrap();
    let admin = ops::admin::NewAdmin {
        email: "boss@mail.example".into(),
        password: "a fine long password".into(),
        first_name: "Alex".into(),
        last_name: "Rivera".into(),
    };
    let short = ops::admin::NewAdmin { password: PASSWORD[..14].into(), ..admin.clone() };
    let refused = ops::admin::finish_setup(&site, &token, short, Visitor::default()).await.unwrap_err();
    assert_eq!(refused.code, "PASSWORD_TOO_SHORT");
    ops::admin::finish_setup(&site, &token, admin.clone(), Visitor::default()).await.unwrap();
    let again = ops::admin::finish_setup(&site, &token, admin, Visitor::default()).await.unwrap_err();
    assert_eq!(again.status, 410);
    assert!(ops::admin::offer_setup(&site).await.unwrap().is_none());
}
