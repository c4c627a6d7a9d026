//! Structured data for search engines: JSON-LD, which is data and no script, so the policy of our pages allows it.

use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use crate::site::Site;
use crate::web::BRAND;

/// A data block in the head. Nothing in it can end the element.
pub fn block(data: &Value) -> Markup {
    let text = data.to_string().replace('<', "\\u003c");
    html! { script type="application/ld+json" { (PreEscaped(text)) } }
}

/// The site with its search box.
pub fn website(site: &Site) -> Markup {
    block(&json!({
        "@context": "https://schema.org", "@type": "WebSite", "name": BRAND, "url": site.url("/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": { "@type": "EntryPoint", "urlTemplate": site.url("/search?q={search_term_string}") },
            "query-input": "required name=search_term_string",
        },
    }))
}

/// Where a page stands: name and path of each step.
pub fn trail(site: &Site, steps: &[(&str, &str)]) -> Value {
    let items: Vec<Value> = (1..)
        .zip(steps)
        .map(|(at, (name, path))| json!({ "@type": "ListItem", "position": at, "name": name, "item": site.url(path) }))
        .collect();
    json!({ "@type": "BreadcrumbList", "itemListElement": items })
}

/// Several things told at once.
pub fn graph(things: Vec<Value>) -> Markup {
    block(&json!({ "@context": "https://schema.org", "@graph": things }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_block() {
        let text = block(&json!({ "name": "</script><script>alert(1)</script>" })).into_string();
        assert_eq!(text.matches("</script>").count(), 1);
        let inside = text.trim_start_matches("<script type=\"application/ld+json\">").trim_end_matches("</script>");
        let read: Value = serde_json::from_str(inside).unwrap();
        assert_eq!(read["name"], "</script><script>alert(1)</script>");
    }
}
