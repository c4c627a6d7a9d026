//! Teaching, from the first save to being shown, against a store in memory.

use std::collections::BTreeMap;

use super::Instructors;
use super::events::InstructorChanged;
use super::ops::{areas as areas_op, create, drop, live, offerings, read, revise, update};
use super::rules::offering::Wish;
use super::rules::profile::{Changes, judge};
use super::tables::{self, tables};
use crate::accounts::ops::register::{NewPerson, add};
use crate::accounts::{model::User, must_user};
use crate::base::access::Role;
use crate::base::id::{NeighborhoodId, ServiceId, UserId};
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::base::time::plus_hours;
use crate::places::Gazetteer;
use crate::site::{Site, SiteParts};
use crate::store::{Catalogue, ReadExt, journal};

fn site() -> Site {
    let site = Site::new(SiteParts::at("2026-03-07T12:00:00Z"));
    site.parts.put(Instructors::default());
    site.parts.put(Gazetteer::read(crate::places::rules::pack::NEW_YORK).unwrap());
    site
}

async fn person(site: &Site, first: &str, role: Role) -> User {
    let new = NewPerson {
        email: format!("{first}@mail.example").to_lowercase(),
        password_hash: String::new(),
        first_name: first.into(),
        last_name: "Chen".into(),
        phone: None,
        zip_code: "10025".into(),
        timezone: "America/New_York".into(),
        role,
    };
    site.write(move |tx| add(tx, &new)).await.unwrap()
}

async fn instructor(site: &Site) -> UserId {
    let user = person(site, "Sarah", Role::Instructor).await;
    let id = user.id;
    let gazetteer = site.part::<Gazetteer>().unwrap();
    site.write(move |tx| create::create_for_new_user(tx, &user, "New York", &gazetteer)).await.unwrap();
    id
}

fn service(slug: &str) -> ServiceId {
    crate::catalog::catalogue().service_by_slug(slug).expect("in the catalogue").id
}

fn wish(cents: i64, places: &[Place], minutes: &[u16]) -> Wish {
    Wish {
        at: String::new(),
        hourly_rate: Some(Cents(cents)),
        format_rates: BTreeMap::new(),
        description: None,
        requirements: None,
        durations: Some(minutes.to_vec()),
        places: places.to_vec(),
        levels: None,
        age_groups: None,
        equipment: Vec::new(),
    }
}

fn piano(cents: i64) -> offerings::Judged {
    offerings::judged(service("piano"), &wish(cents, &[Place::StudentHome], &[60, 30])).unwrap()
}

fn verify(site: &Site) {
    let mut catalogue = Catalogue::new();
    catalogue.tables.extend(tables());
    catalogue.tables.extend(crate::accounts::tables());
    let found = catalogue.verify(&site.store.snapshot().unwrap()).unwrap();
    assert!(found.wrong.is_empty(), "{:?}", found.wrong);
}

/// rule: 20§2 Register: an instructor's profile and first area; rule: 00§4 New instructor profile.
#[tokio::test]
async fn joining_brings_a_profile() {
    let site = site();
    let id = instructor(&site).await;
    let gazetteer = site.part::<Gazetteer>().unwrap();
    let facts = site.read(|r| read::facts(&site, r, id, None)).unwrap();
    let view = facts.own_view(&gazetteer, site.now());
    assert_eq!(facts.profile.bio, "Sarah is a New York-based instructor.");
    assert_eq!((view.profile.min_advance_booking_hours, view.profile.buffer_time_minutes), (1, 15));
    assert_eq!(view.profile.service_area_summary, "Manhattan");
    assert_eq!(view.profile.service_area_neighborhoods[0].name, "Upper West Side-Manhattan Valley");
    assert_eq!(view.missing, ["skills", "identity", "stripe_connect", "background_check"]);
    assert_eq!(view.profile.user.last_initial, "C");
    assert!(site.read(|r| read::visible(&site, r, id, None)).is_err_and(|e| e.status == 404));
    verify(&site);
}

/// rule: 00§4 Price floor, rule: 10§2.1 Floor.
#[tokio::test]
async fn nothing_is_saved_below_the_floor() {
    let site = site();
    let id = instructor(&site).await;
    for (cents, places, minutes, fits) in [
        (8000, vec![Place::StudentHome], vec![60], true),
        (7999, vec![Place::StudentHome], vec![60], false),
        (6000, vec![Place::Remote], vec![30, 60, 90], true),
        (5999, vec![Place::Remote], vec![60], false),
        (6000, vec![Place::Remote, Place::InstructorLocation], vec![60], false),
        (7999, vec![Place::Neutral], vec![45], false),
    ] {
        let judged = offerings::judged(service("violin"), &wish(cents, &places, &minutes)).unwrap();
        let result = update::update(&site, id, Default::default(), Some(vec![judged])).await;
        match result {
            Ok(()) => assert!(fits, "{cents} {places:?}"),
            Err(e) => assert_eq!((fits, e.code), (false, "PRICE_BELOW_FLOOR"), "{cents} {places:?}"),
        }
    }
    let mut cheaper_online = wish(9000, &[Place::StudentHome, Place::Remote], &[60]);
    cheaper_online.format_rates.insert(Place::Remote, Cents(5000));
    let judged = offerings::judged(service("violin"), &cheaper_online).unwrap();
    let refused = offerings::add(&site, instructor_other(&site).await, judged).await.unwrap_err();
    assert_eq!((refused.code, refused.details.unwrap()["modality"].as_str()), ("PRICE_BELOW_FLOOR", Some("remote")));
    verify(&site);
}

async fn instructor_other(site: &Site) -> UserId {
    let user = person(site, "Amara", Role::Instructor).await;
    let id = user.id;
    let gazetteer = site.part::<Gazetteer>().unwrap();
    site.write(move |tx| create::create_for_new_user(tx, &user, "New York", &gazetteer)).await.unwrap();
    id
}

#[test]
fn input_is_judged() {
    for (cents, minutes, field) in [
        (0, vec![60], "hourly_rate_cents"),
        (-1, vec![60], "hourly_rate_cents"),
        (100_001, vec![60], "hourly_rate_cents"),
        (9000, vec![29], "duration_options"),
        (9000, vec![241], "duration_options"),
        (9000, vec![], "duration_options"),
    ] {
        let refused = offerings::judged(service("piano"), &wish(cents, &[Place::Remote], &minutes)).unwrap_err();
        assert_eq!((refused.status, refused.errors[0].field.as_str()), (422, field));
    }
    assert!(offerings::judged(service("piano"), &wish(9000, &[], &[60])).is_err());
    assert!(
        offerings::judged(ServiceId::of_name("no such thing"), &wish(9000, &[Place::Remote], &[60]))
            .is_err_and(|e| e.status == 404)
    );
    let bio = |text: &str| judge(&Changes { bio: Some(text.into()), ..Changes::default() });
    assert!(bio("too short").is_err() && bio(&"x".repeat(1001)).is_err() && bio("just enough").is_ok());
    let years = |n| judge(&Changes { years_experience: Some(n), ..Changes::default() });
    assert!(years(-1).is_err() && years(51).is_err() && years(50).is_ok());
    let languages =
        Changes { languages: Some(vec!["english".into(), "English".into(), "mandarin".into()]), ..Changes::default() };
    assert_eq!(judge(&languages).unwrap().languages.unwrap(), ["English", "Mandarin"]);
}

/// rule: 00§7 PUT /instructors/me: the set is replaced, ids last.
#[tokio::test]
async fn services_come_and_go_under_one_id() {
    let site = site();
    let id = instructor(&site).await;
    let first = offerings::add(&site, id, piano(9000)).await.unwrap();
    assert_eq!(offerings::add(&site, id, piano(9500)).await.unwrap_err().code, "SERVICE_ALREADY_OFFERED");
    let violin = offerings::judged(service("violin"), &wish(8500, &[Place::StudentHome], &[60])).unwrap();
    update::update(&site, id, Default::default(), Some(vec![violin])).await.unwrap();
    let all = site.read(|r| super::offerings_of(r, id)).unwrap();
    let seen: Vec<_> = all.iter().map(|o| (o.service_id, o.is_active)).collect();
    assert_eq!(seen, [(service("violin"), true), (service("piano"), false)]);
    let again = offerings::add(&site, id, piano(9500)).await.unwrap();
    assert_eq!((again.id, again.terms.hourly_rate), (first.id, Cents(9500)));
    let twice = update::update(&site, id, Default::default(), Some(vec![piano(9000), piano(9000)])).await;
    assert_eq!(twice.unwrap_err().status, 422);
    let events = site.read(|r| journal::events_after(r, 0, 100)).unwrap();
    let services = events.iter().filter_map(|e| e.decode::<InstructorChanged>()).filter(|e| e.what == "services");
    assert_eq!(services.count(), 3);
    verify(&site);
}

/// rule: 20§8 Go-live, and Public = live ∧ valid pass ∧ active account.
#[tokio::test]
async fn going_live_and_falling_back() {
    let site = site();
    let id = instructor(&site).await;
    let refused = live::go_live(&site, id).await.unwrap_err();
    assert_eq!((refused.status, refused.code), (400, "GO_LIVE_PREREQUISITES"));
    assert_eq!(refused.details.unwrap()["missing"][0], "skills");
    offerings::add(&site, id, piano(9000)).await.unwrap();
    let valid_until = plus_hours(site.now(), 24);
    site.write(move |tx| {
        revise::revise(tx, id, "trust", |p| {
            p.identity.verified_at = Some(valid_until);
            p.identity.name_mismatch = true;
            p.payouts.ready = true;
            p.check.valid_until = Some(valid_until);
            Ok(())
        })
    })
    .await
    .unwrap();
    assert_eq!(live::go_live(&site, id).await.unwrap_err().code, "name_mismatch_block");
    site.write(move |tx| {
        revise::revise(tx, id, "trust", |p| {
            p.identity.name_mismatch = false;
            Ok(())
        })
    })
    .await
    .unwrap();
    live::go_live(&site, id).await.unwrap();
    live::go_live(&site, id).await.unwrap();
    assert!(site.read(|r| read::visible(&site, r, id, None)).is_ok());
    let listed = |now| site.read(|r| read::list(r, service("piano"), &read::Narrow::default(), now)).unwrap();
    assert_eq!(listed(site.now()), [id]);
    assert!(listed(valid_until).is_empty());
    let dear = read::Narrow { min_price: Some(Cents(9001)), ..read::Narrow::default() };
    assert!(site.read(|r| read::list(r, service("piano"), &dear, site.now())).unwrap().is_empty());
    assert!(site.clock.advance_to(plus_hours(valid_until, 1)));
    update::update(&site, id, Default::default(), None).await.unwrap();
    assert!(!site.read(|r| super::must_profile(r, id)).unwrap().is_live, "a save keeps live ⇒ valid");
    verify(&site);
}

/// rule: 20§6 service areas.
#[tokio::test]
async fn areas_are_replaced_whole() {
    let site = site();
    let id = instructor(&site).await;
    let nbhd = NeighborhoodId::of_name;
    let saved = areas_op::replace(&site, id, vec![nbhd("BK0602"), nbhd("QN0101"), nbhd("BK0602")]).await.unwrap();
    assert_eq!(saved.neighborhoods, [nbhd("BK0602"), nbhd("QN0101")]);
    for wrong in [vec![], vec![nbhd("XX0000")], vec![nbhd("MN6491")]] {
        assert_eq!(areas_op::replace(&site, id, wrong).await.unwrap_err().status, 422);
    }
    let gazetteer = site.part::<Gazetteer>().unwrap();
    let view = site.read(|r| read::facts(&site, r, id, None)).unwrap().public_view(&gazetteer, site.now());
    assert_eq!(view.service_area_summary, "Brooklyn, Queens");
}

/// rule: 00§7 POST /instructors/me: a student takes up teaching, and gives it up again.
#[tokio::test]
async fn roles_follow_the_profile() {
    let site = site();
    let emma = person(&site, "Emma", Role::Student).await.id;
    let about =
        judge(&Changes { bio: Some("I teach the cello.".into()), years_experience: Some(3), ..Changes::default() });
    let new = create::NewProfile { about: about.unwrap(), services: vec![piano(9000)] };
    create::create_own(&site, emma, new.clone()).await.unwrap();
    let roles = |id| site.read(|r| Ok(must_user(r, id)?.roles)).unwrap().into_iter().collect::<Vec<_>>();
    assert_eq!(roles(emma), [Role::Instructor]);
    assert_eq!(create::create_own(&site, emma, new.clone()).await.unwrap_err().code, "PROFILE_EXISTS");
    drop::drop_own(&site, emma).await.unwrap();
    assert_eq!(roles(emma), [Role::Student]);
    assert!(site.read(|r| r.has(&tables::PROFILES, &emma)).is_ok_and(|has| !has));
    assert!(site.read(|r| super::active_offerings_of(r, emma)).unwrap().is_empty());
    site.parts.put(Instructors::default().with_lessons_ahead(|_, _, _| Ok(1)));
    let refused = create::create_own(&site, emma, new).await.unwrap_err();
    assert_eq!((refused.status, refused.code), (409, "HAS_FUTURE_BOOKINGS"));
    verify(&site);
}
