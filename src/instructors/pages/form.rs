//! What a form sent, read by name, and what was wrong with it, kept beside the fields.

use std::str::FromStr;

use maud::Markup;

use crate::base::refusal::{Outcome, Refusal};
use crate::web::components::error_summary;

/// Names and values as they came; names repeat.
pub(super) struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// As typed; nothing where the form had no such field.
    pub fn text(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The values of a group of boxes; one that no box of ours has is left out.
    pub fn ticked<T: FromStr>(&self, name: &str) -> Vec<T> {
        self.all(name).filter_map(|value| value.parse().ok()).collect()
    }
}

/// Field and what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<(String, String)>);

impl Faults {
    /// The value, or nothing and the fault is noted. `name` leads from the rule's name of a field to the form's; what a
    /// refusal says without naming a field belongs to `catch_all`. A fault of ours, or one of the whole page, passes through.
    pub fn hold<T>(&mut self, said: Outcome<T>, name: impl Fn(&str) -> String, catch_all: &str) -> Outcome<Option<T>> {
        let refusal = match said {
            Ok(value) => return Ok(Some(value)),
            Err(refusal) if matches!(refusal.status, 400 | 409 | 422) => refusal,
            Err(refusal) => return Err(refusal),
        };
        if refusal.errors.is_empty() {
            self.0.push((catch_all.to_owned(), refusal.detail));
        } else {
            self.0.extend(refusal.errors.iter().map(|e| (name(&e.field), e.message.clone())));
        }
        Ok(None)
    }

    /// The same for a rule that calls the field as the form does.
    pub fn keep<T>(&mut self, field: &str, said: Outcome<T>) -> Outcome<Option<T>> {
        self.hold(said, |_| field.to_owned(), field)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, message)| message.as_str())
    }

    pub fn summary(&self) -> Markup {
        let list: Vec<(&str, &str)> = self.0.iter().map(|(name, message)| (name.as_str(), message.as_str())).collect();
        error_summary(&list, "What you typed is kept; nothing is saved yet.")
    }
}

/// A whole number, or a sentence about it.
pub(super) fn whole(field: &str, text: &str) -> Outcome<i64> {
    text.trim().parse().map_err(|_| Refusal::invalid(field, "A whole number, in figures."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_stand_at_the_forms_own_fields() {
        let mut faults = Faults::default();
        let renamed = |name: &str| name.replace("_cents", "");
        let low: Outcome<()> = Err(Refusal::unprocessable("PRICE_BELOW_FLOOR", "Too little."));
        assert!(faults.hold(low, renamed, "rate").unwrap().is_none());
        let odd: Outcome<()> = Err(Refusal::invalid("hourly_rate_cents", "At most $1,000."));
        assert!(faults.hold(odd, renamed, "rate").unwrap().is_none());
        assert_eq!((faults.at("rate"), faults.at("hourly_rate")), (Some("Too little."), Some("At most $1,000.")));
        let ours: Outcome<()> = Err(Refusal::internal("disk"));
        assert!(faults.hold(ours, renamed, "rate").is_err(), "a fault of ours is no fault of the form");
        assert_eq!(faults.hold(Ok(3), renamed, "rate").unwrap(), Some(3));
    }

    #[test]
    fn boxes_nobody_drew_are_left_out() {
        let fields = Fields(vec![("n".into(), "30".into()), ("n".into(), "x".into()), ("m".into(), "5".into())]);
        assert_eq!(fields.ticked::<u16>("n"), [30]);
        assert_eq!((fields.text("m").as_str(), fields.text("o").as_str()), ("5", ""));
    }
}
