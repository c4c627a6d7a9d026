//! Stripe's published description of its API as a judge of calls, answers and events.
//!
//! The description is OpenAPI 3.0, the judge (`boon`) reads JSON Schema: only what a call needs is translated, with
//! expandable fields as ids, because the stand-in expands none. Answers are judged strictly: a field that Stripe does
//! not describe is a finding.

use std::collections::{BTreeMap, BTreeSet};

use boon::{Compiler, SchemaIndex, Schemas};
use instainstru::outside::stripe::WireCall;
use serde_json::{Map, Value, json};

/// The description is some versions older than the one the adapter speaks: what came with newer ones.
const NEWER: &[(&str, &[&str])] = &[
    ("payment_intent", &["source"]),
    ("dispute", &["enhanced_eligibility_types"]),
    ("dispute_evidence", &["enhanced_evidence"]),
    ("dispute_evidence_details", &["enhanced_eligibility"]),
    ("payment_method", &["allow_redisplay"]),
    ("payment_method_card", &["display_brand"]),
    ("payment_pages_checkout_session_automatic_tax", &["liability", "provider"]),
    ("payment_pages_checkout_session_custom_text", &["after_submit", "terms_of_service_acceptance"]),
    ("gelato_verified_outputs", &["email", "phone", "sex", "unparsed_place_of_birth", "unparsed_sex"]),
];

pub struct Judge {
    api: Value,
    schemas: Schemas,
    compiler: Compiler,
    known: BTreeMap<String, SchemaIndex>,
}

impl Judge {
    pub fn read(file: &std::path::Path) -> Self {
        let api = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        Self { api, schemas: Schemas::new(), compiler: Compiler::new(), known: BTreeMap::new() }
    }

    /// What is wrong with a call and with its answer.
    pub fn call(&mut self, call: &WireCall, status: u16, body: &Value) -> Vec<String> {
        let name = format!("{} {}", call.method, call.path);
        let Some((path, operation)) = self.operation(call) else {
            return vec![format!("{name}: Stripe has no such operation")];
        };
        let wanted = wanted_of(&operation);
        let sent = coerced(&self.api, &form(&call.form), &wanted);
        let mut found = self.judge(&format!("{} {path} request", call.method), &wanted, &sent, false);
        let (of, schema) = match status {
            200..=299 => ("200", &operation["responses"]["200"]),
            _ => ("default", &operation["responses"]["default"]),
        };
        let schema = schema["content"]["application/json"]["schema"].clone();
        found.extend(self.judge(&format!("{} {path} answer {of}", call.method), &schema, body, true));
        found.into_iter().map(|finding| format!("{name} ({status}): {finding}")).collect()
    }

    /// What is wrong with an event and the object in it.
    pub fn event(&mut self, event: &Value) -> Vec<String> {
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        let of = event["data"]["object"]["object"].as_str().unwrap_or_default().to_owned();
        let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let mut found = self.judge("event", &reference("event"), event, false);
        found.extend(self.judge(&format!("object {of}"), &reference(&of), &event["data"]["object"], true));
        let endpoints = &self.api["paths"]["/v1/webhook_endpoints"]["post"]["requestBody"];
        let kinds = &endpoints["content"]["application/x-www-form-urlencoded"]["schema"]["properties"];
        if !kinds["enabled_events"]["items"]["enum"].as_array().unwrap().iter().any(|one| one == kind.as_str()) {
            found.push("Stripe sends no events of this kind".to_owned());
        }
        found.into_iter().map(|finding| format!("event {kind}: {finding}")).collect()
    }

    fn judge(&mut self, name: &str, schema: &Value, instance: &Value, strict: bool) -> Vec<String> {
        let index = match self.known.get(name) {
            Some(index) => *index,
            None => {
                let mut defs = BTreeMap::new();
                let mut root = translated(&self.api, schema, strict, &mut defs);
                if let Some(root) = root.as_object_mut() {
                    root.insert("$defs".into(), json!(defs));
                }
                let url = format!("http://stripe.test/{}", self.known.len());
                self.compiler.add_resource(&url, root).unwrap();
                let index = self.compiler.compile(&url, &mut self.schemas).unwrap();
                self.known.insert(name.to_owned(), index);
                index
            }
        };
        match self.schemas.validate(instance, index) {
            Ok(()) => Vec::new(),
            Err(wrong) => vec![format!("{wrong:#}")],
        }
    }

    /// The described path that fits best: one that is spelt out before one with a placeholder.
    fn operation(&self, call: &WireCall) -> Option<(String, Value)> {
        let parts: Vec<&str> = call.path.trim_matches('/').split('/').collect();
        let fits = |path: &&String| {
            let wanted: Vec<&str> = path.trim_matches('/').split('/').collect();
            wanted.len() == parts.len()
                && wanted.iter().zip(&parts).all(|(want, part)| want.starts_with('{') || want == part)
        };
        let method = call.method.to_lowercase();
        let paths = self.api["paths"].as_object()?;
        let mut found: Vec<&String> =
            paths.keys().filter(fits).filter(|path| !paths[*path][&method].is_null()).collect();
        found.sort_by_key(|path| path.matches('{').count());
        let path = (*found.first()?).clone();
        let operation = paths[&path][&method].clone();
        Some((path, operation))
    }
}

/// What an operation takes, from its body or its query.
fn wanted_of(operation: &Value) -> Value {
    let body = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
    let in_query: Vec<&Value> =
        operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query").collect();
    if in_query.is_empty() && !body.is_null() {
        return body.clone();
    }
    let properties: Map<String, Value> =
        in_query.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one["schema"].clone())).collect();
    let required: Vec<&Value> = in_query.iter().filter(|one| one["required"] == true).map(|one| &one["name"]).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn resolved<'a>(api: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(name) => &api["components"]["schemas"][name.trim_start_matches("#/components/schemas/")],
        None => schema,
    }
}

/// The same in the words of JSON Schema; what it refers to is gathered in `defs`.
fn translated(api: &Value, schema: &Value, strict: bool, defs: &mut BTreeMap<String, Value>) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/components/schemas/").to_owned();
        if !defs.contains_key(&name) {
            defs.insert(name.clone(), json!(true));
            let mut of = translated(api, &api["components"]["schemas"][&name], strict, defs);
            for newer in NEWER.iter().filter(|(of, _)| *of == name).flat_map(|(_, fields)| *fields) {
                of["properties"][newer] = json!(true);
            }
            defs.insert(name.clone(), of);
        }
        return json!({ "$ref": format!("#/$defs/{name}") });
    }
    let mut out = Map::new();
    for plain in ["type", "enum", "required", "maxLength"] {
        if !schema[plain].is_null() {
            out.insert(plain.into(), schema[plain].clone());
        }
    }
    if let Some(properties) = schema["properties"].as_object() {
        let each = properties.iter().map(|(name, of)| (name.clone(), translated(api, of, strict, defs)));
        out.insert("properties".into(), Value::Object(each.collect()));
        if strict && schema["additionalProperties"].is_null() {
            out.insert("additionalProperties".into(), json!(false));
        }
    }
    match &schema["additionalProperties"] {
        Value::Null => {}
        Value::Bool(any) => drop(out.insert("additionalProperties".into(), json!(any))),
        of => drop(out.insert("additionalProperties".into(), translated(api, of, strict, defs))),
    }
    if !schema["items"].is_null() {
        out.insert("items".into(), translated(api, &schema["items"], strict, defs));
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let expandable = !schema["x-expansionResources"].is_null();
        let kept = choices.iter().filter(|choice| !expandable || choice["$ref"].is_null());
        let kept: Vec<Value> = kept.map(|choice| translated(api, choice, strict, defs)).collect();
        out.insert("anyOf".into(), json!(kept));
    }
    match schema["nullable"] == true {
        true => json!({ "anyOf": [out, { "type": "null" }] }),
        false => Value::Object(out),
    }
}

/// `a[b][0]=c` as `{"a": {"b": ["c"]}}`.
fn form(encoded: &str) -> Value {
    let mut root = json!({});
    for (name, text) in form_urlencoded::parse(encoded.as_bytes()) {
        let mut here = &mut root;
        for part in name.split('[').map(|part| part.trim_end_matches(']')) {
            here = here.as_object_mut().unwrap().entry(part).or_insert(json!({}));
        }
        *here = json!(text);
    }
    listed(root)
}

fn listed(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    let numbered = !map.is_empty() && map.keys().all(|name| name.is_empty() || name.parse::<u32>().is_ok());
    let values = map.into_iter().map(|(name, value)| (name, listed(value)));
    match numbered {
        true => Value::Array(values.map(|(_, value)| value).collect()),
        false => Value::Object(values.collect()),
    }
}

/// Texts of a form as the numbers and truths that are meant.
fn coerced(api: &Value, value: &Value, schema: &Value) -> Value {
    let schema = resolved(api, schema);
    match value {
        Value::Object(map) => {
            let choices = schema["anyOf"].as_array().into_iter().flatten();
            let of =
                choices.map(|choice| resolved(api, choice)).find(|choice| choice["type"] == "object").unwrap_or(schema);
            let each = map.iter().map(|(name, value)| {
                let inner = match &of["properties"][name] {
                    Value::Null => &of["additionalProperties"],
                    inner => inner,
                };
                (name.clone(), coerced(api, value, inner))
            });
            Value::Object(each.collect())
        }
        Value::Array(all) => all.iter().map(|value| coerced(api, value, &schema["items"])).collect(),
        Value::String(text) => scalar(api, text, schema),
        other => other.clone(),
    }
}

fn scalar(api: &Value, text: &str, schema: &Value) -> Value {
    let choices: Vec<&Value> = match schema["anyOf"].as_array() {
        Some(choices) => choices.iter().map(|choice| resolved(api, choice)).collect(),
        None => vec![schema],
    };
    let types: BTreeSet<&str> = choices.iter().filter_map(|choice| choice["type"].as_str()).collect();
    let number = text.parse::<i64>().ok().filter(|_| types.contains("integer"));
    let truth = text.parse::<bool>().ok().filter(|_| types.contains("boolean"));
    number.map(Value::from).or(truth.map(Value::from)).unwrap_or_else(|| json!(text))
}
