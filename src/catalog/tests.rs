//! The data itself is under test: a slip in a file fails the build's tests, not a search at night.

use std::collections::HashSet;

use super::rules::catalogue;
use crate::base::text;

/// rule: 00§8
#[test]
fn every_service_is_whole() {
    let mut slugs = HashSet::new();
    for s in catalogue().services() {
        assert!(slugs.insert(&s.slug), "{} twice", s.slug);
        assert_eq!(s.slug, text::slug(&s.name), "{}: the slug is the name in kebab-case", s.name);
        assert!((60..=140).contains(&s.description.chars().count()), "{}: description length", s.name);
        assert!((20..=30).contains(&s.terms.len()), "{}: {} terms", s.name, s.terms.len());
        let distinct: HashSet<String> = s.terms.iter().map(|t| t.to_lowercase()).collect();
        assert_eq!(distinct.len(), s.terms.len(), "{}: a term twice", s.name);
        assert!(!s.age_groups.is_empty() && !s.typical_duration_options.is_empty(), "{}", s.name);
        assert!(s.typical_duration_options.iter().all(|d| (30..=120).contains(d) && d % 15 == 0), "{}", s.name);
    }
}

/// A phrase that means two services would make search guess.
#[test]
fn a_phrase_belongs_to_one_shelf() {
    let all = catalogue();
    let mut owner = std::collections::HashMap::new();
    let shelves = all.categories().iter().map(|c| (&c.name, &c.terms));
    let shelves = shelves.chain(all.subcategories().iter().map(|s| (&s.name, &s.terms)));
    for (name, terms) in shelves.chain(all.services().iter().map(|s| (&s.name, &s.terms))) {
        for term in terms {
            if let Some(other) = owner.insert(term.to_lowercase(), name) {
                panic!("`{term}` means both {other} and {name}");
            }
            if let Some(service) = all.service_by_name(term) {
                panic!("`{term}` of {name} is the name of the service {}", service.name);
            }
        }
    }
}

#[test]
fn lookups_agree() {
    let all = catalogue();
    for s in all.services() {
        assert_eq!(all.service(s.id).map(|x| &x.slug), Some(&s.slug));
        assert_eq!(all.service_by_slug(&s.slug).map(|x| x.id), Some(s.id));
        assert_eq!(all.service_by_name(&s.name.to_uppercase()).map(|x| x.id), Some(s.id));
        assert!(all.services_on(s.subcategory_id).any(|x| x.id == s.id));
        assert_eq!(all.subcategory(s.subcategory_id).map(|x| x.category_id), Some(s.category_id));
    }
    assert!(all.service_by_slug("no-such-thing").is_none());
}
