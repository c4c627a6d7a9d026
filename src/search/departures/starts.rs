//! Everybody's next starts, kept from one home page to the next.
//!
//! A start stays somebody's first one until that person changes, the start itself has passed, their day ends or an
//! unpaid hold of theirs does. So of all the people only those are judged anew for whom one of these is so; the rest is
//! comparing. What comes out is what judging everybody at this moment would give.

use std::collections::HashMap;
use std::sync::Arc;

use crate::availability::rules::calendar::Calendar;
use crate::availability::rules::dayline::DayLine;
use crate::availability::rules::free::{Answer, Soonest, Window, starts_between};
use crate::availability::rules::open::Opening;
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, Timestamp, WallTime, plus_days, today_in};
use crate::search::supply::{Chunk, Index, Offer, Row, Supply};
use crate::search::understand::knowledge;
use crate::store::Read;

/// Days the board and the shelves look ahead.
const BOARD_DAYS: i64 = 7;

/// The next start of one person on one shelf.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// Where the person stands among those kept together.
    slot: u16,
    /// Index into the row's offers.
    pub offer: u8,
    pub place: Place,
    pub minutes: u16,
    /// Index into the catalogue's services.
    pub service: u16,
    pub opening: Opening,
    /// It begins today where the instructor is.
    pub today: bool,
}

/// Everybody's next starts at a moment.
#[derive(Default)]
pub struct Starts {
    chunks: Vec<Known>,
    /// The minute it was all compared with, and what the calendars said then.
    minute: Option<i64>,
    clocks: Vec<(Date, [Soonest; 4])>,
    judged: u64,
}

/// The people of one chunk of the index.
#[derive(Default)]
struct Known {
    of: Option<Arc<Chunk>>,
    rows: Vec<Option<Person>>,
    starts: Vec<Start>,
}

struct Person {
    row: Arc<Row>,
    /// Today where they are, when they were judged.
    today: Date,
    public: bool,
    /// The bits could not tell, so they are asked again every minute.
    unsure: bool,
}

impl Starts {
    /// How many people have been judged so far.
    pub fn judged(&self) -> u64 {
        self.judged
    }

    pub fn all(&self) -> impl Iterator<Item = (&Arc<Row>, &Start)> {
        self.chunks.iter().flat_map(|chunk| {
            chunk.starts.iter().filter_map(|start| {
                let person = chunk.rows.get(usize::from(start.slot))?.as_ref()?;
                Some((&person.row, start))
            })
        })
    }

    /// Brings everybody up to an index and a moment.
    pub fn follow(&mut self, supply: &Supply, read: &dyn Read, index: &Index, now: Timestamp) -> Outcome<()> {
        let minute = now.as_second().div_euclid(60);
        let mut clocks = Clocks::of(index, now);
        // A night that begins or ends moves first starts back and forth: then nothing is taken over.
        let turned = |(known, new): (&(Date, [Soonest; 4]), &(Date, [Soonest; 4]))| {
            known.1.iter().zip(&new.1).any(|(a, b)| !a.same_night(b))
        };
        let anew = self.minute.is_none_or(|known| known > minute) || self.clocks.iter().zip(&clocks.now).any(turned);
        let later = self.minute != Some(minute);
        self.chunks.resize_with(index.chunks().len(), Known::default);
        for (known, chunk) in self.chunks.iter_mut().zip(index.chunks()) {
            let same = known.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, chunk));
            if anew || later || !same {
                self.judged += known.follow(supply, read, &mut clocks, chunk, now, anew)?;
            }
        }
        (self.minute, self.clocks) = (Some(minute), clocks.now);
        Ok(())
    }
}

impl Known {
    /// Judges whoever changed or whose time has come; says how many.
    fn follow(
        &mut self,
        supply: &Supply,
        read: &dyn Read,
        clocks: &mut Clocks,
        chunk: &Arc<Chunk>,
        now: Timestamp,
        anew: bool,
    ) -> Outcome<u64> {
        self.rows.resize_with(chunk.len(), || None);
        let mut stale: Vec<bool> = self
            .rows
            .iter()
            .zip(chunk.iter())
            .map(|(known, row)| match (known, row) {
                (None, None) => false,
                (Some(person), Some(row)) => anew || !person.holds(row, clocks, now),
                _ => true,
            })
            .collect();
        for start in &self.starts {
            let slot = usize::from(start.slot);
            let passed = || {
                let row = self.rows.get(slot)?.as_ref()?;
                let soonest = clocks.now.get(usize::from(row.row.terms))?.1[start.place as usize];
                Some(!soonest.allows(start.opening.date, start.opening.start.minutes()))
            };
            stale[slot] = stale[slot] || passed().unwrap_or(true);
        }
        self.of = None;
        self.starts.retain(|start| !stale[usize::from(start.slot)]);
        let mut judged = 0;
        for (slot, row) in chunk.iter().enumerate().filter(|(slot, _)| stale[*slot]) {
            self.rows[slot] = None;
            let Some(row) = row else { continue };
            judged += 1;
            let slot_of = u16::try_from(slot).unwrap_or(u16::MAX);
            let (person, starts) = judge(supply, read, clocks, row, slot_of, now)?;
            self.starts.extend(starts);
            self.rows[slot] = Some(person);
        }
        self.of = Some(chunk.clone());
        Ok(judged)
    }
}

impl Person {
    /// Whether what was found for this row is still so, the starts themselves aside.
    fn holds(&self, row: &Arc<Row>, clocks: &Clocks, now: Timestamp) -> bool {
        let today = clocks.now.get(usize::from(row.terms)).map(|(today, _)| *today);
        Arc::ptr_eq(&self.row, row)
            && !self.unsure
            && today == Some(self.today)
            && self.public == row.is_public(now)
            && row.free.holds_until().is_none_or(|until| now < until)
    }
}

/// What "today" and "now" mean under each of the index's calendars, worked out once for everybody, and how long the
/// days are.
struct Clocks {
    now: Vec<(Date, [Soonest; 4])>,
    lines: HashMap<(u16, Date), DayLine>,
}

impl Clocks {
    fn of(index: &Index, now: Timestamp) -> Self {
        let of = |calendar: &Calendar| {
            (today_in(now, &calendar.zone), Place::ALL.map(|place| Soonest::of(calendar, place, now)))
        };
        Self { now: index.calendars().iter().map(of).collect(), lines: HashMap::new() }
    }
}

/// The next start of one person on every shelf they teach on.
fn judge(
    supply: &Supply,
    read: &dyn Read,
    clocks: &mut Clocks,
    row: &Arc<Row>,
    slot: u16,
    now: Timestamp,
) -> Outcome<(Person, Vec<Start>)> {
    let today = clocks.now.get(usize::from(row.terms)).map_or(Date::MIN, |(today, _)| *today);
    let mut person = Person { row: row.clone(), today, public: row.is_public(now), unsure: false };
    let mut starts = Vec::new();
    let mut told = Vec::new();
    for (at, offer) in row.offers.iter().enumerate().filter(|_| person.public) {
        let Some(service) = knowledge().catalogue.services().get(offer.service) else { continue };
        if told.contains(&service.category_id) {
            continue;
        }
        told.push(service.category_id);
        let (opening, unsure) = first(supply, read, clocks, row, offer, now)?;
        person.unsure |= unsure;
        let Some((place, opening)) = opening else { continue };
        starts.push(Start {
            slot,
            offer: u8::try_from(at).unwrap_or(u8::MAX),
            place,
            minutes: offer.usual(),
            service: u16::try_from(offer.service).unwrap_or(u16::MAX),
            today: opening.date == today,
            opening,
        });
    }
    Ok((person, starts))
}

type First = (Option<(Place, Opening)>, bool);

/// The first opening of an offering within the week, and whether only the calendar itself could tell.
fn first(
    supply: &Supply,
    read: &dyn Read,
    clocks: &mut Clocks,
    row: &Arc<Row>,
    offer: &Offer,
    now: Timestamp,
) -> Outcome<First> {
    let there = offer.places.iter().copied().find(|place| *place != Place::Remote);
    let (Some(place), Some((today, soonest))) =
        (there.or(offer.places.first().copied()), clocks.now.get(usize::from(row.terms)).copied())
    else {
        return Ok((None, false));
    };
    let (minutes, last) = (offer.usual(), plus_days(today, BOARD_DAYS));
    let starts = starts_between(0, WallTime::END.minutes(), minutes);
    let window = Window { from: today, to: last, on: &|_| true, starts, minutes };
    let (opening, unsure) = match row.free.first(place, &soonest[place as usize], &window) {
        Answer::None => (None, false),
        Answer::At(date, minute) => {
            let line = clocks.lines.entry((row.terms, date)).or_insert_with(|| DayLine::of(date, &row.zone));
            (line.opening(WallTime::clamped(minute.into()), minutes), false)
        }
        Answer::Ask => {
            let sheet = supply.sheet(read, row, today, last)?;
            let terms = sheet.calendar.terms(Some(place), now);
            (sheet.openings(&terms, today, last, minutes, 1).into_iter().next(), true)
        }
    };
    Ok((opening.map(|opening| (place, opening)), unsure))
}
