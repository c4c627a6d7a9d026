//! Buttons and links that look like them: one filled per view, destructive outlined and never alone.

use maud::{Markup, html};

use super::icon::{Icon, icon};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The one filled button of a view.
    #[default]
    Primary,
    Line,
    /// Destructive.
    Bad,
    /// Reads as a link.
    Link,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Button<'a> {
    /// The verb with its object and sum: "Book the lesson for $89.60".
    pub label: &'a str,
    pub kind: Kind,
    pub icon: Option<Icon>,
    pub small: bool,
    pub wide: bool,
    pub disabled: bool,
    /// Shown while the form is on its way: "Booking…". Without it the label stays.
    pub busy: Option<&'a str>,
    /// Submitted with the form.
    pub name: Option<&'a str>,
    pub value: Option<&'a str>,
    /// The form it belongs to, if it stands outside.
    pub form: Option<&'a str>,
    /// So many seconds it cannot be pressed; a script counts them down.
    pub wait: Option<u64>,
    /// What ears hear in place of the label.
    pub aria_label: Option<&'a str>,
}

impl<'a> Button<'a> {
    pub fn primary(label: &'a str) -> Self {
        Self { label, ..Self::default() }
    }
    pub fn line(label: &'a str) -> Self {
        Self { label, kind: Kind::Line, ..Self::default() }
    }
    pub fn bad(label: &'a str) -> Self {
        Self { label, kind: Kind::Bad, ..Self::default() }
    }
    pub fn link(label: &'a str) -> Self {
        Self { label, kind: Kind::Link, ..Self::default() }
    }
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }
    #[must_use]
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }
    #[must_use]
    pub fn busy(mut self, words: &'a str) -> Self {
        self.busy = Some(words);
        self
    }
    #[must_use]
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }
    #[must_use]
    pub fn waits(mut self, seconds: Option<u64>) -> Self {
        self.wait = seconds;
        self
    }
    #[must_use]
    pub fn sends(mut self, name: &'a str, value: &'a str) -> Self {
        (self.name, self.value) = (Some(name), Some(value));
        self
    }
    #[must_use]
    pub fn of_form(mut self, form: &'a str) -> Self {
        self.form = Some(form);
        self
    }
    #[must_use]
    pub fn says(mut self, aria_label: &'a str) -> Self {
        self.aria_label = Some(aria_label);
        self
    }

    fn class(&self) -> String {
        if self.kind == Kind::Link {
            return "lnk".to_owned();
        }
        let mut class = match self.kind {
            Kind::Line => "btn btn--line",
            Kind::Bad => "btn btn--bad",
            Kind::Primary | Kind::Link => "btn",
        }
        .to_owned();
        if self.small {
            class.push_str(" btn--s");
        }
        if self.wide {
            class.push_str(" btn--wide");
        }
        class
    }

    fn inside(&self) -> Markup {
        html! {
            @if let Some(name) = self.icon { (icon(name)) }
            @if !self.label.is_empty() { span.btn__word { (self.label) } }
        }
    }
}

/// Submits its form.
pub fn button(b: &Button) -> Markup {
    html! {
        button class=(b.class()) name=[b.name] value=[b.value] form=[b.form] disabled[b.disabled]
            data-busy=[b.busy] data-wait=[b.wait] aria-label=[b.aria_label] { (b.inside()) }
    }
}

/// Leads somewhere; it changes nothing.
pub fn link_button(href: &str, b: &Button) -> Markup {
    html! { a class=(b.class()) href=(href) aria-label=[b.aria_label] { (b.inside()) } }
}

/// A form with nothing but its button: every change of state is a POST.
pub fn post_button(action: &str, hidden: &[(&str, &str)], b: &Button) -> Markup {
    html! {
        form method="post" action=(action) {
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            (button(b))
        }
    }
}
