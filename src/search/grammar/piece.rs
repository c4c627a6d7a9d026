//! The pieces a query can be made of: what a recogniser may claim to have read, over which tokens,
//! and how surely.

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use super::token::Token;

/// One reading of a run of tokens `from..to`. Readings compete; the chooser keeps the best set that
/// does not overlap.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub from: usize,
    pub to: usize,
    pub weight: i32,
    pub piece: Piece,
}

impl Candidate {
    /// A reading whose weight grows with its length, so a longer phrase beats its own parts.
    pub fn new(from: usize, to: usize, bonus: i32, piece: Piece) -> Candidate {
        let length = (to - from) as i32;
        Candidate { from, to, weight: (length * 14 - 4 + bonus).max(1), piece }
    }

    /// The same reading without the small words before it, for when another reading needs them:
    /// "within 5 miles of astoria".
    pub fn without_lead(&self, tokens: &[Token]) -> Option<Candidate> {
        const SMALL: &[&str] =
            &["in", "on", "of", "for", "the", "a", "an", "my", "our", "near", "around", "is", "with", "to"];
        let matters = matches!(
            self.piece,
            Piece::Date(DateWish::InDays(_) | DateWish::InMinutes(_) | DateWish::Within(_) | DateWish::Range(..))
                | Piece::Language(_)
                | Piece::Time(TimeWish::Around(_))
                | Piece::Price(_)
                | Piece::Place(PlaceWish::Unknown { .. } | PlaceWish::NearMe)
                | Piece::Filler
                | Piece::Topic(_)
                | Piece::Venue(_)
                | Piece::Group(_)
        );
        // "2 miles from union square": there the small word belongs to the distance.
        let of_place = matches!(self.piece, Piece::Place(_));
        let is_small = |word: &str| SMALL.contains(&word) || of_place && ["from", "at", "by"].contains(&word);
        let small = tokens[self.from..self.to - 1].iter().take_while(|token| is_small(&token.text)).count();
        let from = self.from + small;
        (small > 0 && !matters).then(|| Candidate {
            from,
            to: self.to,
            weight: (self.weight - 16 * small as i32).max(1),
            piece: self.piece.clone(),
        })
    }

    /// How sure the reading is, for the chip: the weight per token, squeezed into 0.5–0.99.
    pub fn confidence(&self) -> f64 {
        let per_token = f64::from(self.weight) / (self.to - self.from).max(1) as f64;
        ((0.55 + per_token / 40.0).clamp(0.5, 0.99) * 100.0).round() / 100.0
    }
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Price(PriceWish),
    Intent(PriceIntent),
    Age {
        from: Option<u8>,
        to: Option<u8>,
    },
    Audience(Audience),
    Grade(u8),
    Level(Level),
    Duration(u16),
    Date(DateWish),
    Time(TimeWish),
    Place(PlaceWish),
    Radius {
        hundredth_miles: u32,
        /// Around the person who asks.
        of_me: bool,
    },
    Lesson(LessonType),
    Venue(Venue),
    Language(String),
    Group(u16),
    Exclude(Vec<Topic>),
    Sort(Sort),
    Urgency(Urgency),
    Topic(Topic),
    Filter {
        key: &'static str,
        value: &'static str,
    },
    Soft,
    /// Words that say nothing about the lesson.
    Filler,
}

/// Money as it was said, in cents.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PriceWish {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub target: Option<i64>,
    pub unit: Option<PriceUnit>,
    /// The length of lesson the sum is for, when it was said with it: "per half hour".
    pub minutes: Option<u16>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name { $(#[serde(rename = $word)] $variant),+ }
        impl $name {
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
            /// The value with this name, if there is one.
            pub fn named(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

words!(
    /// What a price is for.
    PriceUnit { Hour = "hour", Session = "session" }
);
words!(
    /// A price said without a number.
    PriceIntent { Budget = "budget", Premium = "premium" }
);
words!(
    /// Who the lesson is for.
    Audience { Toddler = "toddler", Kids = "kids", Teens = "teens", Adults = "adults", Seniors = "seniors" }
);
words!(
    /// How far the learner is.
    Level { Beginner = "beginner", Intermediate = "intermediate", Advanced = "advanced" }
);
words!(
    /// By wire or in a room.
    LessonType { Online = "online", InPerson = "in_person", Any = "any" }
);
words!(
    /// Whose room.
    Venue { StudentHome = "student_home", InstructorPlace = "instructor_place" }
);
words!(
    /// The order asked for.
    Sort { PriceAsc = "price_asc", PriceDesc = "price_desc", RatingDesc = "rating_desc", Distance = "distance", Soonest = "soonest" }
);
words!(
    /// How soon.
    Urgency { High = "high", Medium = "medium" }
);
words!(
    /// What kind of place was named.
    LocationKind { Borough = "borough", Neighborhood = "neighborhood", Zip = "zip", Landmark = "landmark", NearMe = "near_me", Unknown = "unknown" }
);
words!(
    /// Why `date_from` and `date_to` stand there.
    DateType { Weekend = "weekend", Range = "range" }
);

impl Audience {
    /// The group an age belongs to. Eighteen still counts as a young learner, as most schools see it.
    pub fn of_age(age: u8) -> Audience {
        match age {
            0..=3 => Audience::Toddler,
            4..=12 => Audience::Kids,
            13..=18 => Audience::Teens,
            19..=64 => Audience::Adults,
            _ => Audience::Seniors,
        }
    }

    /// The group a school grade belongs to; kindergarten is 0.
    pub fn of_grade(grade: u8) -> Audience {
        if grade <= 6 { Audience::Kids } else { Audience::Teens }
    }
}

/// A day or days, as said; `calendar` turns it into dates.
#[derive(Clone, Debug, PartialEq)]
pub enum DateWish {
    Today,
    Now,
    Tonight,
    Day(Date),
    InDays(i64),
    /// Start no earlier than so many minutes from now.
    InMinutes(i64),
    Weekday {
        day: Weekday,
        which: Which,
    },
    Weekdays(Vec<Weekday>),
    NotWeekdays(Vec<Weekday>),
    Weekend {
        which: Which,
    },
    Range(Date, Date),
    ThisWeek,
    LaterThisWeek,
    NextWeek {
        weeks: i64,
    },
    StartOfWeek {
        weeks: i64,
    },
    EndOfWeek {
        weeks: i64,
    },
    /// So many days after another day.
    Later {
        day: Box<DateWish>,
        days: i64,
    },
    EndOfMonth,
    /// Monday to Sunday around a day.
    WeekOf(Box<DateWish>),
    /// From one day to another.
    Span(Box<DateWish>, Box<DateWish>),
    /// Monday to Friday, in the evening.
    Weeknights,
    /// Not then: later, when it is near, and any other day when it is not.
    Not(Box<DateWish>),
    Month {
        ahead: i64,
    },
    Within(i64),
    Before {
        day: Box<DateWish>,
        inclusive: bool,
    },
    From(Box<DateWish>),
    Impossible,
}

/// Which of the coming days of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Bare,
    This,
    Next,
}

/// A clock time as said: the half of the day may still be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSaid {
    pub hour: u16,
    pub minute: u16,
    pub half: Option<Half>,
}

/// Before or after noon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    Am,
    Pm,
}

/// A time of day as said, in minutes after midnight where it is certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeWish {
    After(ClockSaid),
    Before(ClockSaid),
    At(ClockSaid),
    Around(ClockSaid),
    Between(ClockSaid, ClockSaid),
    /// At the one or at the other.
    Either(ClockSaid, ClockSaid),
    /// A part of the day; `today` when "this" was said before it.
    Part {
        from: u16,
        to: u16,
        today: bool,
    },
}

/// A place as said.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaceWish {
    NearMe,
    Known {
        said: String,
        names: Vec<String>,
        kind: LocationKind,
        ambiguous: bool,
    },
    Unknown {
        said: String,
        sure: bool,
    },
    /// Anywhere but there.
    Not {
        names: Vec<String>,
    },
}

/// What somebody wants to learn, as the catalogue knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub kind: TopicKind,
    /// Names of the services it stands for, best first.
    pub services: Vec<usize>,
    /// The catalogue's shelf and category it stands on; of several, the first.
    pub shelf: usize,
    pub category: usize,
    /// The service that bears its shelf's own name: "math" among algebra, geometry, calculus.
    pub head: bool,
    /// A bare "tutor": a wish only when nothing better was named.
    pub weak: bool,
    /// A subject of school.
    pub school: bool,
    /// A language that is learnt.
    pub tongue: bool,
    /// Reading and writing, in whatever language.
    pub letters: bool,
    /// The phrase is something one does: "cook", "paint".
    pub deed: bool,
}

/// How wide a topic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicKind {
    Service,
    Subcategory(usize),
    Category(usize),
}
