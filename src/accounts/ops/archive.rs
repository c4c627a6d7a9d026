//! The export as a person reads it: a zip archive with one page of everything and the same as JSON.

use std::io::{Cursor, Write as _};

use serde_json::{Map, Value};
use zip::write::SimpleFileOptions;

use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;

/// `index.html` to read, `data.json` for programs.
pub fn zip(data: &Map<String, Value>, brand: &str, now: Timestamp) -> Outcome<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let json = serde_json::to_string_pretty(data).map_err(Refusal::internal)?;
    for (name, text) in [("index.html", page(data, brand, now)), ("data.json", json)] {
        archive.start_file(name, SimpleFileOptions::default()).map_err(Refusal::internal)?;
        archive.write_all(text.as_bytes()).map_err(Refusal::internal)?;
    }
    Ok(archive.finish().map_err(Refusal::internal)?.into_inner())
}

/// One page without scripts or anything from elsewhere: it is to be readable in twenty years.
fn page(data: &Map<String, Value>, brand: &str, now: Timestamp) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Your data at {0}</title><style>{STYLE}</style></head>\n\
         <body><h1>Your data at {0}</h1><p>Everything held about you on {1}.</p>\n<ul>",
        escaped(brand),
        crate::base::time::rfc3339(now)
    );
    for name in data.keys() {
        out.push_str(&format!("<li><a href=\"#{0}\">{1}</a></li>", escaped(name), words(name)));
    }
    out.push_str("</ul>\n");
    for (name, value) in data {
        out.push_str(&format!("<section id=\"{}\"><h2>{}</h2>", escaped(name), words(name)));
        print(value, &mut out);
        out.push_str("</section>\n");
    }
    out.push_str("</body></html>\n");
    out
}

const STYLE: &str = ":root{color-scheme:light dark;background:Canvas;color:CanvasText}body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}\
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em}dt{opacity:.75}dd{margin:0;overflow-wrap:anywhere}\
    ol>li{margin-bottom:1em}";

fn print(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("none"),
        Value::Bool(yes) => out.push_str(if *yes { "yes" } else { "no" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => out.push_str(&escaped(text)),
        Value::Array(items) if items.is_empty() => out.push_str("none"),
        Value::Array(items) => {
            out.push_str("<ol>");
            for item in items {
                out.push_str("<li>");
                print(item, out);
                out.push_str("</li>");
            }
            out.push_str("</ol>");
        }
        Value::Object(fields) => {
            out.push_str("<dl>");
            for (name, value) in fields {
                out.push_str(&format!("<dt>{}</dt><dd>", words(name)));
                print(value, out);
                out.push_str("</dd>");
            }
            out.push_str("</dl>");
        }
    }
}

/// `payment_methods` → "Payment methods".
fn words(name: &str) -> String {
    let text = name.replace('_', " ");
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    escaped(&format!("{first}{}", letters.as_str()))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn the_archive_holds_a_page_and_the_data_and_nobody_writes_html_into_it() {
        let data = serde_json::json!({ "profile": { "first_name": "<script>" }, "bookings": [] });
        let Value::Object(data) = data else { panic!() };
        let bytes = zip(&data, "Board", "2026-11-10T19:00:00Z".parse().unwrap()).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let page = read("index.html");
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"), "{page}");
        assert!(page.contains("<a href=\"#bookings\">Bookings</a>"));
        assert_eq!(serde_json::from_str::<Value>(&read("data.json")).unwrap(), Value::Object(data.clone()));
    }
}
