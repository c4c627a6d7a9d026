//! The house rules as tests: arrows between rooms, lengths, calls that must not appear.

use std::path::{Path, PathBuf};

/// Rooms by rank; a room names lower ranks only.
const RANKS: &[&[&str]] = &[
    &["base"],
    &["store", "outside"],
    &["site"],
    &["jobs", "web"],
    &["accounts", "catalog", "places"],
    &["instructors", "payments"],
    &["availability"],
    &["bookings"],
    &["reviews", "search"],
    &["notify"],
    &["console"],
    &["app"],
];

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// `src/bookings/ops/create.rs` → `bookings`.
    fn room(&self) -> &str {
        self.path.components().nth(1).and_then(|c| c.as_os_str().to_str()).unwrap_or_default()
    }
    fn name(&self) -> String {
        self.path.display().to_string()
    }
    fn file_name(&self) -> &str {
        self.path.file_name().and_then(|n| n.to_str()).unwrap_or_default()
    }
    fn is_test(&self) -> bool {
        self.path.components().any(|c| matches!(c.as_os_str().to_str(), Some("tests" | "tests.rs")))
            || self.file_name().ends_with("_tests.rs")
    }
    /// Lines of code: without comments, and without the unit tests at the end of the file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = if self.is_test() { Some(0) } else { self.text.find("#[cfg(test)]\nmod tests {") };
        let text = &self.text[..end.unwrap_or(self.text.len())];
        text.lines().enumerate().map(|(i, line)| (i + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn sources() -> Vec<Source> {
    fn walk(dir: &Path, into: &mut Vec<Source>) {
        let mut entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let relative = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_owned();
                into.push(Source { path: relative, text });
            }
        }
    }
    let mut all = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    all
}

fn rank(room: &str) -> Option<usize> {
    RANKS.iter().position(|rooms| rooms.contains(&room))
}

fn assert_none(wrong: Vec<String>, rule: &str) {
    assert!(wrong.is_empty(), "{rule}:\n{}", wrong.join("\n"));
}

#[test]
fn rooms_look_down_only() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = rank(source.room()) else { continue };
        for (line, text) in source.code() {
            for room in text.split("crate::").skip(1).flat_map(named_first) {
                let Some(other) = rank(&room) else { continue };
                if room != source.room() && other >= own {
                    wrong.push(format!(
                        "{}:{line}: {} (rank {own}) names {room} (rank {other})",
                        source.name(),
                        source.room()
                    ));
                }
            }
        }
    }
    assert_none(wrong, "a room uses lower ranks only");
}

/// The first names behind `crate::`: of `{a::{x, y}, b}` these are `a` and `b`.
fn named_first(path: &str) -> Vec<String> {
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(list) = path.strip_prefix('{') else { return vec![name(path)] };
    let (mut names, mut depth, mut from) = (Vec::new(), 0i32, 0);
    for (at, sign) in list.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(name(&list[from..at]));
                from = at + 1;
            }
            _ => {}
        }
        if depth < 0 {
            names.push(name(&list[from..at]));
            break;
        }
    }
    names
}

#[test]
fn names_in_braces_are_all_seen() {
    assert_eq!(named_first("store::{Read, Tx};"), ["store"]);
    assert_eq!(named_first("{accounts::{self, ops}, web, app::x};"), ["accounts", "web", "app"]);
}

#[test]
fn every_room_is_ranked() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let gone: Vec<_> = RANKS
        .iter()
        .flat_map(|rooms| rooms.iter())
        .filter(|room| !src.join(room).is_dir())
        .map(|r| r.to_string())
        .collect();
    assert_none(gone, "a rank without a room");
    let wrong =
        sources().iter().map(|s| s.room().to_owned()).filter(|r| !r.ends_with(".rs") && rank(r).is_none()).collect();
    assert_none(wrong, "a room without a rank");
}

#[test]
fn crates_stay_in_their_rooms() {
    // The crate, and who may name it.
    type May = fn(&Source) -> bool;
    let rules: &[(&str, May)] = &[
        ("redb::", |s| s.room() == "store"),
        ("usearch::", |s| s.room() == "search"),
        ("axum::", |s| {
            matches!(s.room(), "web" | "app")
                || matches!(s.file_name(), "api.rs" | "pages.rs")
                || s.path.components().any(|c| matches!(c.as_os_str().to_str(), Some("api" | "pages")))
                || s.path.starts_with("src/outside/sandbox")
        }),
        ("maud::", |s| {
            matches!(s.room(), "web" | "console")
                || matches!(s.file_name(), "pages.rs" | "home.rs" | "static_pages.rs")
                || s.path
                    .components()
                    .any(|c| matches!(c.as_os_str().to_str(), Some("pages" | "mails" | "static_pages")))
                || s.room() == "notify"
        }),
        ("stripe_", |s| s.path.starts_with("src/outside/stripe") || !s.text.contains("use stripe_")),
    ];
    let mut wrong = Vec::new();
    for source in sources() {
        for (krate, may) in rules {
            if !may(&source)
                && source.code().any(|(_, l)| l.contains(&format!("use {krate}")) || l.contains(&format!(" {krate}")))
            {
                wrong.push(format!("{} names {krate}", source.name()));
            }
        }
    }
    assert_none(wrong, "a crate outside its room");
}

#[test]
fn banned_calls_do_not_appear() {
    let banned = [
        ("SystemTime::now", ""),
        ("Utc::now", ""),
        ("Timestamp::now", "src/base/time/clock.rs"),
        ("Zoned::now", ""),
        ("println!", ""),
        ("eprintln!", ""),
        ("dbg!", ""),
        (".unwrap()", ""),
        ("panic!(", ""),
        ("todo!(", ""),
        ("unimplemented!(", ""),
    ];
    let mut wrong = Vec::new();
    for source in sources() {
        for (line, text) in source.code() {
            for (call, only_in) in banned {
                if text.contains(call) && source.name() != only_in {
                    wrong.push(format!("{}:{line}: {call}", source.name()));
                }
            }
        }
    }
    assert_none(wrong, "a banned call");
}

#[test]
fn money_is_never_a_float() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| matches!(s.room(), "payments" | "bookings")) {
        for (line, text) in source.code() {
            if (text.contains("f64") || text.contains("f32")) && !text.contains("schema(") {
                wrong.push(format!("{}:{line}: {}", source.name(), text.trim()));
            }
        }
    }
    assert_none(wrong, "a float where money lives");
}

#[test]
fn files_and_functions_stay_short() {
    const FILE_LINES: usize = 800;
    const FUNCTION_LINES: usize = 100;
    let mut wrong = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > FILE_LINES {
            wrong.push(format!("{}: {lines} lines", source.name()));
        }
        for (start, length) in functions(&source) {
            if length > FUNCTION_LINES {
                wrong.push(format!("{}:{start}: a function of {length} lines", source.name()));
            }
        }
    }
    assert_none(wrong, "too long");
}

/// Where functions start and how long they are, by the indentation that rustfmt keeps.
fn functions(source: &Source) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (line, text) in source.code() {
        let trimmed = text.trim_start();
        let indent = &text[..text.len() - trimmed.len()];
        let words = ["fn ", "pub fn ", "async fn ", "pub async fn ", "pub(super) fn ", "pub(crate) fn "];
        if open.is_none() && words.iter().any(|w| trimmed.starts_with(w)) && !text.trim_end().ends_with('}') {
            open = Some((line, format!("{indent}}}")));
        }
        if let Some((start, end)) = &open
            && (text == end || trimmed.ends_with(';') && line == *start)
        {
            found.push((*start, line - start + 1));
            open = None;
        }
    }
    found
}

#[test]
fn every_module_says_what_it_is_for() {
    let wrong = sources()
        .iter()
        .filter(|s| !s.is_test() && !s.text.trim_start().starts_with("//!"))
        .map(Source::name)
        .collect();
    assert_none(wrong, "a file without a module comment");
}

#[test]
fn rules_that_code_cites_exist() {
    // `rule: 10§2.4` names a part and a section of the specification: the parts, the last section of each, and those
    // that have sections of their own.
    const PARTS: [(&str, u32, &[(&str, u32)]); 6] = [
        ("00", 8, &[]),
        ("10", 8, &[("2", 12)]),
        ("20", 16, &[]),
        ("30", 7, &[("2", 11), ("3", 4), ("4", 3)]),
        ("40", 15, &[]),
        ("50", 7, &[]),
    ];
    let exists = |cited: &str| {
        let (part, section) = cited.split_once('§').unwrap_or((cited, ""));
        let end = section.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(section.len());
        let mut numbers = section[..end].trim_end_matches('.').split('.');
        let Some((_, last, inner)) = PARTS.iter().find(|(name, ..)| *name == part) else { return false };
        let first = numbers.next().unwrap_or_default();
        let within = |number: &str, last: u32| number.parse::<u32>().is_ok_and(|n| n <= last);
        let second = numbers
            .next()
            .is_none_or(|number| inner.iter().any(|(of, last)| *of == first && within(number, *last) && number != "0"));
        // The steps of saving a week are numbered and cited one by one.
        let third = numbers.next().is_none_or(|step| part == "30" && section.starts_with("2.4.") && within(step, 5));
        within(first, *last) && second && third
    };
    assert!(exists("10§2.12 x") && exists("50§1a") && exists("20§5.") && exists("30§2.4.1") && !exists("10§99"));
    let mut wrong = Vec::new();
    for source in sources() {
        for (i, text) in source.text.lines().enumerate() {
            for cited in text.split("rule: ").skip(1) {
                if cited.contains('§') && !exists(cited) {
                    wrong.push(format!("{}:{}: rule: {cited}", source.name(), i + 1));
                }
            }
        }
    }
    assert_none(wrong, "a rule of no known part");
}

/// The API's document knows a shape by its name alone: two of one name, and one of them is described wrongly.
#[test]
fn shapes_of_the_api_have_names_of_their_own() {
    let mut seen = std::collections::BTreeMap::new();
    for source in sources() {
        let (mut derived, mut renamed) = (false, None);
        for line in source.text.lines() {
            let line = line.trim_start();
            derived |= line.starts_with("#[derive(") && line.contains("ToSchema");
            renamed = line.split("schema(as = ").nth(1).map(name_at).or(renamed);
            let Some(rest) = line.split("struct ").nth(1).or(line.split("enum ").nth(1)) else { continue };
            if line.starts_with("//") || line.starts_with("#[") {
                continue;
            }
            let name = renamed.take().unwrap_or_else(|| name_at(rest));
            if std::mem::take(&mut derived) {
                let before = seen.insert(name.to_owned(), source.name());
                assert!(before.is_none(), "{name} in {} and in {}", source.name(), before.unwrap_or_default());
            }
        }
    }
    assert!(seen.len() > 100, "{} shapes", seen.len());
}

fn name_at(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

/// What makes a refusal out of a code; the code is its first word.
const REFUSING: [&str; 9] =
    ["new(", "bad_request(", "forbidden(", "not_found(", "conflict(", "unprocessable(", "too_many(", "refuse(", "no("];

/// Of these the first word is a code in whatever letters: the contract spells some codes of moving small.
const ALWAYS: [&str; 6] = [
    "Refusal::bad_request(",
    "Refusal::forbidden(",
    "Refusal::not_found(",
    "Refusal::conflict(",
    "Refusal::unprocessable(",
    "return no(",
];

#[test]
fn every_code_of_a_refusal_is_listed() {
    let loud =
        |word: &str| word.len() > 3 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let all = sources();
    let (list, rest): (Vec<_>, Vec<_>) = all.iter().partition(|source| source.name() == "src/web/codes.rs");
    let rows = list[0].text.replace("(\n        ", "(");
    let listed: Vec<&str> = rows.split("(\"").skip(1).filter_map(|row| row.split('"').next()).collect();
    assert!(listed.is_sorted() && listed.len() > 150, "{} codes", listed.len());
    for source in rest.iter().filter(|source| !source.is_test()) {
        let text: String = source.code().flat_map(|(_, line)| [line, "\n"]).collect();
        for (call, small) in REFUSING.map(|call| (call, false)).into_iter().chain(ALWAYS.map(|call| (call, true))) {
            for (at, _) in text.match_indices(call) {
                let rest = &text[at + call.len()..];
                let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',' || c.is_whitespace());
                let word = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or_default();
                let is_code = loud(word) || small && !word.is_empty();
                assert!(!is_code || listed.contains(&word), "{}: {word} is not in src/web/codes.rs", source.name());
            }
        }
    }
    let told = |code: &str| rest.iter().any(|source| source.text.contains(&format!("\"{code}\"")));
    let forgotten: Vec<_> = listed.iter().filter(|code| !told(code)).collect();
    assert!(forgotten.is_empty(), "listed and never told: {forgotten:?}");
}

/// What SECURITY.md says is played by a test is played by one that is there.
#[test]
fn tests_that_the_security_page_names_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let named = page.split('`').skip(1).step_by(2).filter_map(|code| code.split_once("::"));
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (file, test) in named {
        count += 1;
        let path = if file.contains('/') { format!("src/{file}.rs") } else { format!("tests/it/{file}.rs") };
        let text = std::fs::read_to_string(root.join(&path)).unwrap_or_default();
        if !text.contains(&format!("fn {test}()")) {
            wrong.push(format!("{path} has no test {test}"));
        }
    }
    assert_none(wrong, "a proof that is not there");
    assert!(count > 60, "{count} tests are named");
}
