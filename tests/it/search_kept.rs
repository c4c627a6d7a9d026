//! Answers kept for a minute: taken from memory only while they are what would be found, and thrown away by the changes
//! that concern them and by no others. What the home page shows is kept in the same way, person by person.

use instainstru::base::id::{OfferingId, UserId};
use instainstru::instructors::ops::revise::revise;
use instainstru::instructors::tables::OFFERINGS;
use instainstru::places::Gazetteer;
use instainstru::search::Search;
use instainstru::search::departures::departures;
use instainstru::search::find::Card;
use instainstru::search::ops::{Answered, Ask, search};
use instainstru::site::Site;
use instainstru::store::ReadExt;
use serde_json::json;

use crate::kit::TestApp;

/// A Tuesday; 2:05 pm in New York.
const NOW: &str = "2026-11-10T19:05:00Z";
/// Whoever is further away is in no answer for a place, relaxed ones included.
const FAR_KM: f32 = 10.0;

async fn ask(site: &Site, query: &str) -> Answered {
    search(site, Ask { query: query.to_owned(), limit: 20, ..Ask::default() }).await.unwrap()
}

/// What is taken from memory took no time to find.
fn kept(answered: &Answered) -> bool {
    let funnel = &answered.found.funnel;
    funnel.narrow_us + funnel.judge_us + funnel.rank_us + funnel.cards_us == 0
}

fn ids(answered: &Answered) -> Vec<UserId> {
    answered.cards().iter().map(|card| card.row.id).collect()
}

fn first(answered: &Answered) -> (UserId, OfferingId) {
    let card = &answered.cards()[0];
    (card.row.id, card.row.offers[card.best.offer].id)
}

async fn new_price(site: &Site, (who, offer): (UserId, OfferingId), cents: i64) {
    site.write(move |tx| {
        let mut offering = tx.get(&OFFERINGS, &offer)?.unwrap();
        offering.terms.hourly_rate.0 = cents;
        offering.terms.format_rates.clear();
        tx.put(&OFFERINGS, &offer, &offering)?;
        revise(tx, who, "services", |_| Ok(()))
    })
    .await
    .unwrap();
}

fn price(answered: &Answered, (who, offer): (UserId, OfferingId)) -> i64 {
    let card = answered.cards().iter().find(|card| card.row.id == who).unwrap();
    card.row.offers.iter().find(|known| known.id == offer).unwrap().rates[0].0
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_until_something_in_it_changes() {
    let app = TestApp::demo_at(NOW).await;
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    let site = app.site();
    let guitar = ask(site, "guitar lessons").await;
    assert!(!kept(&guitar));
    // The same wish in other words is the same answer.
    let again = ask(site, "Guitar teacher please").await;
    assert!(kept(&again) && ids(&again) == ids(&guitar));
    assert!(!kept(&ask(site, "guitar lessons under $500").await), "another wish is another answer");

    // Somebody who teaches none of it changes: nothing is thrown away.
    let teaches_guitar: Vec<UserId> = ids(&guitar);
    let others = ask(site, "sat prep").await;
    let other = others.cards().iter().find(|card| !teaches_guitar.contains(&card.row.id)).unwrap();
    new_price(site, (other.row.id, other.row.offers[other.best.offer].id), 12_300).await;
    assert!(kept(&ask(site, "guitar lessons").await));
    assert!(!kept(&ask(site, "sat prep").await));

    // Somebody in the answer changes: the next answer has it.
    new_price(site, first(&guitar), 8_100).await;
    let changed = ask(site, "guitar lessons").await;
    assert!(!kept(&changed));
    assert_eq!(price(&changed, first(&guitar)), 8_100);
    assert!(kept(&ask(site, "guitar lessons").await));

    // A place narrows what matters: the same service changing at the other end of the city is no news.
    let here = ask(site, "piano in astoria").await;
    let elsewhere = ask(site, "piano in staten island").await;
    let map = Gazetteer::builtin();
    let astoria = map.resolve("astoria").regions;
    let away =
        |card: &&Card| card.row.regions.iter().all(|own| astoria.iter().all(|of| map.gap_km(*of, *own) > FAR_KM));
    let far = elsewhere.cards().iter().find(away).expect("somebody teaches piano far from Astoria");
    assert!(!ids(&here).contains(&far.row.id));
    new_price(site, (far.row.id, far.row.offers[far.best.offer].id), 9_900).await;
    assert!(kept(&ask(site, "piano in astoria").await));
    assert!(!kept(&ask(site, "piano in staten island").await));

    // The next minute everything is looked up again.
    app.post("/sandbox/v1/clock", json!({ "advance_seconds": 60 })).await.expect(200);
    assert!(!kept(&ask(site, "guitar lessons").await));
}

/// The home page of a large marketplace must not look at everybody each time somebody books: judged anew are those to
/// whom something happened, and what it shows is what judging everybody would show.
#[tokio::test(flavor = "multi_thread")]
async fn the_home_page_judges_only_whom_something_happened_to() {
    let app = TestApp::demo_at(NOW).await;
    app.post("/sandbox/v1/clock", json!({ "frozen": true })).await.expect(200);
    let site = app.site();
    let part = site.part::<Search>().unwrap();
    let shown = || format!("{:?}", departures(site).unwrap());
    let judged = || part.departures.judged();
    shown();
    let everybody = part.supply.figures().instructors as u64;
    assert_eq!(judged(), everybody);

    let guitar = ask(site, "guitar lessons").await;
    new_price(site, first(&guitar), 8_300).await;
    shown();
    assert_eq!(judged(), everybody + 1, "one person changed");
    shown();
    assert_eq!(judged(), everybody + 1, "nobody changed");

    // A minute, an evening, the night that keeps the morning free, another day.
    for (seconds, few) in
        [(60, true), (900, true), (4 * 3600, false), (6 * 3600, false), (10 * 3600, false), (86_400, false)]
    {
        shown();
        let before = judged();
        app.post("/sandbox/v1/clock", json!({ "advance_seconds": seconds })).await.expect(200);
        let kept = shown();
        assert!(!few || judged() - before < everybody / 2, "{} of {everybody} after {seconds} s", judged() - before);
        part.set_down(true);
        assert_eq!(kept, shown(), "after {seconds} s");
        part.set_down(false);
    }
}
