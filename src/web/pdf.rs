//! A table as PDF: as many A4 pages as it takes, in the fonts every reader has.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

/// A4 in points.
const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 48.0;
const LINE: f32 = 18.0;
const ROWS: usize = 36;
const SIZE: f32 = 9.5;
const FIRST: f32 = MARGIN;
const SECOND: f32 = 120.0;
/// Where the columns of sums end.
const SUMS: [f32; 4] = [375.0, 430.0, 480.0, PAGE.0 - MARGIN];
/// Letters the second column has room for.
const ROOM: usize = 42;

const PLAIN: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");

/// Two columns of words and four of sums.
#[derive(Clone, Debug, Default)]
pub struct PdfRow {
    pub words: [String; 2],
    pub sums: [String; 4],
}

#[derive(Clone, Debug, Default)]
pub struct PdfTable {
    pub title: String,
    /// Whose it is, of which days.
    pub about: String,
    pub head: PdfRow,
    pub rows: Vec<PdfRow>,
    pub foot: PdfRow,
}

pub fn pdf(table: &PdfTable) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let (catalog, tree, plain, bold) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4));
    let pages = table.rows.len().div_ceil(ROWS).max(1);
    let refs: Vec<(Ref, Ref)> = (0..pages).map(|n| (page_ref(n, 5), page_ref(n, 6))).collect();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids(refs.iter().map(|(page, _)| *page)).count(i32::try_from(pages).unwrap_or(i32::MAX));
    for (font, base) in [(plain, &b"Helvetica"[..]), (bold, &b"Helvetica-Bold"[..])] {
        pdf.type1_font(font).base_font(Name(base)).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for (n, (page_id, content_id)) in refs.iter().enumerate() {
        let mut page = pdf.page(*page_id);
        page.parent(tree).media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).contents(*content_id);
        page.resources().fonts().pair(PLAIN, plain).pair(BOLD, bold);
        page.finish();
        pdf.stream(*content_id, &one_page(table, n, pages));
    }
    pdf.finish()
}

fn page_ref(page: usize, first: i32) -> Ref {
    Ref::new(first + 2 * i32::try_from(page).unwrap_or(0))
}

fn one_page(table: &PdfTable, n: usize, pages: usize) -> Vec<u8> {
    let mut sheet = Sheet { content: Content::new(), y: PAGE.1 - MARGIN - 18.0 };
    if n == 0 {
        sheet.at(MARGIN, BOLD, 18.0, &table.title);
        sheet.down(24.0);
        sheet.at(MARGIN, PLAIN, SIZE, &table.about);
        sheet.down(30.0);
    }
    sheet.row(BOLD, &table.head);
    sheet.rule();
    for row in table.rows.iter().skip(n * ROWS).take(ROWS) {
        sheet.down(LINE);
        sheet.row(PLAIN, row);
    }
    if n + 1 == pages {
        sheet.down(8.0);
        sheet.rule();
        sheet.down(LINE);
        sheet.row(BOLD, &table.foot);
    }
    sheet.y = MARGIN;
    sheet.until(PAGE.0 - MARGIN, PLAIN, &format!("{} of {pages}", n + 1));
    sheet.content.finish().to_vec()
}

/// One page being written, from the top down.
struct Sheet {
    content: Content,
    y: f32,
}

impl Sheet {
    fn down(&mut self, points: f32) {
        self.y -= points;
    }

    fn at(&mut self, x: f32, font: Name<'_>, size: f32, text: &str) {
        self.content.begin_text().set_font(font, size).next_line(x, self.y).show(Str(&ansi(text))).end_text();
    }

    /// Text that ends at `right`.
    fn until(&mut self, right: f32, font: Name<'_>, text: &str) {
        self.at(right - width(text) * SIZE / 1000.0, font, SIZE, text);
    }

    fn row(&mut self, font: Name<'_>, row: &PdfRow) {
        self.at(FIRST, font, SIZE, &row.words[0]);
        self.at(SECOND, font, SIZE, &cut(&row.words[1], ROOM));
        for (right, sum) in SUMS.iter().zip(&row.sums) {
            self.until(*right, font, sum);
        }
    }

    fn rule(&mut self) {
        let y = self.y - 6.0;
        self.content.set_line_width(0.6).move_to(MARGIN, y).line_to(PAGE.0 - MARGIN, y).stroke();
    }
}

/// Thousandths of the size that Helvetica takes for figures and short words.
fn width(text: &str) -> f32 {
    let of = |c: char| match c {
        '0'..='9' | '$' => 556.0,
        '.' | ',' | ' ' | 'i' | 'f' | 't' => 278.0,
        '-' | '\u{2212}' | 'r' => 333.0,
        'P' | 'T' => 667.0,
        'O' => 778.0,
        _ => 556.0,
    };
    text.chars().map(of).sum()
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}

/// Windows-1252, which the built-in fonts are encoded in; what it does not have becomes a question mark.
fn ansi(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        ' '..='~' => c as u8,
        '\u{A0}'..='\u{FF}' => u8::try_from(u32::from(c)).unwrap_or(b'?'),
        '\u{2212}' | '\u{2013}' => 0x96,
        '\u{2019}' => 0x92,
        '…' => 0x85,
        '€' => 0x80,
        _ => b'?',
    };
    text.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_table_has_pages_and_keeps_accents() {
        let row = |n: usize| PdfRow {
            words: ["2026-11-10".into(), format!("Piano with Zoë {n}")],
            sums: ["$80.00", "$12.00", "$0.00", "$68.00"].map(str::to_owned),
        };
        let foot = PdfRow { words: ["In all".into(), String::new()], ..row(0) };
        let table =
            PdfTable { title: "Earnings".into(), rows: (0..80).map(row).collect(), foot, ..PdfTable::default() };
        let file = pdf(&table);
        assert!(file.starts_with(b"%PDF-1.") && file.ends_with(b"%%EOF"));
        let text = String::from_utf8_lossy(&file);
        assert!(text.contains("/Count 3") && text.contains("(In all)"), "three pages, a foot on the last");
        // The byte that Windows-1252 has for ë, however the string is written.
        let raw = file.windows(3).any(|bytes| bytes == [b'Z', b'o', 0xEB]);
        assert!(raw || text.contains("5A6FEB") || text.contains("Zo\\353"), "accents are kept");
    }
}
