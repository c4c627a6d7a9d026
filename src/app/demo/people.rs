//! Puts the people of the demo on the stage: the admin, the students, the instructors with all that makes them live.

use std::sync::Arc;

use super::cast::{ADMIN, Person, cast};
use super::stage::Stage;
use super::teacher::{Plan, outside_id, zip_of};
use crate::accounts::events::UserRegistered;
use crate::accounts::hasher::hash_now;
use crate::accounts::ops::register::{NewPerson, add};
use crate::availability::ops::week::{ApplyRange, Editor, SaveWeek, apply_range, save_week};
use crate::base::access::Role;
use crate::base::id::UserId;
use crate::base::money::Bp;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, Timestamp, monday_of, plus_days, today_in};
use crate::instructors::model::{Areas, Check, CheckStatus, Identity, Payouts, Profile, Step};
use crate::instructors::ops::{create, offerings, revise};
use crate::instructors::tables::AREAS;
use crate::payments;
use crate::places::address::{Label, Wish};
use crate::places::{self, Gazetteer, timezone_of_zip};
use crate::site::Mode;
use crate::site::audit::By;
use crate::store::Tx;

/// One password per role: shown to whoever may see the sandbox, hashed once.
pub const PASSWORDS: [(Role, &str); 3] = [
    (Role::Admin, "keep-the-house-in-order"),
    (Role::Instructor, "teach-what-you-love"),
    (Role::Student, "learn-something-new"),
];
/// The share of a founding instructor's lessons that the platform keeps (rule: 10§2.3).
const FOUNDING_TIER: Bp = Bp(800);

/// The hashes of [`PASSWORDS`].
#[derive(Clone)]
pub struct Hashes(Arc<[(Role, String)]>);

impl Hashes {
    pub fn new() -> Outcome<Self> {
        let hashed = PASSWORDS.iter().map(|(role, password)| Ok((*role, hash_now(password)?)));
        Ok(Self(hashed.collect::<Outcome<Vec<_>>>()?.into()))
    }

    pub fn of(&self, role: Role) -> String {
        self.0.iter().find(|(of, _)| *of == role).map(|(_, hash)| hash.clone()).unwrap_or_default()
    }
}

fn newcomer(person: &Person, email: String, zip: String, role: Role, hashes: &Hashes) -> NewPerson {
    NewPerson {
        email,
        password_hash: hashes.of(role),
        first_name: person.first.to_owned(),
        last_name: person.last.to_owned(),
        phone: None,
        timezone: timezone_of_zip(&zip).to_owned(),
        zip_code: zip,
        role,
    }
}

pub async fn admin(stage: &Stage, hashes: &Hashes) -> Outcome<UserId> {
    join(stage, newcomer(&ADMIN, ADMIN.email(), String::new(), Role::Admin, hashes)).await
}

pub async fn student(stage: &Stage, at: usize, hashes: &Hashes) -> Outcome<UserId> {
    let person = cast().students[at];
    let zip = zip_of(person.home)?;
    let student = join(stage, newcomer(&person, person.email(), zip.clone(), Role::Student, hashes)).await?;
    places::ops::add(&stage.site, student, home(at, zip)).await?;
    Ok(student)
}

/// Where a student has their lessons at home: a street that could be anywhere in the city.
fn home(at: usize, zip: String) -> Wish {
    const STREETS: [&str; 6] = ["Maple St", "Park Pl", "Lincoln Ave", "Church Ave", "Prospect St", "Union St"];
    let text = |words: &str| Some(words.to_owned());
    Wish {
        label: Some(Label::Home),
        street_line1: Some(format!("{} {}", 12 + at * 7 % 240, STREETS[at % STREETS.len()])),
        locality: text(Gazetteer::builtin().city_of_zip(&zip)),
        administrative_area: text("NY"),
        postal_code: Some(zip),
        ..Wish::default()
    }
}

async fn join(stage: &Stage, person: NewPerson) -> Outcome<UserId> {
    stage.site.write(move |tx| registered(tx, &person)).await
}

fn registered(tx: &mut Tx, person: &NewPerson) -> Outcome<UserId> {
    let user = add(tx, person)?;
    tx.emit(&UserRegistered {
        user_id: user.id,
        role: person.role,
        guest_session_id: None,
        invite_code: None,
        referral_code: None,
    })?;
    Ok(user.id)
}

/// Registers an instructor with profile, offerings, areas, account for payouts and hours until `last`.
pub async fn instructor(stage: &Stage, plan: Plan, last: Date, hashes: &Hashes) -> Outcome<UserId> {
    let person = newcomer(&plan.person, plan.email.clone(), plan.zip.clone(), Role::Instructor, hashes);
    let user = stage.site.write(move |tx| registered(tx, &person)).await?;
    let account = if plan.is_live() { Some(onboarded(stage, user).await?) } else { None };
    let zone = stage.site.zone.clone();
    stage
        .site
        .write(move |tx| {
            let mut profile = profile(user, &plan, account.clone(), tx.now());
            offerings::replace(tx, user, &plan.services)?;
            cover(tx, user, &plan)?;
            for step in [Step::Registered, Step::ProfileSubmitted, Step::ServicesConfigured, Step::BgcInitiated] {
                revise::reached(tx, &mut profile, step)?;
            }
            if plan.is_live() {
                for step in [Step::IdentityVerified, Step::BgcCompleted, Step::WentLive] {
                    revise::reached(tx, &mut profile, step)?;
                }
            }
            revise::save(tx, &mut profile, "live")?;
            let monday = monday_of(today_in(tx.now(), &zone));
            publish(tx, user, &plan, monday, last)
        })
        .await?;
    Ok(user)
}

/// Opens an account at Stripe and does there what a person would do.
async fn onboarded(stage: &Stage, user: UserId) -> Outcome<String> {
    let (account, _) = payments::ops::begin_onboarding(&stage.site, user, "/instructor/payouts").await?;
    stage.stand_in.onboard(&account.account_id)?;
    payments::ops::refresh_account(&stage.site, user).await?;
    Ok(account.account_id)
}

/// Where the instructor teaches in person.
pub fn cover(tx: &mut Tx, user: UserId, plan: &Plan) -> Outcome<()> {
    let areas = Areas { neighborhoods: plan.areas.clone(), updated_at: Some(tx.now()) };
    tx.put(&AREAS, &user, &areas)
}

/// The week, repeated from `monday` to `last`.
fn publish(tx: &mut Tx, user: UserId, plan: &Plan, monday: Date, last: Date) -> Outcome<()> {
    let by = By::person(user, Some(Role::Instructor));
    let editor = Editor::of(tx, Mode::Sandbox, tx.now(), user, &by)?;
    let save = SaveWeek {
        week_start: Some(monday),
        windows: plan.week.windows(monday),
        clear_existing: true,
        version: None,
        force: true,
    };
    save_week(tx, &editor, &save)?;
    apply_range(tx, &editor, &ApplyRange { from: monday, start: plus_days(monday, 7), end: last })?;
    Ok(())
}

pub fn profile(user: UserId, plan: &Plan, account: Option<String>, now: Timestamp) -> Profile {
    let live = plan.is_live();
    let founding = plan.founding && live;
    let mut profile = Profile {
        years_experience: plan.years,
        languages: plan.languages.clone(),
        min_advance_booking_hours: plan.notice_hours,
        buffer_time_minutes: plan.buffer_minutes,
        teaching_locations: plan.studio.iter().cloned().collect(),
        public_spaces: plan.meeting_point.iter().cloned().collect(),
        is_live: live,
        onboarding_completed_at: live.then_some(now),
        founding_granted_at: founding.then_some(now),
        identity: Identity {
            session_id: Some(outside_id("vs", &plan.person)),
            verified_at: Some(now),
            verified_last_name: Some(plan.person.last.to_owned()),
            ..Identity::default()
        },
        check: check(plan, now),
        payouts: Payouts { ready: account.is_some(), account_id: account },
        ..create::blank(user, plan.bio.clone(), now)
    };
    if founding {
        profile.current_tier = FOUNDING_TIER;
    }
    profile
}

fn check(plan: &Plan, now: Timestamp) -> Check {
    let passed = plan.check == CheckStatus::Passed;
    let decided = plan.check != CheckStatus::Pending;
    let result = match plan.check {
        CheckStatus::Passed => Some("clear"),
        CheckStatus::Review | CheckStatus::Consider => Some("consider"),
        _ => None,
    };
    Check {
        status: plan.check,
        env: Some("sandbox".into()),
        candidate_id: Some(outside_id("cand", &plan.person)),
        invitation_id: Some(outside_id("inv", &plan.person)),
        report_id: Some(outside_id("rep", &plan.person)),
        report_result: result.map(str::to_owned),
        consented_at: Some(now),
        invited_at: Some(now),
        completed_at: decided.then_some(now),
        valid_until: passed.then(|| crate::base::time::plus_hours(now, 365 * 24)),
        ..Check::default()
    }
}

/// The instructor's local day of an instant, which is the marketplace's: the cast lives in one city.
pub fn day_of(stage: &Stage, at: Timestamp) -> Date {
    today_in(at, &stage.site.zone)
}
