//! From the chosen readings to one understood query and its chips.

use jiff::Zoned;

use super::chips;
use super::parsed::{Chip, Parsed};
use super::piece::{
    Audience, Candidate, LessonType, LocationKind, Piece, PlaceWish, PriceUnit, PriceWish, Sort, Topic, Urgency,
};
use super::scan::Lexicon;
use super::token::{Token, TokenKind};
use super::topics::{self, Wanted};
use super::{extras, when, words};

/// A query as understood by the grammar alone.
#[derive(Clone, Debug)]
pub struct Reading {
    pub parsed: Parsed,
    pub chips: Vec<Chip>,
    /// What is wanted, as far as a phrase of the catalogue said it.
    pub wanted: Wanted,
    /// Catalogue indexes of what is not wanted.
    pub excluded: Vec<usize>,
    /// Words nothing could be made of, with their place in the query.
    pub leftover: Vec<(String, [usize; 2])>,
    /// A place nobody knows, said after a bare "in": perhaps a lesson after all.
    pub doubtful_place: Option<(String, [usize; 2])>,
}

/// Puts the chosen readings together, judged at `now`.
pub fn assemble(
    tokens: &[Token],
    chosen: &[Candidate],
    inside: &[Candidate],
    lexicon: &dyn Lexicon,
    now: &Zoned,
) -> Reading {
    let mut build = Build::default();
    for candidate in chosen {
        build.take(candidate, tokens);
    }
    build.also(inside);
    build.price();
    build.people();
    build.lesson();
    build.guess_places(lexicon);
    build.elsewhere(lexicon);
    build.place(tokens);
    when::settle(&mut build.parsed, &build.dates, &build.times, now);
    if build.parsed.sort == Some(Sort::Soonest) {
        build.parsed.urgency = build.parsed.urgency.or(Some(Urgency::Medium));
    }
    build.parsed.date_soft = build.soft && build.parsed.has_date();
    let wanted = topics::settle(&build.topics);
    build.parsed.service_query = service_query(tokens, chosen);
    if build.parsed.audience.is_none() {
        build.parsed.audience = topics::implied_audience(&build.topics, tokens);
    }
    build.filters_in_topics(tokens, chosen);
    let chips = chips::label(tokens, chosen, &wanted, &build.parsed);
    Reading {
        leftover: leftover(tokens, chosen),
        excluded: build.excluded.iter().flat_map(|topic| topic.services.iter().copied()).collect(),
        doubtful_place: build.doubtful,
        parsed: build.parsed,
        wanted,
        chips,
    }
}

#[derive(Default)]
struct Build {
    parsed: Parsed,
    prices: Vec<PriceWish>,
    ages: Vec<(Option<u8>, Option<u8>)>,
    audiences: Vec<Audience>,
    lessons: Vec<LessonType>,
    places: Vec<(usize, usize, PlaceWish)>,
    dates: Vec<super::piece::DateWish>,
    times: Vec<super::piece::TimeWish>,
    topics: Vec<(usize, usize, Topic)>,
    excluded: Vec<Topic>,
    doubtful: Option<(String, [usize; 2])>,
    soft: bool,
}

impl Build {
    fn take(&mut self, candidate: &Candidate, tokens: &[Token]) {
        let parsed = &mut self.parsed;
        match &candidate.piece {
            Piece::Price(wish) => self.prices.push(wish.clone()),
            Piece::Intent(intent) => parsed.price_intent = parsed.price_intent.or(Some(*intent)),
            Piece::Age { from, to } => self.ages.push((*from, *to)),
            Piece::Audience(audience) => self.audiences.push(*audience),
            Piece::Grade(grade) => parsed.grade = parsed.grade.or(Some(*grade)),
            Piece::Level(level) => parsed.skill_level = parsed.skill_level.or(Some(*level)),
            Piece::Duration(minutes) => parsed.duration_minutes = parsed.duration_minutes.or(Some(*minutes)),
            Piece::Date(wish) => self.dates.push(wish.clone()),
            Piece::Time(wish) => self.times.push(wish.clone()),
            Piece::Place(wish) => self.places.push((candidate.from, candidate.to, wish.clone())),
            Piece::Radius { hundredth_miles, of_me } => {
                parsed.radius_mi = parsed.radius_mi.or(Some(f64::from(*hundredth_miles) / 100.0));
                if *of_me {
                    self.places.push((candidate.from, candidate.to, PlaceWish::NearMe));
                }
            }
            Piece::Lesson(lesson) => self.lessons.push(*lesson),
            Piece::Venue(venue) => parsed.place = parsed.place.or(Some(*venue)),
            Piece::Language(language) if parsed.languages.contains(language) => {}
            Piece::Language(language) => parsed.languages.push(language.clone()),
            Piece::Group(size) => parsed.group_size = parsed.group_size.or(Some(*size)),
            Piece::Exclude(topics) => self.excluded.extend(topics.iter().cloned()),
            Piece::Sort(sort) => parsed.sort = parsed.sort.or(Some(*sort)),
            Piece::Urgency(urgency) => parsed.urgency = parsed.urgency.or(Some(*urgency)),
            Piece::Topic(topic) => self.topics.push((candidate.from, candidate.to, topic.clone())),
            Piece::Filter { key, value } => self.filter(key, value),
            Piece::Soft => self.soft = true,
            Piece::Filler => {}
        }
        if let Piece::Group(1) = candidate.piece
            && tokens[candidate.from..candidate.to].len() > 2
        {
            self.filter("format", "one_on_one");
        }
    }

    /// What phrases of the catalogue say beside the lesson, where nothing else says it.
    fn also(&mut self, inside: &[Candidate]) {
        let (people, size) = (self.says_who(), self.parsed.group_size.is_some());
        for candidate in inside {
            match &candidate.piece {
                Piece::Grade(grade) if !people => self.parsed.grade = self.parsed.grade.or(Some(*grade)),
                Piece::Audience(audience) if !people => self.audiences.push(*audience),
                Piece::Age { from, to } if !people => self.ages.push((*from, *to)),
                Piece::Group(people) if !size => self.parsed.group_size = self.parsed.group_size.or(Some(*people)),
                _ => {}
            }
        }
    }

    fn says_who(&self) -> bool {
        self.parsed.grade.is_some() || !self.ages.is_empty() || !self.audiences.is_empty()
    }

    fn filter(&mut self, key: &str, value: &str) {
        let values = self.parsed.filters.entry(key.to_owned()).or_default();
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }

    /// "ap calculus" is one phrase of the catalogue, and still asks for the AP course.
    fn filters_in_topics(&mut self, tokens: &[Token], chosen: &[Candidate]) {
        let word = |index: usize| tokens.get(index).map(|token| token.text.clone()).unwrap_or_default();
        for topic in chosen.iter().filter(|candidate| matches!(candidate.piece, Piece::Topic(_))) {
            for at in topic.from..topic.to {
                if let Some((key, value, _)) = extras::filter_at(word, at) {
                    self.filter(key, value);
                }
            }
        }
    }

    /// A sum without a unit is per hour, or per session once a lesson length is said.
    fn price(&mut self) {
        let parsed = &mut self.parsed;
        parsed.price_min_cents = self.prices.iter().find_map(|price| price.min);
        parsed.price_max_cents = self.prices.iter().find_map(|price| price.max);
        parsed.price_target_cents = self.prices.iter().find_map(|price| price.target);
        if !parsed.has_price() {
            return;
        }
        parsed.duration_minutes = parsed.duration_minutes.or(self.prices.iter().find_map(|price| price.minutes));
        parsed.price_intent = None;
        let said = self.prices.iter().find_map(|price| price.unit);
        let assumed = if parsed.duration_minutes.is_some() { PriceUnit::Session } else { PriceUnit::Hour };
        parsed.price_unit = Some(said.unwrap_or(assumed));
    }

    fn people(&mut self) {
        let parsed = &mut self.parsed;
        parsed.age = self.ages.iter().find_map(|(from, _)| *from);
        parsed.age_max = self.ages.iter().find_map(|(_, to)| *to);
        // "my 5 year old and my 8 year old": from the youngest to the oldest.
        let said: Vec<u8> = self.ages.iter().flat_map(|(from, to)| [*from, *to]).flatten().collect();
        if self.ages.len() > 1 && self.ages.iter().all(|(from, _)| from.is_some()) {
            parsed.age = said.iter().min().copied();
            parsed.age_max = said.iter().max().copied().filter(|oldest| Some(*oldest) > parsed.age);
        }
        let said = self.audiences.first().copied();
        let by_age = parsed.age.map(Audience::of_age);
        let below = parsed.age_max.map(|age| Audience::of_age(age.saturating_sub(1)));
        let by_grade = parsed.grade.map(Audience::of_grade);
        // "my freshman daughter" is a child, and in the ninth grade.
        let by_grade = by_grade.filter(|_| said.is_none_or(|said| said == Audience::Kids));
        parsed.audience = by_age.or(by_grade).or(said).or(below);
    }

    fn lesson(&mut self) {
        let both = self.lessons.contains(&LessonType::Online) && self.lessons.contains(&LessonType::InPerson);
        let either = self.parsed.place.is_some() && self.lessons.first() == Some(&LessonType::Online);
        if either {
            // "either online or at my place": no one place is a must.
            self.parsed.place = None;
        }
        self.parsed.lesson_type = match self.lessons.first() {
            Some(_) if both || either => Some(LessonType::Any),
            Some(lesson) => Some(*lesson),
            None => self.parsed.place.map(|_| LessonType::InPerson),
        };
    }

    /// A part of a name or a misspelt one is still that place.
    fn guess_places(&mut self, lexicon: &dyn Lexicon) {
        for (.., wish) in &mut self.places {
            let PlaceWish::Unknown { said, .. } = wish else { continue };
            if let Some(place) = lexicon.place_like(said) {
                *wish = PlaceWish::Known {
                    said: said.clone(),
                    names: place.names,
                    kind: place.kind,
                    ambiguous: place.ambiguous,
                };
            }
        }
    }

    /// "anywhere but queens" is every other borough, unless a place was named as well.
    fn elsewhere(&mut self, lexicon: &dyn Lexicon) {
        let not = |wish: &PlaceWish| if let PlaceWish::Not { names, .. } = wish { names.clone() } else { Vec::new() };
        let against: Vec<String> = self.places.iter().flat_map(|(.., wish)| not(wish)).collect();
        let named = self.places.iter().any(|(.., wish)| !matches!(wish, PlaceWish::Not { .. }));
        let left: Vec<String> = lexicon.boroughs().into_iter().filter(|name| !against.contains(name)).collect();
        if against.is_empty() || named || left.is_empty() {
            return;
        }
        self.parsed.location_text = Some(left.join(" or ").to_lowercase());
        self.parsed.location = left;
        self.parsed.location_kind = Some(LocationKind::Borough);
    }

    fn place(&mut self, tokens: &[Token]) {
        let mut known: Vec<&(usize, usize, PlaceWish)> =
            self.places.iter().filter(|(.., wish)| matches!(wish, PlaceWish::Known { .. })).collect();
        // "park slope, brooklyn" is one place: the borough only says which.
        let narrow = |wish: &PlaceWish| matches!(wish, PlaceWish::Known { kind, .. } if *kind != LocationKind::Borough);
        if known.iter().any(|(.., wish)| narrow(wish))
            && known.windows(2).all(|pair| beside(tokens, pair[0].1, pair[1].0))
        {
            known.retain(|(.., wish)| narrow(wish));
        }
        if known.is_empty() {
            return self.other_place(tokens);
        }
        let parsed = &mut self.parsed;
        let mut texts = Vec::new();
        for (.., wish) in known {
            let PlaceWish::Known { said, names, kind, ambiguous } = wish else { continue };
            texts.push(said.clone());
            for name in names {
                if !parsed.location.contains(name) {
                    parsed.location.push(name.clone());
                }
            }
            parsed.location_kind = parsed.location_kind.or(Some(*kind));
            parsed.location_ambiguous |= *ambiguous;
        }
        parsed.location_text = Some(texts.join(" or "));
    }

    fn other_place(&mut self, tokens: &[Token]) {
        for (from, to, wish) in &self.places {
            match wish {
                PlaceWish::NearMe => self.parsed.location_kind = Some(LocationKind::NearMe),
                PlaceWish::Unknown { said, sure: true } if self.parsed.location_kind.is_none() => {
                    self.parsed.location_kind = Some(LocationKind::Unknown);
                    self.parsed.location_text = Some(said.clone());
                }
                PlaceWish::Unknown { said, .. } => self.doubtful = Some((said.clone(), span(tokens, *from, *to))),
                PlaceWish::Known { .. } | PlaceWish::Not { .. } => {}
            }
        }
    }
}

/// Whether two places stand side by side, at most a comma between.
fn beside(tokens: &[Token], end: usize, next: usize) -> bool {
    tokens[end.min(next)..next].iter().all(|token| token.text == ",")
}

/// The characters tokens `from..to` cover.
pub fn span(tokens: &[Token], from: usize, to: usize) -> [usize; 2] {
    let start = tokens.get(from).map_or(0, |token| token.start);
    let end = to.checked_sub(1).and_then(|last| tokens.get(last)).map_or(start, |token| token.end);
    [start, end]
}

/// The words that say what is to be learnt: topics and whatever no recogniser claimed.
fn service_query(tokens: &[Token], chosen: &[Candidate]) -> String {
    let mut text = String::new();
    let mut last = usize::MAX;
    let covering = |at: usize| chosen.iter().find(|candidate| (candidate.from..candidate.to).contains(&at));
    let topic_at = |at: usize| covering(at).is_some_and(|candidate| matches!(candidate.piece, Piece::Topic(_)));
    for (at, token) in tokens.iter().enumerate() {
        let joins = matches!(token.text.as_str(), "or" | "and") && at > 0 && topic_at(at - 1) && topic_at(at + 1);
        let keep = match covering(at) {
            Some(candidate) => matches!(candidate.piece, Piece::Topic(_)),
            None => token.kind == TokenKind::Word && (joins || !words::is_idle(&token.text)),
        };
        if keep {
            // Signs of one word stand without spaces, as they were typed.
            if !text.is_empty() && token.start != last {
                text.push(' ');
            }
            text.push_str(&token.text);
            last = token.end;
        }
    }
    text
}

fn leftover(tokens: &[Token], chosen: &[Candidate]) -> Vec<(String, [usize; 2])> {
    let claimed = |at: usize| chosen.iter().any(|candidate| (candidate.from..candidate.to).contains(&at));
    let free =
        |(at, token): &(usize, &Token)| !claimed(*at) && token.kind == TokenKind::Word && !words::is_idle(&token.text);
    tokens.iter().enumerate().filter(free).map(|(_, token)| (token.text.clone(), [token.start, token.end])).collect()
}
