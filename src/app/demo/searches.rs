//! What the demo's people search for: known wishes over and over, some that rise, some that nobody fulfils, and words that
//! nobody wrote down. Written through the log itself, so every figure of the console adds up.

use super::dice::Dice;
use super::lessons::{Act, Agenda, Company};
use super::stage::Stage;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_hours, plus_minutes};
use crate::instructors;
use crate::instructors::tables::offerings_for;
use crate::search::history::{Kind, normal};
use crate::search::log::{self, Act as Deed, Action, Candidate, LogRow};
use crate::search::visitor::{Guest, Visitor, net};
use crate::search::{Understood, demand, knowledge};
use crate::store::{Read, Tx};

const DAYS: i64 = 30;
/// Searches on one of those days.
const A_DAY: i64 = 9;
/// Browsers without an account.
const BROWSERS: usize = 30;

/// Sentences with how often they are drawn.
const WISHES: [(&str, u32); 22] = [
    ("piano lessons for my daughter", 9),
    ("piano on the upper west side", 8),
    ("guitar for beginners in brooklyn", 7),
    ("math tutor after school", 7),
    ("sat prep online", 6),
    ("spanish conversation", 6),
    ("violin teacher", 5),
    ("swimming for kids", 5),
    ("yoga at home on sunday", 4),
    ("drawing class for teens", 4),
    ("voice lessons in harlem", 4),
    ("chess for a 9 year old", 4),
    ("japanese in astoria", 4),
    ("ballet under $100", 3),
    ("python tutor this evening", 3),
    ("tennis tomorrow after 5pm", 3),
    ("harp on staten island", 3),
    ("oboe in the bronx", 2),
    ("piano near the old cannery", 3),
    ("guitar near the old cannery", 2),
    ("ceramics wheel after work", 2),
    ("calculus help tonight", 3),
];
/// Wanted more and more during the last week.
const RISING: [&str; 3] = ["pickleball", "pickleball for adults", "pottery on saturday"];
/// Words nobody wrote down, and what people turned to when they found nobody.
const TURNED: [(&str, &str, usize); 2] =
    [("ebony ivory sessions", "piano lessons", 6), ("zither tabla jam", "guitar lessons", 3)];
/// Where the person at this place in the roster waits for somebody.
const WAITING: [(usize, &str); 3] =
    [(0, "harp in astoria on sunday morning"), (1, "oboe in the bronx under $70"), (4, "cello at home in riverdale")];

/// One search of the play.
#[derive(Clone, Debug)]
pub struct Search {
    query: &'static str,
    who: Searcher,
    /// Whether a result is opened.
    opens: bool,
    number: u64,
}

#[derive(Clone, Copy, Debug)]
enum Searcher {
    Student(usize),
    Browser(usize),
}

/// Puts a month of searching into the agenda.
pub fn plan(now: Timestamp, students: usize, agenda: &mut Agenda) {
    let mut dice = Dice::of("searches");
    let mut number = 0;
    let mut add = |agenda: &mut Agenda, at: Timestamp, query: &'static str, who: Searcher, opens: bool| {
        number += 1;
        agenda.add(at, Act::Search(Search { query, who, opens, number }));
    };
    let total: u32 = WISHES.iter().map(|(_, weight)| weight).sum();
    for day in (0..DAYS).rev() {
        let weekend_more = if (now.as_second() / 86_400 - day) % 7 < 2 { 4 } else { 0 };
        for _ in 0..A_DAY + weekend_more + dice.between(-2, 3) {
            let at = plus_minutes(plus_hours(now, -24 * day), -dice.between(5, 14 * 60));
            let mut drawn = dice.below(total as usize) as u32;
            let wish = WISHES.iter().find(|(_, weight)| {
                let hit = drawn < *weight;
                drawn = drawn.saturating_sub(*weight);
                hit
            });
            let Some((query, _)) = wish else { continue };
            let who = somebody(&mut dice, students);
            let opens = dice.chance(45);
            add(agenda, at, query, who, opens);
        }
        if day < 6 {
            for query in RISING {
                let who = somebody(&mut dice, students);
                add(agenda, plus_minutes(plus_hours(now, -24 * day), -dice.between(5, 600)), query, who, day % 2 == 0);
            }
        }
    }
    for (unheard, known, people) in TURNED {
        for person in 0..people {
            let at = plus_hours(now, -24 * (3 + person as i64) - dice.between(1, 8));
            let who = Searcher::Student((person * 3 + 2) % students.max(1));
            add(agenda, at, unheard, who, false);
            add(agenda, plus_minutes(at, 2), known, who, true);
        }
    }
}

fn somebody(dice: &mut Dice, students: usize) -> Searcher {
    if dice.chance(55) { Searcher::Student(dice.below(students)) } else { Searcher::Browser(dice.below(BROWSERS)) }
}

/// Searches, and now and then opens a result two minutes later.
pub async fn perform(stage: &Stage, company: &Company, search: Search) -> Outcome<()> {
    let Some(visitor) = visitor(company, search.who) else { return Ok(()) };
    let now = stage.site.now();
    let understood = knowledge().understand(search.query, &now.to_zoned(stage.site.zone.clone()));
    let zone = stage.site.zone.clone();
    stage
        .site
        .write(move |tx| {
            let row = row(tx, &understood, &visitor, search.number)?;
            let (id, shown, exact) = (row.id, row.shown.clone(), row.exact);
            log::note(tx, row, visitor.owner().as_deref(), Some(Kind::NaturalLanguage), &zone)?;
            let place = (search.number as usize * 7) % shown.len().clamp(1, 4);
            let Some(instructor) = shown.get(place).copied().filter(|_| search.opens && exact > 0) else {
                return Ok(());
            };
            let service = understood.services.first().and_then(|(at, _)| knowledge().catalogue.services().get(*at));
            let offering = service
                .map(|service| instructors::tables::offering_of_service(tx, instructor, service.id))
                .transpose()?
                .flatten()
                .map(|offering| offering.id);
            let position = u32::try_from(place + 1).unwrap_or(1);
            let deed = Deed { search: id, action: Action::View, instructor, offering, position };
            log::act(tx, &deed, &visitor.identity(), &zone).map(drop)
        })
        .await
}

fn visitor(company: &Company, who: Searcher) -> Option<Visitor> {
    let at = |n: usize| std::net::IpAddr::from([198, 18, (n % 200) as u8, 7]);
    let (user, guest, n) = match who {
        Searcher::Student(n) => (Some(company.students.get(n).copied()?), None, n),
        Searcher::Browser(n) => (None, Some(Guest { id: format!("DEMOBROWSER{n:02}"), ours: true }), n + 100),
    };
    let (device, browser) =
        [("desktop", "Chrome"), ("mobile", "Safari"), ("mobile", "Chrome"), ("desktop", "Firefox")][n % 4];
    let referrer = Some(["/", "/", "/search", "/services"][n % 4].to_owned());
    Some(Visitor { user, guest, net: net(at(n)), device, browser, referrer, private: false })
}

/// The row such a search leaves: whoever teaches what was understood.
fn row(tx: &mut Tx, understood: &Understood, visitor: &Visitor, number: u64) -> Outcome<LogRow> {
    let parsed = &understood.parsed;
    let catalogue = knowledge().catalogue;
    let candidates: Vec<Candidate> = understood
        .services
        .iter()
        .take(10)
        .filter_map(|(at, score)| {
            let source = if *score > 0.99 { "phrase" } else { "meaning" };
            Some(Candidate { service: catalogue.services().get(*at)?.id, score: *score, source: source.to_owned() })
        })
        .collect();
    let unknown_place = parsed.location_text.clone().filter(|_| parsed.location.is_empty());
    let people = teachers(tx, &candidates)?;
    // Half of them, give or take, teach where and when it was wanted.
    let narrowed = !parsed.location.is_empty() || parsed.has_date() || parsed.has_price();
    let exact = if narrowed { people.len() / 2 } else { people.len() };
    let label = log::label(parsed, &understood.query);
    Ok(LogRow {
        id: tx.new_id(),
        at: tx.now(),
        viewer: visitor.user,
        guest: visitor.guest.as_ref().map(|guest| guest.id.clone()),
        identity: visitor.identity(),
        query: normal(&understood.query),
        key: label.to_lowercase(),
        label,
        services: candidates.iter().map(|candidate| candidate.service).collect(),
        mode: understood.mode.name().to_owned(),
        places: parsed.location.clone(),
        total: people.len() as u64,
        exact: exact as u64,
        shown: people.into_iter().take(20).collect(),
        offset: 0,
        relaxed: Vec::new(),
        unknown_place,
        unknown_service: Some(understood.free_text.clone()).filter(|text| understood.nothing_fits && !text.is_empty()),
        degraded: false,
        corrected: understood.corrected_query.is_some(),
        kept: false,
        latency_us: 900 + (number * 7919) % 2600,
        origin: visitor.referrer.clone().unwrap_or_default(),
        device: visitor.device.to_owned(),
        browser: visitor.browser.to_owned(),
        returning: false,
        follows: None,
        refined: false,
        acted: false,
        names: Vec::new(),
        candidates,
    })
}

fn teachers(read: &dyn Read, candidates: &[Candidate]) -> Outcome<Vec<UserId>> {
    const MOST: usize = 60;
    let mut people: Vec<UserId> = Vec::new();
    for candidate in candidates {
        for offering in offerings_for(read, candidate.service, MOST)?.iter().filter(|offering| offering.is_active) {
            let live = instructors::profile(read, offering.instructor_id)?.is_some_and(|profile| profile.is_live);
            if live && !people.contains(&offering.instructor_id) {
                people.push(offering.instructor_id);
            }
        }
    }
    Ok(people)
}

/// Some people wait for somebody who fits.
pub async fn wait_for_somebody(stage: &Stage, company: &Company) -> Outcome<()> {
    for (at, query) in WAITING {
        let Some(student) = company.students.get(at).copied() else { continue };
        let params = crate::search::pages::SearchParams { q: query.to_owned(), ..Default::default() };
        match demand::ops::wish(&stage.site, student, params).await {
            Err(refusal) if refusal.status >= 500 => return Err(refusal),
            // Somebody fits after all.
            Err(_) | Ok(_) => {}
        }
    }
    Ok(())
}
