//! The data itself is under test: a slip in a file fails the build's tests, not a search at night.

use std::collections::HashSet;

use super::rules::{catalogue, matches, most_taught};
use super::supply::{Supply, Teaching};
use crate::base::id::{AnyId, ServiceId, UserId};
use crate::base::text;

/// The names of contract §8: category; then its subcategories as `shelf: services`, or one name for both.
const NAMES: [(&str, &str); 7] = [
    (
        "Tutoring & Test Prep",
        "Math: Math, Math Through Play, Algebra, Geometry, Trigonometry, Calculus, Statistics; Reading: Reading, \
         Phonics, Storytime, Speed Reading; Test Prep: SAT, ACT, PSAT, GRE, GMAT, LSAT, MCAT, TOEFL, IELTS, SHSAT, \
         SSAT, ISEE, Regents, GED; English: English, Grammar, Writing, College Essays; Science: Biology, \
         Chemistry, Physics, Environmental Science; Coding & STEM: STEM for Littles, Kids Coding (Scratch), Game \
         Design, Robotics, Python, JavaScript, Web Development, AI & Machine Learning; Learning Support: Executive \
         Function, Dyslexia, Dyscalculia, ADHD, IEP Support; Homework Help; History & Social Studies; Economics",
    ),
    (
        "Music",
        "Piano: Piano, Keyboard, Accordion; Guitar: Guitar, Bass; Voice & Singing; Violin; Drums & Percussion; \
         Ukulele: Ukulele, Banjo, Mandolin; Cello; Orchestral Strings: Viola, Double Bass, Harp; Woodwinds: Flute, \
         Clarinet, Saxophone, Oboe, Bassoon, Recorder; Brass: Trumpet, Trombone, French Horn, Tuba; Music Theory; \
         Music Production: Music Production, DJing, Songwriting, Composition",
    ),
    (
        "Dance",
        "Ballet; Jazz & Contemporary; Hip Hop: Hip Hop, Breaking, K-pop; Ballroom & Latin: Salsa, Bachata, Tango, \
         Swing, Wedding Dance; Tap; Acro; Kids Dance: Grown Up & Me Dance, Developmental Movement; Cultural & \
         Folk: Irish, Bollywood, African, Flamenco; Dance Fitness: Zumba, Barre",
    ),
    (
        "Languages",
        "Spanish; English (ESL/EFL); Chinese: Mandarin, Cantonese; Russian; Arabic; French; Korean; Italian; \
         Japanese; Hebrew; German; Sign Language; Other Languages: Portuguese, Bengali, Haitian Creole, \
         Hindi/Urdu, Polish, Greek",
    ),
    (
        "Sports & Fitness",
        "Swimming: Swimming, ISR (Infant Self-Rescue); Martial Arts: Karate, Taekwondo, Jiu-Jitsu, Judo, \
         Wrestling, Boxing, Muay Thai, Krav Maga, MMA, Tai Chi; Tennis; Gymnastics; Personal Training; Yoga & \
         Pilates: Yoga, Pilates, Partner Yoga; Basketball; Soccer; Pickleball; Chess; More Sports: Golf, Baseball, \
         Softball, Football, Volleyball, Lacrosse, Running, Ice Skating, Figure Skating, Hockey, Skateboarding, \
         Rock Climbing, Squash, Fencing, Archery, Bike Riding, Cheerleading",
    ),
    (
        "Arts",
        "Drawing: Drawing, Illustration, Cartooning; Painting: Watercolor, Oil, Acrylic, Paint & Sip; Kids Art: \
         Sensory Art, Messy Art, Kids Scribble, Grown Up & Me Art, Make & Take, Craft Homework, Clay Play, \
         Beading, Little Builders; Pottery; Photography; Acting; Fashion Design; Filmmaking; Graphic Design; \
         Calligraphy; Sewing & Knitting: Knitting, Crocheting, Embroidery, Sewing; Crafts & Making: Jewelry \
         Making, Woodworking, Candle Making, Floral Design",
    ),
    (
        "Hobbies & Life Skills",
        "Food & Drink: Pasta Making, Sushi Making, Knife Skills, Cuisines, Baking, Cake Decorating, Mixology, \
         Coffee Tasting, Latte Art, Wine Tasting, Cooking for Littles; Dog Training; Improv; Life & Career \
         Coaching: Life Coaching, Career Coaching, Interview Prep, Public Speaking, Parenting Coaching, Spiritual \
         Coaching, Newborn Sleep Coaching, Dating Coaching, Accountability Partner; Makeup & Styling: Makeup, \
         Styling, Nail Art; Etiquette: Kids Table Manners, Business Etiquette; Mindfulness & Wellness: Meditation, \
         Breathwork, Infant Massage, Couples Massage; Spiritual: Tarot, Astrology, Reiki; Magic; Driving",
    ),
];

const EXTRAS: &str = "Harmonica, Beatboxing, Sound Engineering, Study Skills, Literature, Creative Writing, Data Science, Java, \
    Computer Basics, Microsoft Office, Google Workspace, Engineering, Government & Politics, Accent Reduction, \
    Strength Training, HIIT, CrossFit, Nutrition Coaching, Self-Defense, Track, Rollerblading, Digital Art, \
    Graffiti Art, Origami, Interior Design, Leathercraft, Scrapbooking, Soap Making, Video Editing, Podcasting, \
    Screenwriting, Stand-up Comedy, Home Organization, Time Management, Personal Branding, Negotiation, CPR & \
    First Aid, Massage Techniques, Aromatherapy, Herbalism, Gardening, Urban Farming, Beekeeping, Bird Watching, \
    Genealogy, Model Building, Board Games, Coin & Stamp Collecting, City Tours";

/// rule: 00§8, 40§11
#[test]
fn every_name_stands_on_its_shelf() {
    let all = catalogue();
    let mut named = 0;
    assert_eq!(all.categories().len(), 7);
    assert_eq!(all.subcategories().len(), 77);
    for ((category_name, shelves), category) in NAMES.iter().zip(all.categories()) {
        assert_eq!(*category_name, category.name);
        assert_eq!(category.slug, text::slug(&category.name));
        let stand: Vec<&str> = all.subcategories_of(category.id).map(|s| s.name.as_str()).collect();
        let expected: Vec<&str> = shelves.split("; ").map(|s| s.split(": ").next().unwrap_or(s)).collect();
        assert_eq!(stand, expected, "shelves of {category_name}");
        for shelf in shelves.split("; ") {
            let (shelf, services) = shelf.split_once(": ").unwrap_or((shelf, shelf));
            for name in services.split(", ") {
                let service = all.service_by_name(name).unwrap_or_else(|| panic!("{name} is missing"));
                assert_eq!(service.name, name);
                assert_eq!(all.subcategory(service.subcategory_id).map(|s| s.name.as_str()), Some(shelf), "{name}");
                named += 1;
            }
        }
    }
    assert_eq!(named, 224);
    let extras: Vec<&str> = EXTRAS.split(", ").collect();
    for name in &extras {
        assert!(all.service_by_name(name).is_some(), "{name} is missing");
    }
    assert_eq!(all.services().len(), named + extras.len());
}

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

#[test]
fn typed_letters_find_services() {
    let cases = [
        ("piano", "Piano"),
        (" - ", ""),
        ("ivories", "Piano"),
        ("keyboard", "Keyboard"),
        ("sat", "SAT"),
        ("ssat", "SSAT"),
        ("esl", "English (ESL/EFL)"),
        ("BJJ", "Jiu-Jitsu"),
        ("jiu jitsu", "Jiu-Jitsu"),
        ("espanol", "Spanish"),
        ("钢琴课", "Piano"),
        ("skateb", "Skateboarding"),
        ("hindi urdu", "Hindi/Urdu"),
    ];
    for (typed, expected) in cases {
        let found = matches(catalogue(), typed);
        assert_eq!(found.first().map_or("", |s| s.name.as_str()), expected, "{typed}");
    }
    let martial: Vec<&str> = matches(catalogue(), "martial arts").iter().map(|s| s.name.as_str()).collect();
    assert!(martial.contains(&"Karate") && martial.contains(&"Tai Chi"), "{martial:?}");
}

#[test]
fn people_are_counted_once_in_a_category() {
    let id = |slug: &str| ServiceId::of_name(slug);
    let who = UserId::from_bits;
    let supply = Supply::of_offerings([
        Teaching { instructor: who(1), service: id("piano"), children: true },
        Teaching { instructor: who(1), service: id("violin"), children: false },
        Teaching { instructor: who(2), service: id("violin"), children: false },
    ]);
    let music = catalogue().category_by_slug("music").expect("music is a category").id;
    assert_eq!(supply.in_category(music), 2);
    assert_eq!((supply.of(id("violin")).all, supply.of(id("violin")).of_children), (2, 0));
    assert_eq!((supply.of(id("piano")).all, supply.of(id("piano")).of_children), (1, 1));
    let top: Vec<&str> = most_taught(catalogue(), music, &supply, 7).iter().map(|s| s.slug.as_str()).collect();
    assert_eq!(top, ["violin", "piano"]);
}
