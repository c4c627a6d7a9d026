//! Tables: a head that stays, a totals row, and below 48 rem each row becomes lines.

use maud::{Markup, html};

use super::icon::{Icon, icon};

#[derive(Clone, Debug, Default)]
pub struct Col {
    pub label: String,
    /// Figures stand at the end.
    pub end: bool,
    pub sort: Option<Sort>,
}

/// A column that orders the table: where pressing leads, and how it stands now.
#[derive(Clone, Debug)]
pub struct Sort {
    pub href: String,
    pub descending: Option<bool>,
}

impl Col {
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }
    pub fn end(label: impl Into<String>) -> Self {
        Self { label: label.into(), end: true, sort: None }
    }
    #[must_use]
    pub fn sort(mut self, href: impl Into<String>, descending: Option<bool>) -> Self {
        self.sort = Some(Sort { href: href.into(), descending });
        self
    }
}

#[derive(Clone, Debug, Default)]
pub struct Row {
    pub cells: Vec<Markup>,
    pub selected: bool,
}

impl Row {
    pub fn new(cells: Vec<Markup>) -> Self {
        Self { cells, selected: false }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Table {
    pub caption: String,
    /// Heard, not seen, when a heading already says it.
    pub caption_hidden: bool,
    pub cols: Vec<Col>,
    pub rows: Vec<Row>,
    /// The totals row; as many cells as columns, empty ones are left blank.
    pub foot: Option<Vec<Markup>>,
}

pub fn table(t: &Table) -> Markup {
    html! {
        table.tbl.tbl--fold {
            caption.vh[t.caption_hidden] { (t.caption) }
            thead { tr { @for col in &t.cols { (head(col)) } } }
            tbody { @for row in &t.rows { tr aria-selected=[row.selected.then_some("true")] { (cells(t, &row.cells)) } } }
            @if let Some(foot) = &t.foot { tfoot { tr { (cells(t, foot)) } } }
        }
    }
}

fn head(col: &Col) -> Markup {
    // A column of buttons names itself row by row; an empty heading would only be read as nothing.
    if col.label.is_empty() {
        return html! { td {} };
    }
    let Some(sort) = &col.sort else { return html! { th.end[col.end] scope="col" { (col.label) } } };
    let order = sort.descending.map(|down| if down { "descending" } else { "ascending" });
    html! {
        th.end[col.end] scope="col" aria-sort=[order] {
            a href=(sort.href) {
                (col.label)
                @if let Some(down) = sort.descending { " " (icon(if down { Icon::Down } else { Icon::Up })) }
            }
        }
    }
}

/// The first cell says itself what its row is about: folded, it stands over the others without a label.
fn cells(t: &Table, cells: &[Markup]) -> Markup {
    html! {
        @for (at, cell) in cells.iter().enumerate() {
            @let col = t.cols.get(at);
            @let label = col.map(|c| c.label.as_str()).filter(|label| !label.is_empty());
            @let end = col.is_some_and(|c| c.end);
            @if at == 0 {
                th.end[end] scope="row" { (cell) }
            } @else if cell.0.is_empty() {
                td.end[end] {}
            } @else {
                td.end[end] data-l=[label] { span { (cell) } }
            }
        }
    }
}
