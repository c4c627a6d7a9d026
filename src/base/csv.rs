//! Tables to take away: RFC 4180 with cells that no spreadsheet runs.

/// A table in the making; every row ends in CRLF, the first names the columns.
#[derive(Debug, Default)]
pub struct Csv(String);

impl Csv {
    pub fn with_head(columns: &[&str]) -> Self {
        let mut csv = Self::default();
        csv.row(columns);
        csv
    }

    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        for (at, text) in cells.iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            self.0.push_str(&cell(text.as_ref()));
        }
        self.0.push_str("\r\n");
    }

    pub fn finish(self) -> String {
        self.0
    }
}

/// A spreadsheet takes what begins with one of these for a formula: an apostrophe in front makes it text. Plain
/// numbers keep their sign (rule: 50§1c, formula cells neutralised).
fn cell(text: &str) -> String {
    let begins_formula = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|']);
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    let text = if begins_formula && !is_number { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n', ';', '\'']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_cell_is_run() {
        for (text, want) in [
            ("Piano", "Piano"),
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+1 212 555", "\"'+1 212 555\""),
            ("@sum", "\"'@sum\""),
            (" =1", "\"' =1\""),
            ("-89.60", "-89.60"),
            ("-1+1", "\"'-1+1\""),
            ("a, b", "\"a, b\""),
            ("two\nlines", "\"two\nlines\""),
            ("", ""),
        ] {
            assert_eq!(cell(text), want, "{text:?}");
        }
    }

    #[test]
    fn rows_end_as_the_rfc_says() {
        let mut csv = Csv::with_head(&["a", "b"]);
        csv.row(&["1", "2"]);
        assert_eq!(csv.finish(), "a,b\r\n1,2\r\n");
    }
}
