//! Which of the named topics are meant, when several are named.
// rule: 40§6 behaviour contract

use super::piece::{Audience, Topic, TopicKind};
use super::token::Token;

/// How wide the search is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Specific,
    Union,
    Subcategory,
    Category,
    #[default]
    Any,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Mode::Specific => "specific",
            Mode::Union => "union",
            Mode::Subcategory => "subcategory",
            Mode::Category => "category",
            Mode::Any => "any",
        }
    }
}

/// The services wanted, best first, and how they came to be wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub mode: Mode,
    pub services: Vec<usize>,
    pub category: Option<usize>,
    pub subcategory: Option<usize>,
    /// Only a bare "tutor" said it.
    pub weak: bool,
    /// The first tokens of the topics that were kept.
    pub from: Vec<usize>,
}

type Named = (usize, usize, Topic);

/// Settles the named topics into what is wanted.
pub fn settle(named: &[Named]) -> Wanted {
    let mut kept: Vec<Named> = named.iter().filter(|(.., topic)| !topic.weak).cloned().collect();
    let weak = kept.is_empty();
    if weak {
        kept = named.first().cloned().into_iter().collect();
    }
    heads(&mut kept);
    narrowest(&mut kept);
    let mut services: Vec<usize> = Vec::new();
    for service in kept.iter().flat_map(|(.., topic)| &topic.services) {
        if !services.contains(service) {
            services.push(*service);
        }
    }
    let (mode, category, subcategory) = match kept.as_slice() {
        [] => (Mode::Any, None, None),
        [(.., only)] => match only.kind {
            TopicKind::Service if only.services.len() == 1 => (Mode::Specific, None, None),
            TopicKind::Service => (Mode::Union, None, None),
            TopicKind::Subcategory(shelf) => (Mode::Subcategory, None, Some(shelf)),
            TopicKind::Category(category) => (Mode::Category, Some(category), None),
        },
        _ if services.len() == 1 => (Mode::Specific, None, None),
        _ => (Mode::Union, None, None),
    };
    let from = kept.iter().map(|(from, ..)| *from).collect();
    Wanted { mode, services, category, subcategory, weak: weak && mode != Mode::Any, from }
}

/// Of two topics that stand side by side with nothing between, the second is the thing and the first
/// says what kind: "spanish guitar", "jazz piano". On one shelf the narrower name is the thing:
/// "english grammar", "algebra math". Others of one category are both meant.
fn heads(kept: &mut Vec<Named>) {
    kept.dedup_by(|later, first| later.2 == first.2);
    let mut at = 0;
    while at + 1 < kept.len() {
        let (first, second) = (&kept[at], &kept[at + 1]);
        let beside = first.1 == second.0;
        let same_shelf = first.2.shelf == second.2.shelf;
        // "cook italian": what is done is the thing, and how it is done says what kind.
        // "german grammar" is German.
        if beside && first.2.tongue && second.2.letters {
            kept.remove(at + 1);
            continue;
        }
        if beside && first.2.deed && first.2.category != second.2.category {
            kept.remove(at + 1);
            continue;
        }
        if beside && (first.2.category != second.2.category || same_shelf && first.2.head) {
            kept.remove(at);
        } else if beside && same_shelf && second.2.head {
            kept.remove(at + 1);
        } else {
            at += 1;
        }
    }
}

/// "music lessons, piano" means piano: a topic that holds all of another one gives way to it.
fn narrowest(kept: &mut Vec<Named>) {
    let all = kept.clone();
    let holds = |wide: &Topic, narrow: &Topic| {
        wide.services.len() > narrow.services.len()
            && narrow.services.iter().all(|service| wide.services.contains(service))
    };
    kept.retain(|(.., topic)| !all.iter().any(|(.., other)| holds(topic, other)));
}

/// "kids coding" is one phrase of the catalogue, and still says who will learn.
pub fn implied_audience(named: &[Named], tokens: &[Token]) -> Option<Audience> {
    let words = named.iter().flat_map(|(from, to, _)| &tokens[*from..*to]);
    words.into_iter().find_map(|token| match token.text.as_str() {
        "kid" | "kids" | "child" | "children" | "childrens" => Some(Audience::Kids),
        "toddler" | "toddlers" | "littles" | "baby" | "babies" | "infant" => Some(Audience::Toddler),
        "teen" | "teens" => Some(Audience::Teens),
        "adult" | "adults" => Some(Audience::Adults),
        _ => None,
    })
}
