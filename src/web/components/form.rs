//! Form fields: label above, hint below, error below with a bar at the side; what was typed is kept.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// One input with everything around it. `name` is also the id.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field<'a> {
    pub name: &'a str,
    pub label: &'a str,
    /// `text` unless told: email, password, tel, number, date, search, url, file.
    pub kind: &'a str,
    pub value: &'a str,
    pub hint: &'a str,
    pub error: Option<&'a str>,
    pub placeholder: &'a str,
    pub autocomplete: &'a str,
    /// numeric, decimal, tel …
    pub inputmode: &'a str,
    pub required: bool,
    pub optional: bool,
    pub disabled: bool,
    pub readonly: bool,
    pub small: bool,
    pub maxlength: Option<usize>,
    pub min: Option<&'a str>,
    pub max: Option<&'a str>,
    pub step: Option<&'a str>,
    /// What others would type; anything else may be typed too.
    pub offers: &'a [&'a str],
    /// Makes it a text area of so many lines.
    pub rows: Option<u8>,
    /// Makes ids unique where two forms on a page share a name.
    pub id: Option<&'a str>,
    /// Extra class: `in--code`, `in--money`.
    pub class: &'a str,
}

pub fn field(f: &Field) -> Markup {
    html! {
        div.field {
            label for=(id_of(f)) { (f.label) @if f.optional { " " span.muted { "(optional)" } } }
            (control(f))
            (below(id_of(f), f.hint, f.error))
        }
    }
}

/// The input alone, for places where the label stands elsewhere.
pub fn control(f: &Field) -> Markup {
    let id = id_of(f);
    let class = ["in", if f.small { "in--s" } else { "" }, f.class].join(" ");
    let invalid = f.error.map(|_| "true");
    let described = described(id, f.hint, f.error);
    let offers = (!f.offers.is_empty()).then(|| format!("{id}-offers"));
    html! {
        @if let Some(rows) = f.rows {
            textarea class=(class.trim()) id=(id) name=(f.name) rows=(rows) maxlength=[f.maxlength] required[f.required]
                disabled[f.disabled] readonly[f.readonly] placeholder=[some(f.placeholder)]
                aria-invalid=[invalid] aria-describedby=[described] { (f.value) }
        } @else {
            input class=(class.trim()) id=(id) name=(f.name) type=(some(f.kind).unwrap_or("text")) value=[some(f.value)]
                placeholder=[some(f.placeholder)] autocomplete=[some(f.autocomplete)] inputmode=[some(f.inputmode)]
                maxlength=[f.maxlength] min=[f.min] max=[f.max] step=[f.step] required[f.required]
                list=[offers.as_deref()] disabled[f.disabled] readonly[f.readonly] aria-invalid=[invalid] aria-describedby=[described];
            @if let Some(list) = &offers {
                datalist id=(list) { @for offer in f.offers { option value=(offer); } }
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub selected: bool,
    /// A second line under the label.
    pub note: String,
    /// How many there are behind it.
    pub count: Option<usize>,
    pub disabled: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>, selected: bool) -> Self {
        Self { value: value.into(), label: label.into(), selected, ..Self::default() }
    }
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.count = Some(count);
        self
    }
}

/// A native select; only `name`, `label`, `hint`, `error`, `small`, `disabled`, `id` of the field are used.
pub fn select(f: &Field, choices: &[Choice]) -> Markup {
    let id = id_of(f);
    html! {
        div.field {
            label for=(id) { (f.label) }
            select.in.in--s[f.small] id=(id) name=(f.name) disabled[f.disabled] aria-invalid=[f.error.map(|_| "true")]
                aria-describedby=[described(id, f.hint, f.error)] {
                @for choice in choices {
                    option value=(choice.value) selected[choice.selected] disabled[choice.disabled] { (choice.label) }
                }
            }
            (below(id, f.hint, f.error))
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    One,
    Many,
}

/// One box or radio with its words.
pub fn pick(kind: Pick, name: &str, choice: &Choice) -> Markup {
    html! {
        label.pick {
            input type=(if kind == Pick::One { "radio" } else { "checkbox" }) name=(name) value=(choice.value)
                checked[choice.selected] disabled[choice.disabled];
            span {
                @if choice.note.is_empty() { (choice.label) } @else { b { (choice.label) } br; span.muted { (choice.note) } }
            }
            @if let Some(count) = choice.count { small { (count) } }
        }
    }
}

/// A group of them under one legend.
pub fn picks(kind: Pick, f: &Field, choices: &[Choice]) -> Markup {
    let id = id_of(f);
    html! {
        fieldset.field id=(id) tabindex="-1" aria-describedby=[described(id, f.hint, f.error)] {
            legend { (f.label) @if f.optional { " " span.muted { "(optional)" } } }
            @for choice in choices { (pick(kind, f.name, choice)) }
            (below(id, f.hint, f.error))
        }
    }
}

/// A whole number from few choices, such as a rating: figures to press, words for ears.
pub fn stars(name: &str, label: &str, chosen: Option<u8>, words: &[&str]) -> Markup {
    html! {
        fieldset.field {
            legend { (label) }
            div.stars {
                @for (n, word) in (1u8..).zip(words) {
                    label { input type="radio" name=(name) value=(n) checked[chosen == Some(n)] required aria-label={ (n) ", " (word) }; (n) }
                }
            }
            @if let (Some(first), Some(last)) = (words.first(), words.last()) {
                span.hint { "1 " (first) ", " (words.len()) " " (last) }
            }
        }
    }
}

/// The one search box: `/search?q=…`. `label` is hidden when a heading already says it.
pub fn search_box(value: &str, placeholder: &str, label: Option<&str>) -> Markup {
    html! {
        @match label {
            Some(label) => label.h3 for="q" { (label) },
            None => label.vh for="q" { "What, where, when?" },
        }
        div.seek data-suggest="/search/suggestions" {
            input id="q" name="q" type="search" value=[some(value)] placeholder=(placeholder) autocomplete="off"
                enterkeyhint="search" maxlength="500";
            button.btn { (icon(Icon::Search)) span.seek__word { "Search" } }
        }
    }
}

/// Everything to correct, on top, with focus. `kept` says what was not lost and whether the card was charged.
pub fn error_summary(errors: &[(&str, &str)], kept: &str) -> Markup {
    let head = match errors.len() {
        0 => return html! {},
        1 => "One thing to correct.".to_owned(),
        n => format!("{n} things to correct."),
    };
    html! {
        div.errsum role="alert" tabindex="-1" autofocus {
            p { b { (head) } " " (kept) }
            ul.errsum__list { @for (field, message) in errors { li { a href={ "#" (field) } { (message) } } } }
        }
    }
}

fn id_of<'a>(f: &Field<'a>) -> &'a str {
    f.id.unwrap_or(f.name)
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn described(id: &str, hint: &str, error: Option<&str>) -> Option<String> {
    match (error.is_some(), hint.is_empty()) {
        (true, true) => Some(format!("{id}-error")),
        (true, false) => Some(format!("{id}-error {id}-hint")),
        (false, false) => Some(format!("{id}-hint")),
        (false, true) => None,
    }
}

fn below(id: &str, hint: &str, error: Option<&str>) -> Markup {
    html! {
        @if let Some(error) = error { span.err id={ (id) "-error" } { (icon(Icon::Warn)) " " (error) } }
        @if !hint.is_empty() { span.hint id={ (id) "-hint" } { (hint) } }
    }
}
