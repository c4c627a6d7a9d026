//! What is to be learnt, and what is not: phrases of the catalogue, and "not painting".
// rule: 40§15 grammar

use super::exam;
use super::piece::{Candidate, Piece, Topic, TopicKind};
use super::scan::{Scan, push};

const NOT: &[&str] = &[
    "not",
    "no",
    "except",
    "except for",
    "without",
    "excluding",
    "other than",
    "anything but",
    "but not",
    "but no",
    "not for",
    "dont want",
    "i dont want",
    "and not",
    "instead of",
    "rather than",
    "minus",
    "besides",
    "but dont want",
    "not interested in",
    "apart from",
    "aside from",
    "anything except",
    "any but",
    "everything but",
    "never",
];
/// Words that stand behind an examination as behind any lesson.
const BEHIND_ANY: &[&str] = &["online", "for", "under", "in", "near"];

/// Proposes topics and exclusions.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for (from, to, topic) in &scan.topics {
        if misleading(scan, *from, *to) || cut(scan, *from, *to, topic) {
            continue;
        }
        let bonus = match (topic.weak, topic.kind) {
            (true, _) => -9,
            (_, TopicKind::Service) => 6,
            (_, TopicKind::Subcategory(_)) => 4,
            (_, TopicKind::Category(_)) => 1,
        };
        // A phrase of two words is surer than its words: "tarot reading" is not reading.
        let bonus = bonus + 10 * (to - from - 1) as i32;
        push(out, *from, *to, bonus, Piece::Topic(topic.clone()));
        // "nail art lessons" is nail art, though "art lessons" is a phrase as well.
        if !topic.weak && to - from > 1 && super::words::is_generic(scan.word(*to)) && !scan.is(*to, &["basics"]) {
            push(out, *from, to + 1, bonus, Piece::Topic(topic.clone()));
        }
        if !topic.weak {
            excluded(scan, *from, *to, topic, out);
        }
    }
}

fn excluded(scan: &Scan, from: usize, to: usize, topic: &Topic, out: &mut Vec<Candidate>) {
    // "any instrument but piano": a bare "but" excludes only what lies inside something wider.
    let wider = |other: &Topic| {
        other.services.len() > topic.services.len() && topic.services.iter().all(|it| other.services.contains(it))
    };
    let inside = scan.topics.iter().any(|(_, end, other)| *end < from && !other.weak && wider(other));
    let lead = scan.lead(from, NOT).min(if inside { scan.lead(from, &["but"]) } else { from });
    if lead == from || scan.is(from.wrapping_sub(1), &["no"]) && scan.is(from.wrapping_sub(2), &["have", "has", "with"])
    {
        return;
    }
    push(out, lead, to, 14, Piece::Exclude(vec![topic.clone()]));
    // "not painting or drawing" excludes both.
    let mut end = to;
    while scan.is(end, &["or", "and", "nor", ",", "/"]) {
        let Some((_, stop, _)) = scan
            .topics
            .iter()
            .filter(|(start, _, topic)| *start == end + 1 && !topic.weak)
            .max_by_key(|(_, stop, _)| *stop)
        else {
            break;
        };
        let all = scan
            .topics
            .iter()
            .filter(|(start, finish, _)| *start >= from && *finish <= *stop && !is_inside(scan, *start, *finish))
            .map(|(.., topic)| topic.clone());
        push(out, lead, *stop, 20, Piece::Exclude(all.collect()));
        end = *stop;
    }
}

/// Whether a longer topic phrase covers this one.
fn is_inside(scan: &Scan, from: usize, to: usize) -> bool {
    scan.topics.iter().any(|(start, end, _)| *start <= from && *end >= to && end - start > to - from)
}

/// Whether a wide phrase cuts a named service in two: "art for kids" in "graffiti art for kids".
fn cut(scan: &Scan, from: usize, to: usize, topic: &Topic) -> bool {
    topic.kind != TopicKind::Service
        && scan.topics.iter().any(|(start, end, other)| {
            other.kind == TopicKind::Service && !other.weak && *start < from && (from + 1..to).contains(end)
        })
}

/// "sat" the day, "act" the verb, and other phrases that are topics only in the right company.
fn misleading(scan: &Scan, from: usize, to: usize) -> bool {
    if to - from > 1 {
        return false;
    }
    let alone = scan.len() == 1;
    let caps = scan.tokens[from].caps && !scan.shouting;
    let behind = scan.is(to, exam::BEHIND) || scan.is(to, BEHIND_ANY);
    let listed = exam::beside_another(scan, from);
    match scan.word(from) {
        "sat" => {
            let day = scan.is(from.wrapping_sub(1), &["on", "this", "next", "every", "coming"]) && !behind;
            let day = day || !behind && super::date::beside_day(scan, from) && scan.topic_elsewhere(from, to);
            day || !(alone || caps || behind || !scan.topic_elsewhere(from, to) || listed)
        }
        "act" => {
            // Beside nothing else to learn it is the exam, unless a verb is meant: "to act".
            let verb = scan.is(from.wrapping_sub(1), &["to", "can", "i", "not", "an", "a"]);
            let only =
                !verb && !scan.topic_elsewhere(from, to) && scan.is(to, &["on", "at", "this", "next", "tomorrow"]);
            !(alone || caps || behind || listed || only)
        }
        "swing" => scan.is(from.wrapping_sub(1), &["on", "my", "your", "golf", "bat", "tennis"]),
        // "nail my interview" is no manicure.
        "nail" => scan.is(to, &["my", "the", "a", "an", "that", "this", "it"]),
        "track" | "oil" | "tap" | "magic" => scan.is(from.wrapping_sub(1), &["on", "keep", "right"]),
        _ => false,
    }
}
