//! What a profile may say about a person.

use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{clean, line, line_optional};
use crate::instructors::model::NamedPlace;

const MOST_LANGUAGES: usize = 12;
/// rule: 20§1 PreferredPlace, ≤2 each.
const MOST_PLACES: usize = 2;

/// What an instructor tells about themselves; absent fields stay as they are.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub bio: Option<String>,
    pub years_experience: Option<i64>,
    pub languages: Option<Vec<String>>,
    pub min_advance_booking_hours: Option<i64>,
    pub buffer_time_minutes: Option<i64>,
    pub teaching_locations: Option<Vec<NamedPlace>>,
    pub public_spaces: Option<Vec<NamedPlace>>,
}

/// The same, judged and cleaned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    pub bio: Option<String>,
    pub years_experience: Option<u16>,
    pub languages: Option<Vec<String>>,
    pub min_advance_booking_hours: Option<u16>,
    pub buffer_time_minutes: Option<u16>,
    pub teaching_locations: Option<Vec<NamedPlace>>,
    pub public_spaces: Option<Vec<NamedPlace>>,
}

/// rule: 00§7 POST /instructors/me.
pub fn judge(changes: &Changes) -> Outcome<Judged> {
    let places = |field, list: &Option<Vec<NamedPlace>>| list.as_deref().map(|l| named_places(field, l)).transpose();
    Ok(Judged {
        bio: changes.bio.as_deref().map(|bio| clean("bio", bio, 10, 1000)).transpose()?,
        years_experience: within("years_experience", changes.years_experience, 0, 50)?,
        languages: changes.languages.as_deref().map(languages).transpose()?,
        min_advance_booking_hours: within("min_advance_booking_hours", changes.min_advance_booking_hours, 0, 168)?,
        buffer_time_minutes: within("buffer_time_minutes", changes.buffer_time_minutes, 0, 60)?,
        teaching_locations: places("preferred_teaching_locations", &changes.teaching_locations)?,
        public_spaces: places("preferred_public_spaces", &changes.public_spaces)?,
    })
}

fn within(field: &str, value: Option<i64>, min: u16, max: u16) -> Outcome<Option<u16>> {
    let Some(value) = value else { return Ok(None) };
    match u16::try_from(value) {
        Ok(n) if (min..=max).contains(&n) => Ok(Some(n)),
        _ => Err(Refusal::invalid(field, format!("Between {min} and {max}."))),
    }
}

/// "english" and "English " are one language; the way it was first written stays, with a capital.
fn languages(list: &[String]) -> Outcome<Vec<String>> {
    let mut out: Vec<String> = Vec::new();
    for language in list {
        let language = line("languages", language, 2, 40)?;
        let mut letters = language.chars();
        let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        if !out.iter().any(|known| known.eq_ignore_ascii_case(&capital)) {
            out.push(capital);
        }
    }
    if out.is_empty() || out.len() > MOST_LANGUAGES {
        return Err(Refusal::invalid("languages", format!("Between 1 and {MOST_LANGUAGES} languages.")));
    }
    Ok(out)
}

fn named_places(field: &str, list: &[NamedPlace]) -> Outcome<Vec<NamedPlace>> {
    if list.len() > MOST_PLACES {
        return Err(Refusal::invalid(field, format!("At most {MOST_PLACES} places.")));
    }
    let mut out: Vec<NamedPlace> = Vec::new();
    for (i, place) in list.iter().enumerate() {
        let address = line(&format!("{field}[{i}].address"), &place.address, 1, 255)?;
        let label = line_optional(&format!("{field}[{i}].label"), place.label.as_deref(), 50)?;
        if out.iter().any(|known| known.address.eq_ignore_ascii_case(&address)) {
            return Err(Refusal::invalid(field, "The same address is listed twice."));
        }
        out.push(NamedPlace { address, label });
    }
    Ok(out)
}
