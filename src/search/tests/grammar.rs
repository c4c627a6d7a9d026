use crate::catalog::catalogue;
use crate::places::Gazetteer;
use crate::search::grammar::{read, tokenize};
use crate::search::lexicon::Vocabulary;
use std::sync::LazyLock;

static WORDS: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::new(catalogue(), Gazetteer::builtin()));

#[test]
fn explore() {
    let Ok(file) = std::env::var("QUERIES") else { return };
    let now: jiff::Zoned =
        std::env::var("NOW").unwrap_or("2026-11-10T14:05-05:00[America/New_York]".into()).parse().unwrap();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let tokens = tokenize(line);
        let reading = read(&tokens, &*WORDS, &now);
        println!(
            "{line}\n   {:?} {} | left {:?} | {}",
            reading.wanted.mode,
            reading
                .wanted
                .services
                .iter()
                .take(4)
                .map(|s| catalogue().services()[*s].name.clone())
                .collect::<Vec<_>>()
                .join(","),
            reading.leftover.iter().map(|l| &l.0).collect::<Vec<_>>(),
            serde_json::to_string(&reading.parsed).unwrap()
        );
    }
}

#[test]
fn single_words() {
    if std::env::var("SINGLE").is_err() {
        return;
    }
    let mut all: Vec<&str> = WORDS.phrases_for_test().filter(|p| !p.contains(' ')).collect();
    all.sort();
    println!("{}", all.join(" "));
}
