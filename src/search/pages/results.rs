//! `/search`: what was understood, who fits, and who nearly does with the reason.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use maud::{Markup, html};

use super::own::Own;
use super::params::{PER_PAGE, SearchParams};
use super::{card, chips, empty, filters};
use crate::base::access::Actor;
use crate::base::money::Bp;
use crate::base::text;
use crate::base::time::{Date, today_in};
use crate::places;
use crate::search::departures::student_fee;
use crate::search::find::{Card, Group};
use crate::search::grammar::LocationKind;
use crate::search::knowledge;
use crate::search::ops::{self, Answered, Ask, Viewer};
use crate::search::visitor::Visitor;
use crate::search::visitor::api::remember;
use crate::site::Site;
use crate::web::components::{
    Icon, Pager, Pin, ResultView, Tone, area_map, icon, notice, pager, result, search_box, tick, unfold,
};
use crate::web::{Answer, Chrome, Head, Params, page};

pub async fn search_page(
    State(site): State<Site>,
    chrome: Chrome,
    viewer: Option<Actor>,
    visitor: Visitor,
    Params(params): Params<SearchParams>,
) -> Answer<(HeaderMap, Markup)> {
    let params = params.spoken();
    let offset = (params.page() - 1) * PER_PAGE;
    let ask = Ask {
        query: params.query(),
        overrides: params.overrides(),
        spot: None,
        offset,
        limit: PER_PAGE,
        viewer: viewer.as_ref().map(Viewer::from),
        facets: true,
        ..Ask::default()
    };
    let answered = ops::search(&site, ask).await?;
    let mut headers = HeaderMap::new();
    if !params.query().is_empty() {
        let visitor = match remember(&site, &visitor)? {
            Some((cookie, known)) => {
                headers.append(SET_COOKIE, cookie);
                known
            }
            None => visitor.clone(),
        };
        ops::record(&site, &answered, &visitor, offset, Some(params.kind()));
    }
    let own = Own::load(&site, &visitor, &params)?;
    let fee = site.read(student_fee)?;
    let today = today_in(site.now(), &site.zone);
    let shown = Shown { params: &params, answered: &answered, fee, today, offset, own };
    let head = Head { robots: Some("noindex".to_owned()), ..Head::from(title(&answered)) };
    Ok((headers, page(&chrome, head, shown.body())))
}

fn title(answered: &Answered) -> String {
    match answered.understood.query.trim() {
        "" => "Find a lesson".to_owned(),
        query => text::one_line(query),
    }
}

struct Shown<'a> {
    params: &'a SearchParams,
    answered: &'a Answered,
    fee: Bp,
    today: Date,
    offset: usize,
    own: Own,
}

impl Shown<'_> {
    fn body(&self) -> Markup {
        let (params, answered) = (self.params, self.answered);
        html! {
            div.wrap.find {
                div.find__ask {
                    form role="search" action="/search" {
                        h1.vh { "Search: " (title(answered)) }
                        (search_box(&params.q, "piano, Upper West Side, Thursday after 4", None))
                    }
                    (chips::chips(params, &answered.understood.chips))
                    (self.own.under_box())
                    (self.notes())
                }
                div.find__filters { (filters::filters(params, &answered.understood.parsed, &answered.found)) }
                (self.map())
                div.find__list data-search=(answered.id) data-offset=(self.offset) { (self.list()) }
            }
        }
    }

    /// Corrections, unknown places, alternatives: each with its link.
    fn notes(&self) -> Markup {
        let (params, answered) = (self.params, self.answered);
        let understood = &answered.understood;
        let parsed = &understood.parsed;
        html! {
            @if let Some(corrected) = &understood.corrected_query {
                p.small { "We read that as " b { "“" (corrected) "”" } "." }
            }
            @if let Some(message) = answered.message.as_ref().filter(|_| self.says_more()) { (notice(Tone::Info, message)) }
            @if parsed.has_price() && answered.found.total > 0 {
                p.small.muted { "Your price is held against the instructor’s rate. What you pay in all, with booking protection, stands on each card." }
            }
            @if !answered.location_suggestions.is_empty() {
                p.small { (if answered.location_not_found { "Did you mean " } else { "That may be several places. Only " })
                    @for (at, name) in answered.location_suggestions.iter().enumerate() {
                        @if at > 0 { " or " }
                        a href=(self.in_place(name)) { (name) }
                    }
                    @if answered.location_not_found { ", or look " a href=(params.with(|changed| changed.q = self.without_place())) { "anywhere" } }
                    "?" }
            }
            @for date in &parsed.date_alternatives {
                p.small { "Or rather " a href=(params.with(|changed| changed.date = date.to_string())) { (crate::base::time::fmt_date(*date)) } "?" }
            }
            @if answered.found.total > 0 && !understood.did_you_mean.is_empty() {
                p.small { "You may also mean " (empty::links(&understood.did_you_mean)) "." }
            }
        }
    }

    /// Whether the message says what the list, or its absence, does not.
    fn says_more(&self) -> bool {
        let parsed = &self.answered.understood.parsed;
        self.answered.found.total > 0
            || self.answered.location_not_found
            || parsed.location_kind == Some(LocationKind::NearMe)
            || parsed.flags.iter().any(|flag| flag == "invalid_date")
    }

    /// The same search in another place.
    fn in_place(&self, name: &str) -> String {
        self.params.with(|changed| changed.q = format!("{} in {name}", self.without_place()).trim().to_owned())
    }

    /// The sentence without the words for a place.
    fn without_place(&self) -> String {
        let place = self.answered.understood.chips.iter().find(|chip| chip.kind == "place");
        let rest: String = match place {
            Some(chip) => self
                .params
                .query()
                .chars()
                .enumerate()
                .filter(|(at, _)| !(chip.span[0]..chip.span[1]).contains(at))
                .map(|(_, letter)| letter)
                .collect(),
            None => self.params.query(),
        };
        rest.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn list(&self) -> Markup {
        let answered = self.answered;
        let cards = answered.cards();
        if cards.is_empty() {
            return html! {
                div.row.row--split { h2 { "Nobody found" } }
                (empty::empty(self.params, answered))
                (self.own.wish(self.params, answered))
            };
        }
        let exact: Vec<&Card> = cards.iter().filter(|card| card.group == Group::Exact).collect();
        html! {
            div.row.row--split { h2 { (self.heading()) } (filters::order(self.params, answered.understood.parsed.sort)) }
            @if !exact.is_empty() { ul.plain { @for card in exact { (result(&self.card(card))) } } }
            (self.relaxed())
            @if answered.exact() == 0 || answered.location_not_found { (self.own.wish(self.params, answered)) }
            (self.pages())
        }
    }

    fn card(&self, card: &Card) -> ResultView {
        let parsed = &self.answered.understood.parsed;
        card::view(card, self.fee, self.today, parsed.has_price() || parsed.price_intent.is_some())
    }

    /// What the groups of those who nearly fit are called.
    fn group_words(&self, group: Group) -> &'static str {
        match group {
            Group::Exact => "",
            Group::OtherTimes if self.answered.understood.parsed.date.is_some() => "Same day, other times",
            Group::OtherTimes => "Other times",
            Group::OtherDates => "Other days",
            Group::Nearby => "Nearby",
            Group::OverPrice => "A little over your price",
        }
    }

    fn heading(&self) -> String {
        let exact = self.answered.exact();
        match (exact, self.answered.found.relaxed.is_empty(), self.answered.applied.is_empty()) {
            (0, ..) => "Nobody fits all of it".to_owned(),
            (_, true, true) => text::count(exact, "instructor", "instructors"),
            (1, ..) => "1 instructor matches everything".to_owned(),
            _ => format!("{exact} instructors match everything"),
        }
    }

    fn relaxed(&self) -> Markup {
        let answered = self.answered;
        let count: usize =
            answered.found.groups.iter().filter(|(group, _)| *group != Group::Exact).map(|(_, count)| count).sum();
        let here: Vec<Group> =
            answered.found.groups.iter().map(|(group, _)| *group).filter(|group| *group != Group::Exact).collect();
        if count == 0 || !answered.cards().iter().any(|card| card.group != Group::Exact) {
            return html! {};
        }
        html! {
            section.relaxed aria-labelledby="relaxed-h" {
                h2 id="relaxed-h" { (if answered.exact() == 0 { format!("{count} nearly do") } else { format!("{count} more come close") }) }
                @for group in here {
                    @let cards: Vec<&Card> = answered.cards().iter().filter(|card| card.group == group).collect();
                    @if !cards.is_empty() {
                        h3 { (self.group_words(group)) }
                        ul.plain { @for card in cards { (result(&self.card(card))) } }
                    }
                }
            }
        }
    }

    fn pages(&self) -> Markup {
        let total = self.answered.found.total;
        let (number, last) = (self.params.page(), self.offset + self.answered.cards().len());
        if total <= PER_PAGE {
            return html! {};
        }
        pager(&Pager {
            summary: format!("{} to {last} of {total}", self.offset + 1),
            back: (number > 1).then(|| ("Back".to_owned(), self.params.page_href(number - 1))),
            next: (last < total).then(|| ("More".to_owned(), self.params.page_href(number + 1))),
        })
    }

    /// Where those on the page teach, each flag their next time.
    fn map(&self) -> Markup {
        let gazetteer = &knowledge().places;
        let asked = self
            .answered
            .understood
            .parsed
            .location_text
            .as_deref()
            .filter(|_| !self.answered.understood.parsed.location.is_empty());
        let regions = asked
            .map(|text| text.split(" or ").flat_map(|part| gazetteer.resolve(part).regions).collect::<Vec<_>>())
            .unwrap_or_default();
        let pins: Vec<Pin> = self.answered.cards().iter().filter_map(|card| self.pin(card, &regions)).collect();
        if pins.is_empty() {
            return html! {};
        }
        let mut view = places::map::around(gazetteer, &regions);
        view.label = format!("Next free times of {}", text::count(pins.len(), "instructor", "instructors"));
        view.pins = pins;
        html! {
            div.find__map {
                (unfold(html! { (icon(Icon::Pin)) " Map" }, html! {
                    (area_map(&view))
                    p.small.muted { "Each flag is a next free time. " (tick()) "bookable now" }
                }, true))
            }
        }
    }

    fn pin(&self, card: &Card, asked: &[places::RegionIx]) -> Option<Pin> {
        let slot = card.slots.first()?;
        let region = card.row.regions.iter().find(|region| asked.contains(region)).or(card.row.regions.first())?;
        let region = knowledge().places.region(*region)?;
        Some(Pin {
            at: region.centre,
            start: slot.start,
            now: slot.date == self.today,
            href: card::book_href(card, slot.date, slot.start),
            name: format!("{}, {}", card.row.name(), region.display),
        })
    }
}
