//! Stripe's form encoding: `metadata[booking_id]=…&expand[0]=…` read into a tree of texts.

use serde_json::{Map, Value};

use super::answer::Problem;

/// The parameters of one call.
#[derive(Debug, Default)]
pub(super) struct Form(Map<String, Value>);

impl Form {
    pub fn parse(encoded: &str) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(encoded)
            .map_err(|_| Problem::invalid("The request body is not form-encoded.", None))?;
        let mut root = Map::new();
        for (name, value) in pairs {
            insert(&mut root, &name, value);
        }
        Ok(Self(root))
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub fn needed(&self, name: &'static str) -> Result<&str, Problem> {
        self.text(name).ok_or_else(|| Problem::missing(name))
    }

    pub fn flag(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    /// A whole number of minor units.
    pub fn amount(&self, name: &'static str) -> Result<Option<i64>, Problem> {
        match self.text(name) {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(amount) if amount > 0 => Ok(Some(amount)),
                _ => Err(Problem::invalid(&format!("Invalid positive integer: {text}"), Some(name))),
            },
        }
    }

    /// A nested group, or an empty one.
    pub fn group(&self, name: &str) -> Map<String, Value> {
        self.0.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
    }

    pub fn metadata(&self) -> Value {
        Value::Object(self.group("metadata"))
    }
}

/// `a[b][c]` → `{"a": {"b": {"c": value}}}`; deeper than Stripe ever nests is cut off.
fn insert(root: &mut Map<String, Value>, name: &str, value: String) {
    let mut path = name.split('[').map(|part| part.trim_end_matches(']').to_owned()).take(8).peekable();
    let mut here = root;
    while let Some(part) = path.next() {
        if path.peek().is_none() {
            here.insert(part, Value::String(value));
            return;
        }
        let child = here.entry(part).or_insert_with(|| Value::Object(Map::new()));
        if !child.is_object() {
            *child = Value::Object(Map::new());
        }
        match child.as_object_mut() {
            Some(map) => here = map,
            None => return,
        }
    }
}
