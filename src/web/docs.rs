//! The API's own description: OpenAPI 3.1 as JSON, and a page that people can read.

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use maud::{Markup, html};
use serde_json::Value;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};

use super::Chrome;
use super::codes::CODES;
use super::layout::page;
use crate::site::Site;

/// Where people read it.
pub const PAGE: &str = "/api/docs";

/// The document before any operation is added.
pub(super) fn frame() -> OpenApi {
    let info = InfoBuilder::new()
        .title("InstaInstru API")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Instants are RFC 3339 in UTC, wall times HH:MM in the lesson's zone, money integer cents. \
             Errors are application/problem+json with a stable code.",
        ))
        .build();
    OpenApiBuilder::new().info(info).build()
}

pub(super) fn routes(document: &OpenApi) -> Router<Site> {
    let json: Arc<str> = serde_json::to_string(document).unwrap_or_default().into();
    let value: Arc<Value> = Arc::new(serde_json::from_str(&json).unwrap_or_default());
    Router::new()
        .route(
            "/api/v1/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], json.to_string()) }),
        )
        .route(
            PAGE,
            get(move |chrome: Chrome| async move {
                page(&chrome, "API reference", html! { div.wrap.stack.stack--l { (reference(&value)) } })
            }),
        )
}

/// Every operation by tag, with its parameters, body and answers.
fn reference(document: &Value) -> Markup {
    let mut by_tag: std::collections::BTreeMap<&str, Vec<(&str, &str, &Value)>> = Default::default();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten().filter(|(_, op)| op.is_object()) {
            let tag = operation["tags"][0].as_str().unwrap_or("other");
            by_tag.entry(tag).or_default().push((method, path, operation));
        }
    }
    html! {
        h1 { "API reference" }
        p { "The machine-readable form is " a href="/api/v1/openapi.json" { "openapi.json" } ". Base path " code { "/api/v1" } "." }
        nav.row.toc aria-label="Groups" {
            @for tag in by_tag.keys().chain([&"errors"]) { a href={ "#" (tag) } { (tag) } }
        }
        @for (tag, operations) in &by_tag {
            section id=(tag) {
                h2 { (tag) }
                @for (method, path, operation) in operations { (one(method, path, operation, document)) }
            }
        }
        section id="errors" {
            h2 { "Errors" }
            p { "A problem names its code; " code { "type" } " leads here." }
            dl { @for (code, status, meaning) in CODES { dt id=(code) { code { (status) " " (code) } } dd { (meaning) } } }
        }
    }
}

fn one(method: &str, path: &str, operation: &Value, document: &Value) -> Markup {
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    html! {
        details {
            summary { code { (method.to_uppercase()) " " (path) } " " (operation["summary"].as_str().unwrap_or_default()) }
            @if let Some(text) = operation["description"].as_str() { p { (text) } }
            @if let Some(parameters) = operation["parameters"].as_array() {
                h3 { "Parameters" }
                ul {
                    @for p in parameters {
                        li { code { (p["name"].as_str().unwrap_or_default()) } " (" (p["in"].as_str().unwrap_or_default()) ") "
                            (type_words(&p["schema"])) " " (p["description"].as_str().unwrap_or_default()) }
                    }
                }
            }
            @if body.is_object() { h3 { "Body" } (schema(body, document, 0)) }
            h3 { "Answers" }
            ul {
                @for (status, answer) in operation["responses"].as_object().into_iter().flatten().filter(|(s, _)| s.starts_with('2')) {
                    li { code { (status) } " " (answer["description"].as_str().unwrap_or_default())
                        @let schema_of = &answer["content"]["application/json"]["schema"];
                        @if schema_of.is_object() { (schema(schema_of, document, 0)) } }
                }
            }
        }
    }
}

/// The fields of a schema, followed two references deep.
fn schema(schema_of: &Value, document: &Value, depth: u8) -> Markup {
    let name = schema_of["$ref"].as_str().and_then(|r| r.rsplit('/').next());
    let target = name.map_or(schema_of, |name| &document["components"]["schemas"][name]);
    let required: Vec<&str> = target["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    html! {
        @if let Some(fields) = target["properties"].as_object() {
            ul {
                @for (field, kind) in fields {
                    li { code { (field) } @if !required.contains(&field.as_str()) { "?" } " " (type_words(kind)) " " (kind["description"].as_str().unwrap_or_default())
                        @if depth < 2 && (kind["$ref"].is_string() || kind["items"]["$ref"].is_string()) {
                            (schema(if kind["$ref"].is_string() { kind } else { &kind["items"] }, document, depth + 1))
                        } }
                }
            }
        } @else if let Some(parts) = target["allOf"].as_array() {
            @for part in parts { (schema(part, document, depth + 1)) }
        } @else { p { (type_words(target)) } }
    }
}

fn type_words(kind: &Value) -> String {
    if let Some(name) = kind["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        return name.to_owned();
    }
    match &kind["type"] {
        Value::String(name) if name == "array" => format!("list of {}", type_words(&kind["items"])),
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    }
}
