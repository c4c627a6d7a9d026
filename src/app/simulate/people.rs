//! Who lives in a simulated marketplace: students with good and bad cards, instructors in three zones, an admin.

use crate::accounts::ops::register::{NewPerson, add};
use crate::app::demo::dice::Dice;
use crate::availability::ops::blackouts::{self, NewBlackout};
use crate::availability::ops::calendar_of;
use crate::availability::ops::week::{ApplyRange, Editor, SaveWeek, apply_range, save_week};
use crate::availability::rules::bits::Tag;
use crate::availability::rules::week::Wanted;
use crate::base::access::Role;
use crate::base::id::{OfferingId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Date, WallTime, monday_of, plus_days, plus_hours, today_in};
use crate::catalog::catalogue;
use crate::instructors::model::{CheckStatus, Level, Offering, Terms};
use crate::instructors::ops::create::create_for_new_user;
use crate::instructors::ops::revise::revise;
use crate::instructors::tables::OFFERINGS;
use crate::outside::sandbox::stripe::StandIn;
use crate::payments;
use crate::places::Gazetteer;
use crate::site::audit::By;
use crate::site::{Mode, Site};
use crate::store::Tx;

const STUDENTS: usize = 5;
/// Weeks that are published ahead: more than the longest run and the quiet time after it.
const WEEKS: i64 = 20;
const ZONES: [&str; 5] =
    ["America/New_York", "Europe/London", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata"];

#[derive(Clone, Debug)]
pub(super) struct Teacher {
    pub id: UserId,
    /// What can be booked, and last what no longer can.
    pub offerings: Vec<OfferingId>,
    pub zone: &'static str,
    pub buffer_minutes: i64,
    pub account: String,
}

#[derive(Clone, Debug, Default)]
pub(super) struct People {
    pub students: Vec<UserId>,
    pub teachers: Vec<Teacher>,
    pub admin: Option<UserId>,
}

pub(super) async fn move_in(site: &Site, stand_in: &StandIn, seed: u64) -> Outcome<People> {
    let mut dice = Dice::of(&format!("people {seed}"));
    let mut people = People::default();
    for n in 0..STUDENTS {
        people.students.push(join(site, &format!("student{n}"), Role::Student, "America/New_York").await?);
    }
    people.admin = Some(join(site, "admin", Role::Admin, "America/New_York").await?);
    for n in 0..3 {
        let zone = if n == 0 { ZONES[0] } else { dice.one(ZONES) };
        people.teachers.push(teacher(site, stand_in, n, zone, &mut dice).await?);
    }
    Ok(people)
}

async fn join(site: &Site, name: &str, role: Role, zone: &str) -> Outcome<UserId> {
    let person = NewPerson {
        email: format!("{name}@simulated.example"),
        // Nobody signs in here, so nobody waits for a hash.
        password_hash: String::new(),
        first_name: name.to_owned(),
        last_name: "Simulated".to_owned(),
        phone: None,
        zip_code: "10024".to_owned(),
        timezone: zone.to_owned(),
        role,
    };
    site.write(move |tx| Ok(add(tx, &person)?.id)).await
}

async fn teacher(site: &Site, stand_in: &StandIn, n: usize, zone: &'static str, dice: &mut Dice) -> Outcome<Teacher> {
    let id = join(site, &format!("teacher{n}"), Role::Instructor, zone).await?;
    let (notice, buffer) = (dice.one([0, 1, 1, 2]), dice.one([0, 10, 15, 30]));
    let rates: Vec<Cents> = (0..3).map(|_| Cents(dice.between(8000, 18_000))).collect();
    let founding = n == 1 && dice.chance(50);
    let offerings = site
        .write(move |tx| {
            let user = crate::accounts::must_user(tx, id)?;
            create_for_new_user(tx, &user, "New York", &Gazetteer::builtin())?;
            let now = tx.now();
            revise(tx, id, "live", |profile| {
                profile.min_advance_booking_hours = notice;
                profile.buffer_time_minutes = buffer;
                profile.check.status = CheckStatus::Passed;
                profile.check.valid_until = Some(plus_hours(now, 24 * 700));
                profile.is_live = true;
                if founding {
                    profile.founding_granted_at = Some(now);
                    profile.current_tier = Bp(800);
                }
                Ok(())
            })?;
            publish(tx, id, n)?;
            rates.iter().enumerate().map(|(at, rate)| offering(tx, id, at, *rate)).collect::<Outcome<Vec<_>>>()
        })
        .await?;
    let (account, _) = payments::ops::begin_onboarding(site, id, "/").await?;
    let account = account.account_id;
    // The third one has not filled in everything Stripe asks for yet.
    if n < 2 {
        stand_in.onboard(&account)?;
        payments::ops::refresh_account(site, id).await?;
    }
    Ok(Teacher { id, offerings, zone, buffer_minutes: i64::from(buffer), account })
}

fn offering(tx: &mut Tx, instructor_id: UserId, at: usize, rate: Cents) -> Outcome<OfferingId> {
    const LESSONS: [&str; 3] = ["Piano", "Guitar", "Spanish"];
    let service = catalogue().service_by_name(LESSONS[at]).ok_or_else(|| Refusal::internal("no such lesson"))?;
    let now = tx.now();
    let offering = Offering {
        id: tx.new_id(),
        instructor_id,
        service_id: service.id,
        terms: Terms {
            hourly_rate: rate,
            format_rates: Default::default(),
            description: None,
            requirements: None,
            durations: vec![30, 60, 90, 240],
            places: vec![Place::StudentHome, Place::Remote, Place::Neutral],
            levels: Level::ALL.into(),
            age_groups: Default::default(),
            equipment: Vec::new(),
        },
        position: at as u32,
        is_active: at < 2,
        created_at: now,
        updated_at: now,
    };
    tx.put(&OFFERINGS, &offering.id, &offering)?;
    Ok(offering.id)
}

/// From five to midnight every day, an hour of it online only; one day of each month off.
fn publish(tx: &mut Tx, id: UserId, n: usize) -> Outcome<()> {
    let by = By::person(id, Some(Role::Instructor));
    let editor = Editor::of(tx, Mode::Sandbox, tx.now(), id, &by)?;
    let calendar = calendar_of(tx, id)?;
    let today = today_in(tx.now(), &calendar.zone);
    let monday = monday_of(today);
    let windows = (0..7).flat_map(|day| hours(plus_days(monday, day))).collect();
    let save = SaveWeek { week_start: Some(monday), windows, clear_existing: true, version: None, force: true };
    save_week(tx, &editor, &save)?;
    let (start, end) = (plus_days(monday, 7), plus_days(monday, 7 * WEEKS));
    apply_range(tx, &editor, &ApplyRange { from: monday, start, end })?;
    let off = NewBlackout { date: plus_days(today, 3 + n as i64), end_date: None, reason: None };
    blackouts::add(tx, &by, id, &calendar, &off).map(drop)
}

fn hours(date: Date) -> [Wanted; 3] {
    let at = |hour: i64| WallTime::clamped(hour * 60);
    let window = |from, to, tag| Wanted { date, start: at(from), end: at(to), tag };
    [window(5, 14, Tag::Any), window(14, 15, Tag::OnlineOnly), window(15, 24, Tag::Any)]
}
