//! From one instructor's facts to their public page.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::show::{BoardView, OfferRow, ProfileView};
use crate::availability::ops::next_openings;
use crate::availability::rules::open::Opening;
use crate::base::access::Actor;
use crate::base::id::{OfferingId, UserId};
use crate::base::money::Bp;
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::text::{count, first_last_initial};
use crate::base::time::{Date, Timestamp, fmt_clock, fmt_date, plus_days, today_in};
use crate::bookings::ops::facts as lessons;
use crate::bookings::pages::additions::Additions;
use crate::bookings::pages::book::Choosing;
use crate::bookings::pages::offer;
use crate::bookings::pages::words::zone_words;
use crate::catalog::AgeGroup;
use crate::instructors::model::{Level, NamedPlace, Offering};
use crate::instructors::ops::read::visible;
use crate::instructors::view::{self, Facts, ProfileView as Public};
use crate::places::Gazetteer;
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{DayRow, Fact, Icon, SlotState, SlotView};

const DAYS_SHOWN: i64 = 7;
/// Tiles of one day; a longer day shows one less and the way to the rest.
const SLOTS_A_DAY: usize = 6;

/// Which lesson's times the board shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    pub offering: Option<OfferingId>,
    pub minutes: Option<u16>,
}

pub fn load(site: &Site, r: &dyn Read, id: UserId, shown: Shown, viewer: Option<&Actor>) -> Outcome<ProfileView> {
    let now = site.now();
    let facts = visible(site, r, id, viewer)?;
    let gazetteer = site.part::<Gazetteer>()?;
    let public = facts.public_view(&gazetteer, now);
    let offerings: Vec<Offering> = facts.offerings.iter().filter(|o| o.is_active).cloned().collect();
    let fee = lessons::student_fee(r)?;
    let viewer_id = viewer.map(|actor| actor.user_id);
    let additions = Additions::of(site);
    let reviews = additions.reviews(r, id, viewer_id)?;
    Ok(ProfileView {
        name: first_last_initial(&facts.user.first_name, &facts.user.last_name),
        first_name: public.user.first_name.clone(),
        headline: headline(&public),
        face: offer::face(&facts.user),
        facts: trust(&public),
        founding: public.is_founding_instructor,
        bio: public.bio.clone(),
        rows: rows(&public, &offerings),
        board: board(r, now, id, &offerings, shown, fee)?,
        offers: offerings.iter().map(|o| offer_row(id, o, fee)).collect(),
        places: places(&facts, &public, &gazetteer),
        reviews: reviews.unwrap_or_else(|| html! { p.muted { "No reviews yet." } }),
        zone: zone_words(&public.timezone),
        fee: fee.percent(),
        similar: additions.similar(r, id, viewer_id)?,
    })
}

/// "Piano and Violin, Manhattan"
fn headline(public: &Public) -> String {
    let mut names: Vec<&str> = public.services.iter().map(|s| s.name.as_str()).collect();
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    let taught = match (names.as_slice(), more) {
        ([], _) => String::new(),
        (some, 0) if some.len() > 1 => format!("{} and {}", some[..some.len() - 1].join(", "), some[some.len() - 1]),
        (some, 0) => some.join(""),
        (some, more) => format!("{} and {more} more", some.join(", ")),
    };
    [taught.as_str(), public.service_area_summary.as_str()]
        .iter()
        .filter(|t| !t.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(", ")
}

fn trust(public: &Public) -> Vec<Fact> {
    let mut facts = vec![match public.rating {
        Some(rating) => {
            let reviews = count(usize::try_from(public.review_count).unwrap_or(usize::MAX), "review", "reviews");
            Fact::new(Icon::Star, format!("{rating:.1} from {reviews}")).link("#reviews")
        }
        None => Fact::plain("New, no rating yet"),
    }];
    if public.background_check_passed {
        facts.push(Fact::verified(Icon::Shield, "Background checked"));
    }
    if public.identity_verified {
        facts.push(Fact::verified(Icon::Check, "Identity verified"));
    }
    facts
}

fn rows(public: &Public, offerings: &[Offering]) -> Vec<(&'static str, Markup)> {
    let ages: BTreeSet<AgeGroup> = offerings.iter().flat_map(|o| o.terms.age_groups.iter().copied()).collect();
    let levels: BTreeSet<Level> = offerings.iter().flat_map(|o| o.terms.levels.iter().copied()).collect();
    let mut rows = Vec::new();
    if public.years_experience > 0 {
        rows.push(("Experience", html! { (count(public.years_experience.into(), "year", "years")) " of teaching" }));
    }
    if !ages.is_empty() {
        rows.push(("Teaches", html! { (ages.into_iter().map(AgeGroup::name).collect::<Vec<_>>().join(", ")) }));
    }
    if let (Some(first), Some(last)) = (levels.first(), levels.last()) {
        let words = match first == last {
            true => first.name().to_owned(),
            false => format!("{} to {}", first.name(), last.name()),
        };
        rows.push(("Levels", html! { (words) }));
    }
    rows.push(("Languages", html! { (public.languages.join(", ")) }));
    rows.push(("Book ahead", html! { "At least " (count(public.min_advance_booking_hours.into(), "hour", "hours")) }));
    rows
}

fn offer_row(instructor: UserId, offering: &Offering, fee: Bp) -> OfferRow {
    let (minutes, place) = (offer::usual_minutes(offering), offer::usual_place(offering));
    let rate = offering.terms.rate_at(place);
    OfferRow {
        name: offer::service_name(offering),
        href: Choosing { instructor, offering: offering.id, minutes, place, moving: None }.plain(),
        prices: offering.terms.durations.iter().map(|m| (*m, offer::all_in(rate, *m, fee))).collect(),
        about: offering.terms.description.clone(),
    }
}

fn board(
    r: &dyn Read,
    now: Timestamp,
    id: UserId,
    offerings: &[Offering],
    shown: Shown,
    fee: Bp,
) -> Outcome<Option<BoardView>> {
    let wanted = offerings.iter().find(|o| Some(o.id) == shown.offering).or_else(|| offerings.first());
    let Some(offering) = wanted else { return Ok(None) };
    let durations = &offering.terms.durations;
    let minutes = shown.minutes.filter(|m| durations.contains(m)).unwrap_or_else(|| offer::usual_minutes(offering));
    let place = offer::usual_place(offering);
    let calendar = lessons::calendar(r, id)?;
    let today = today_in(now, &calendar.zone);
    let zone = calendar.zone.clone();
    let openings = next_openings(r, calendar, now, id, (Some(place), minutes), DAYS_SHOWN - 1, 1000)?;
    let choosing = Choosing { instructor: id, offering: offering.id, minutes, place, moving: None };
    let days = (0..DAYS_SHOWN).map(|n| day_row(plus_days(today, n), today, &openings, &choosing)).collect();
    let next = openings.first().map(|o| {
        let day = if o.date == today_in(now, &zone) { "today".to_owned() } else { fmt_date(o.date) };
        format!("{day}, {}", fmt_clock(o.start))
    });
    Ok(Some(BoardView {
        service: offer::service_name(offering),
        minutes,
        all_in: offer::all_in(offering.terms.rate_at(place), minutes, fee),
        book_href: choosing.plain(),
        today,
        days,
        next,
        others: others(id, offerings, offering),
    }))
}

/// Half hours are enough here; the picker has every quarter.
fn day_row(date: Date, today: Date, openings: &[Opening], choosing: &Choosing) -> DayRow {
    let all: Vec<&Opening> = openings.iter().filter(|o| o.date == date).collect();
    let halves: Vec<&Opening> = all.iter().filter(|o| o.start.minutes().is_multiple_of(30)).copied().collect();
    let all = if halves.is_empty() { all } else { halves };
    let state = if date == today { SlotState::Now } else { SlotState::Free };
    let tile = |o: &&Opening| SlotView { state, ..SlotView::free(date, o.start, choosing.slot(date, o.start)) };
    if all.len() <= SLOTS_A_DAY {
        return DayRow { date, slots: all.iter().map(tile).collect(), more: None };
    }
    // Spread over the day, so that an evening is seen too.
    let shown = SLOTS_A_DAY - 1;
    let slots = (0..shown).filter_map(|n| all.get(n * (all.len() - 1) / (shown - 1))).map(tile).collect();
    DayRow { date, slots, more: Some(choosing.day(date)) }
}

/// Other lessons and lengths the board can show.
fn others(id: UserId, offerings: &[Offering], current: &Offering) -> Vec<(String, String)> {
    let lengths = current.terms.durations.iter().map(|m| (current, *m));
    let services = offerings.iter().filter(|o| o.id != current.id).map(|o| (o, offer::usual_minutes(o)));
    let link = |(o, minutes): (&Offering, u16)| {
        (
            format!("{}, {minutes} min", offer::service_name(o)),
            format!("/instructors/{id}?service={}&minutes={minutes}#free", o.id),
        )
    };
    lengths.chain(services).map(link).collect()
}

fn places(facts: &Facts, public: &Public, gazetteer: &Gazetteer) -> Vec<(String, String)> {
    let active = facts.offerings.iter().filter(|o| o.is_active);
    let offered: BTreeSet<Place> = active.flat_map(|o| o.terms.places.iter().copied()).collect();
    let first = &public.user.first_name;
    let words = |place: &Place| match place {
        Place::StudentHome => ("At your place".to_owned(), areas(public, gazetteer)),
        Place::InstructorLocation => {
            let (shown, full) = (&public.preferred_teaching_locations, &facts.profile.teaching_locations);
            let at = if shown.is_empty() { public.service_area_summary.clone() } else { named(shown) };
            // Said only where something was left out of the address.
            let more =
                if shown.is_empty() || shown != full { ". The exact address comes with the booking." } else { "" };
            (format!("At {first}’s place"), format!("{at}{more}"))
        }
        Place::Neutral => {
            let at = named(&public.preferred_public_spaces);
            ("At a public place".to_owned(), if at.is_empty() { "Agreed with you by message.".to_owned() } else { at })
        }
        Place::Remote => ("Online".to_owned(), format!("{first} sends the link before the lesson.")),
    };
    offered.iter().map(words).collect()
}

fn named(places: &[NamedPlace]) -> String {
    places.iter().map(|p| p.address.as_str()).collect::<Vec<_>>().join("; ")
}

/// Where the instructor travels to, in the names people use; several parts of one neighborhood count once.
fn areas(public: &Public, gazetteer: &Gazetteer) -> String {
    let mut names: Vec<&str> = Vec::new();
    for area in &public.service_area_neighborhoods {
        let region = gazetteer.by_id(area.neighborhood_id).and_then(|ix| gazetteer.region(ix));
        let name = region.map_or(area.name.as_str(), |region| region.display.as_str());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.len() {
        0 => view::summary(&public.service_area_boroughs),
        1..=8 => names.join(", "),
        n => format!("{} and {} more", names[..8].join(", "), n - 8),
    }
}
