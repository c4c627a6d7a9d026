//! The arithmetic of a lesson's price (part 10 §2.1), shared by the rooms that show, check and charge it.
//!
//! Pure: rates and shares in, cents out. Which tier, fee or floor applies is decided elsewhere.

use serde::{Deserialize, Serialize};

use super::money::{Bp, Cents};

/// Where a lesson takes place, as on the wire (contract §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    StudentHome,
    InstructorLocation,
    Neutral,
    Remote,
}

impl Place {
    pub const ALL: [Self; 4] = [Self::StudentHome, Self::InstructorLocation, Self::Neutral, Self::Remote];

    pub fn name(self) -> &'static str {
        match self {
            Self::StudentHome => "student_home",
            Self::InstructorLocation => "instructor_location",
            Self::Neutral => "neutral",
            Self::Remote => "remote",
        }
    }

    /// Wire names and the aliases that requests may use (rule: 10§2.1).
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "student_home" | "student_location" => Self::StudentHome,
            "instructor_location" => Self::InstructorLocation,
            "neutral" | "neutral_location" | "in_person" => Self::Neutral,
            "remote" | "online" => Self::Remote,
            _ => return None,
        })
    }

    /// In words for people: "Online", "At your place".
    pub fn label(self) -> &'static str {
        match self {
            Self::StudentHome => "At your place",
            Self::InstructorLocation => "At the instructor’s place",
            Self::Neutral => "At a public place",
            Self::Remote => "Online",
        }
    }

    /// Whether the instructor travels to it (rule: 30§2.2).
    pub fn travels(self) -> bool {
        matches!(self, Self::StudentHome | Self::Neutral)
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom("expected one of student_home, instructor_location, neutral, remote")
        })
    }
}

/// Floors for one hour, by modality (setting `price_floor_cents`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floors {
    pub in_person: Cents,
    pub remote: Cents,
}

impl Default for Floors {
    fn default() -> Self {
        Self { in_person: Cents(8000), remote: Cents(6000) }
    }
}

/// Remote iff the place is remote, or neutral with a meeting place that says so (rule: 10§2.1 modality).
pub fn is_remote(place: Place, meeting_location: Option<&str>) -> bool {
    match place {
        Place::Remote => true,
        Place::Neutral => meeting_location.is_some_and(|text| {
            text.to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| matches!(word, "online" | "remote" | "virtual"))
        }),
        Place::StudentHome | Place::InstructorLocation => false,
    }
}

/// LP: the lesson price of `minutes` at an hourly rate.
pub fn lesson_price(hourly: Cents, minutes: u16) -> Cents {
    hourly.times_ratio_half_up(i64::from(minutes), 60)
}

/// The least a lesson of this length may cost.
pub fn floor_for(floors: &Floors, remote: bool, minutes: u16) -> Cents {
    lesson_price(if remote { floors.remote } else { floors.in_person }, minutes)
}

/// What student, instructor and platform get of one lesson (part 10 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// LP.
    pub lesson: Cents,
    /// SF: the student's service fee ("Booking Protection").
    pub student_fee: Cents,
    /// IF: the platform's share of the lesson price.
    pub instructor_fee: Cents,
    /// P: what the instructor is paid, whatever credit the student used.
    pub payout: Cents,
    /// CR: credit used, never more than LP.
    pub credit: Cents,
    pub student_pay: Cents,
    pub application_fee: Cents,
    /// What the platform adds when credit leaves less than P on the card.
    pub top_up: Cents,
}

/// Splits a lesson price; `requested_credit` is capped by the balance and the lesson price.
pub fn split(lesson: Cents, student_fee: Bp, tier: Bp, requested_credit: Cents, balance: Cents) -> Split {
    let student_fee = lesson.share(student_fee);
    let instructor_fee = lesson.share(tier);
    let payout = lesson - instructor_fee;
    let credit = requested_credit.max_zero().min(balance.max_zero()).min(lesson);
    let student_pay = lesson - credit + student_fee;
    let application_fee = (student_fee + instructor_fee - credit).max_zero();
    let top_up = if application_fee == Cents::ZERO { (payout - student_pay).max_zero() } else { Cents::ZERO };
    Split { lesson, student_fee, instructor_fee, payout, credit, student_pay, application_fee, top_up }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// rule: 10§6, first table: rate, minutes, tier, credit → LP SF IF P pays fee top-up.
    #[test]
    fn worked_examples() {
        let rows = [
            (8000, 60, 1500, 0, [8000, 960, 1200, 6800, 8960, 2160, 0]),
            (8000, 60, 1500, 2000, [8000, 960, 1200, 6800, 6960, 160, 0]),
            (8000, 60, 1500, 2160, [8000, 960, 1200, 6800, 6800, 0, 0]),
            (8000, 60, 1500, 4500, [8000, 960, 1200, 6800, 4460, 0, 2340]),
            (8000, 60, 1500, 10000, [8000, 960, 1200, 6800, 960, 0, 5840]),
            (10000, 60, 1200, 0, [10000, 1200, 1200, 8800, 11200, 2400, 0]),
            (10000, 60, 800, 0, [10000, 1200, 800, 9200, 11200, 2000, 0]),
            (8500, 45, 1500, 0, [6375, 765, 956, 5419, 7140, 1721, 0]),
            (9500, 50, 1200, 0, [7917, 950, 950, 6967, 8867, 1900, 0]),
            (6500, 30, 1500, 0, [3250, 390, 488, 2762, 3640, 878, 0]),
            (8025, 60, 1500, 0, [8025, 963, 1204, 6821, 8988, 2167, 0]),
            (12000, 60, 1200, 5000, [12000, 1440, 1440, 10560, 8440, 0, 2120]),
        ];
        for (rate, minutes, tier, credit, want) in rows {
            let s = split(lesson_price(Cents(rate), minutes), Bp(1200), Bp(tier), Cents(credit), Cents(1_000_000));
            let got = [
                s.lesson.0,
                s.student_fee.0,
                s.instructor_fee.0,
                s.payout.0,
                s.student_pay.0,
                s.application_fee.0,
                s.top_up.0,
            ];
            assert_eq!(got, want, "{rate} {minutes} {tier} {credit}");
        }
    }

    #[test]
    fn floors_by_modality_and_length() {
        let floors = Floors::default();
        assert!(lesson_price(Cents(7999), 60) < floor_for(&floors, false, 60));
        assert!(lesson_price(Cents(7999), 45) < floor_for(&floors, false, 45));
        assert!(lesson_price(Cents(5998), 30) < floor_for(&floors, true, 30));
        assert!(lesson_price(Cents(6000), 30) >= floor_for(&floors, true, 30));
        assert!(is_remote(Place::Neutral, Some("Virtual, link follows")));
        assert!(!is_remote(Place::Neutral, Some("Prospect Park")));
    }
}
