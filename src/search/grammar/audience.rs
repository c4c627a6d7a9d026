//! Who the lesson is for: ages, school grades, and words for people.
// rule: 40§15 grammar

use super::piece::{Audience, Candidate, Piece};
use super::scan::{Scan, push};
use super::token::TokenKind;

const TODDLER: &[&str] = &[
    "toddler",
    "toddlers",
    "baby",
    "babies",
    "infant",
    "infants",
    "preschooler",
    "preschoolers",
    "preschool",
    "pre school",
    "newborn",
    "pre k",
    "prek",
    "pre kindergarten",
    "nursery age",
    "mommy and me",
    "mommy & me",
    "mom and me",
    "daddy and me",
    "dad and me",
    "baby and me",
    "parent and me",
    "caregiver and me",
];
const KIDS: &[&str] = &[
    "kid",
    "kids",
    "child",
    "children",
    "childs",
    "childrens",
    "son",
    "sons",
    "daughter",
    "daughters",
    "boy",
    "boys",
    "girl",
    "girls",
    "little one",
    "little ones",
    "kiddo",
    "grandson",
    "granddaughter",
    "grandchild",
    "grandkids",
    "niece",
    "nephew",
    "youngster",
    "youngsters",
    "elementary",
    "elementary school",
    "grade schooler",
    "grade school",
    "primary school",
    "youth",
    "stepson",
    "stepdaughter",
    "twins",
    "elementary schooler",
    "schoolchildren",
    "ninos",
    "ninas",
    "nino",
    "nina",
    "hijo",
    "hija",
    "kinder",
    "filho",
    "filha",
    "figlio",
    "figlia",
    "bambino",
    "bambina",
    "hijos",
    "dzieci",
    "enfants",
    "enfant",
    "bambini",
    "criancas",
    "timoun",
    "kiddos",
    "grandchildren",
    "grandkid",
    "stepchild",
    "stepchildren",
    "godson",
    "goddaughter",
    "school age",
    "school aged",
    "schoolboy",
    "schoolgirl",
    "little boy",
    "little girl",
    "детей",
    "ребенка",
    "дети",
];
const TEENS: &[&str] = &[
    "teen",
    "teens",
    "teenager",
    "teenagers",
    "teenage",
    "adolescent",
    "adolescents",
    "high school",
    "high schooler",
    "high schoolers",
    "high school student",
    "high school students",
    "middle school",
    "middle schooler",
    "middle schoolers",
    "tween",
    "tweens",
    "teenaged",
    "junior high",
    "high school kid",
    "sixth former",
    "sixth formers",
    "sixth form",
    "secondary school",
];
const ADULTS: &[&str] = &[
    "adult",
    "adults",
    "grown up",
    "grown ups",
    "grownup",
    "grownups",
    "college student",
    "college students",
    "working professional",
    "professionals",
    "working professionals",
    "husband",
    "wife",
    "boyfriend",
    "girlfriend",
    "fiance",
    "fiancee",
    "university student",
    "partner",
    "men",
    "women",
    "ladies",
    "adult learner",
    "adult learners",
    "grad student",
    "graduate student",
    "roommate",
    "coworkers",
    "mom",
    "dad",
    "mother",
    "father",
    "moms",
    "parents",
    "mum",
    "mums",
    "mummy",
    "mama",
    "papa",
    "uncle",
    "aunt",
    "auntie",
    "spouse",
    "hubby",
    "undergrad",
    "undergrads",
    "undergraduate",
    "undergraduates",
    "college freshman",
    "college freshmen",
    "freshman in college",
    "sophomore in college",
    "college sophomore",
    "college kid",
    "college aged",
    "university students",
    "adultos",
    "adultes",
    "adulti",
    "взрослых",
];
const SENIORS: &[&str] = &[
    "senior",
    "seniors",
    "senior citizen",
    "senior citizens",
    "elderly",
    "older adult",
    "older adults",
    "retiree",
    "retirees",
    "retired",
    "grandma",
    "grandpa",
    "grandmother",
    "grandfather",
    "grandparents",
    "pensioner",
    "pensioners",
    "elderly person",
    "nan",
    "nana",
    "nanna",
    "gran",
    "granny",
    "grandad",
    "granddad",
    "grampa",
    "elders",
    "oap",
    "oaps",
    "older people",
];
const GROUPS: &[(&[&str], Audience)] = &[
    (TODDLER, Audience::Toddler),
    (KIDS, Audience::Kids),
    (TEENS, Audience::Teens),
    (ADULTS, Audience::Adults),
    (SENIORS, Audience::Seniors),
];
const LEAD: &[&str] = &[
    "for",
    "for my",
    "for a",
    "for an",
    "for our",
    "for the",
    "my",
    "our",
    "a",
    "of",
    "suitable for",
    "good with",
    "great with",
    "for young",
    "young",
    "for little",
    "little",
    "works with",
    "who works with",
    "good for",
    "for my little",
    "for my young",
    "for older",
    "with my",
    "with",
    "with kids",
    "to my",
    "teach my",
    "teaches",
    "teach",
    "to teach my",
    "who teaches",
    "for your",
    "for his",
    "for her",
    "for their",
    "for some",
    "for small",
    "for us",
    "geared toward",
    "para",
    "para mi",
    "pour",
    "pour mon",
    "pour ma",
    "per",
    "для",
];
const YEARS: &[&str] = &[
    "year old",
    "years old",
    "yr old",
    "yrs old",
    "year olds",
    "yo",
    "y o",
    "y / o",
    "yr olds",
    "years of age",
    "year",
    "years young",
    "years",
];

/// Proposes ages, grades and audiences.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        group(scan, at, out);
        age(scan, at, out);
        aged(scan, at, out);
        bounded(scan, at, out);
        from_age(scan, at, out);
        beside_child(scan, at, out);
        grade(scan, at, out);
        open_ended(scan, at, out);
    }
}

fn group(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    for (words, audience) in GROUPS {
        let Some(len) = scan.longest(at, words) else { continue };
        if *audience == Audience::Seniors
            && scan.is(at, &["senior"])
            && scan.is(at + 1, &["year", "portraits", "design"])
        {
            continue;
        }
        let mut end = at + len;
        end = scan.skip(end, &["student", "students", "learners", "friendly"]);
        // "school aged", but not the "aged" before an age.
        if scan.is(end, &["aged"]) && scan.integer(end + 1).is_none() {
            end += 1;
        }
        let bonus = if *audience == Audience::Adults && scan.is(at, &["men", "partner", "parents"]) { -4 } else { 2 };
        push(out, scan.lead(at, LEAD), end, bonus, Piece::Audience(*audience));
        let not = scan.lead(at, &["no", "not for", "not", "without", "not with", "nothing for"]);
        if not < at {
            push(out, not, end, 12, Piece::Filler);
        }
    }
}

fn plausible(age: i64) -> Option<u8> {
    u8::try_from(age).ok().filter(|age| *age <= 110)
}

/// Which group word, if any, follows an age and belongs to the same reading.
fn person_after(scan: &Scan, at: usize) -> usize {
    let at = scan.skip(at, &["old", "olds"]);
    let words = GROUPS.iter().flat_map(|(words, _)| words.iter());
    at + words.filter_map(|phrase| scan.phrase(at, phrase)).max().unwrap_or(0)
}

/// "8 year old", "8-9 year olds".
fn age(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    // Who is four and a half is four.
    let Some((first, len)) = scan.number(at).map(|(hundredths, len)| (hundredths / 100, len)) else { return };
    let mut end = scan.skip(at + len, &["and a half"]);
    let mut last = None;
    if scan.is(end, &["-", "to", "or", "and"])
        && let Some((value, len)) = scan.integer(end + 1)
    {
        last = Some(value);
        end += 1 + len;
    }
    let Some(years) = scan.longest(end, YEARS) else { return months(scan, at, end, out) };
    let bare = years == 1 && scan.is(end, &["year", "years"]);
    end += years;
    // "10 years of experience" is the teacher's, "5 years" alone may be anything.
    let someone = for_someone(scan, at) || last.is_some() && scan.is(at.wrapping_sub(1), &["for"]);
    if bare && (scan.is(end, &["of", "experience", "teaching"]) || !someone) {
        return;
    }
    let lead = scan.lead(at, LEAD);
    let from = plausible(first);
    if from.is_some() {
        push(out, lead, person_after(scan, end), 12, Piece::Age { from, to: last.and_then(plausible) });
    }
}

fn for_someone(scan: &Scan, at: usize) -> bool {
    const SOMEONE: &[&str] = &["is", "shes", "hes", "who", "my", "turning", "son", "daughter", "kid", "child"];
    (at.saturating_sub(3)..at).any(|index| scan.is(index, SOMEONE))
}

/// "18 months old" is a toddler.
fn months(scan: &Scan, at: usize, end: usize, out: &mut Vec<Candidate>) {
    let Some((months, _)) = scan.integer(at) else { return };
    if let Some(len) = scan.longest(end, &["month old", "months old", "mo old", "month olds"])
        && (0..48).contains(&months)
    {
        let age = plausible(months / 12);
        push(out, scan.lead(at, LEAD), person_after(scan, end + len), 12, Piece::Age { from: age, to: None });
    }
}

/// "age 12", "ages 5-8", "aged nine", "she is 7".
fn aged(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(len) = scan.longest(
        at,
        &[
            "age",
            "aged",
            "ages",
            "age of",
            "ages of",
            "turning",
            "who is",
            "she is",
            "he is",
            "shes",
            "hes",
            "whos",
            "age group",
            "im",
            "i am",
        ],
    ) else {
        return;
    };
    let Some((first, digits)) = scan.integer(at + len) else { return };
    let mut end = at + len + digits;
    let mut last = None;
    if scan.is(at, &["im", "i"]) && !age_alone(scan, at + len, end) {
        return;
    }
    if scan.is(end, &["-", "to", "and", "through"])
        && let Some((value, digits)) = scan.integer(end + 1)
    {
        last = plausible(value);
        end += 1 + digits;
    }
    end = scan.skip(end, YEARS);
    end = scan.skip(end, &["and up", "+", "and older"]);
    if let Some(from) = plausible(first) {
        push(out, scan.lead(at, &["for", "for kids", "kids"]), end, 10, Piece::Age { from: Some(from), to: last });
    }
}

/// "kids under 12", "under 12 years": a bare "under N" is an age only beside a child.
fn bounded(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    // "u10" is a team of those under ten.
    let team = scan.is(at, &["u"]) && scan.tokens.get(at + 1).is_some_and(|token| token.glued);
    if let Some(age) = scan.digits(at + 1).filter(|age| team && (5..=19).contains(age)).and_then(plausible) {
        let end = scan.skip(at + 2, &["s"]);
        return push(out, scan.lead(at, &["for", "for the"]), end, 12, Piece::Age { from: None, to: Some(age) });
    }
    let Some(len) = scan.longest(
        at,
        &["under", "below", "younger than", "under age", "under the age of", "up to age", "less than", "up to"],
    ) else {
        return;
    };
    let Some((value, digits)) = scan.integer(at + len) else { return };
    let mut end = at + len + digits;
    let years = scan.longest(end, YEARS).filter(|len| scan.word(end) != "year" || *len > 1);
    end += years.unwrap_or(0);
    let child = |index: usize| GROUPS[..3].iter().any(|(words, _)| scan.is(index, words));
    let near = (at.saturating_sub(3)..at).chain(end..end + 3).any(child)
        || scan.phrase(at, "younger than").is_some()
        || scan.word(at + len - 1).starts_with("age");
    let small = (1..=18).contains(&value);
    // "the under 10s".
    let group = small && scan.is(end, &["s"]);
    end += usize::from(group);
    let near = near || group;
    if scan.is_kind(at + len, TokenKind::Mark)
        || !(years.is_some() || (small && near))
        || (len == 2 && scan.phrase(at, "up to").is_some() && !near)
    {
        return;
    }
    if let Some(to) = plausible(value) {
        push(out, at, end, 12, Piece::Age { from: None, to: Some(to) });
    }
}

/// Whether the number at `at..end` stands for itself: no sum, clock time, length or count.
fn age_alone(scan: &Scan, at: usize, end: usize) -> bool {
    const UNIT: &[&str] = &[
        "am", "pm", "a", "p", ":", "/", "$", "min", "mins", "minute", "minutes", "h", "hour", "hours", "hr", "hrs",
        "day", "days", "week", "weeks", "month", "months", "mile", "miles", "mi", "km", "blocks", "block", "dollars",
        "bucks", "quid", "people", "lessons", "sessions", "classes", "times", "of", "th", "st", "nd", "rd", "kids",
        "children", "boys", "girls", "oclock", "ish", "years", "stars", "feet", "pounds", "grade",
    ];
    !scan.is(end, UNIT) && !scan.is(at.wrapping_sub(1), &["$", ":", "/", "@", "at"])
}

fn is_child(scan: &Scan, at: usize) -> bool {
    GROUPS[..3].iter().any(|(words, _)| scan.is(at, words))
}

/// "my son, 8", "my daughter (10)", "my kid is six", "kids 6 to 9": a number beside a child.
fn beside_child(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some((first, len)) = scan.integer(at).filter(|(age, _)| (1..=18).contains(age)) else { return };
    let before =
        scan.lead(at, &["is", ",", "who is", "is now", "just turned", "turned", "turns", "is almost", "has turned"]);
    // "kids between 5 and 7" are children, "piano between 5 and 7" is a time.
    let between = scan.lead(before, super::scan::BETWEEN);
    let before = if is_child(scan, between.wrapping_sub(1)) { between } else { before };
    let child = before.checked_sub(1).is_some_and(|index| is_child(scan, index));
    let mut end = at + len;
    let mut last = None;
    if (before == at || between < at)
        && scan.is(end, &["-", "to", "and", "&"])
        && let Some((value, len)) = scan.integer(end + 1).filter(|(value, _)| (first + 1..=18).contains(value))
    {
        last = plausible(value);
        end += 1 + len;
    }
    if child && age_alone(scan, at, end) && !scan.is(end, &["-", "to"]) {
        let bonus = if between < at { 8 } else { 2 };
        push(out, before, end, bonus, Piece::Age { from: plausible(first), to: last });
    }
}

/// "children over 8", "older than 10", "the over 60s", "in her seventies".
fn from_age(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const THEIR: &[&str] = &["in my", "in her", "in his", "in their", "in my early", "in my late", "in their early"];
    const DECADES: [&str; 8] =
        ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"];
    if let Some(decade) = DECADES.iter().position(|word| *word == scan.word(at)) {
        let lead = scan.lead(at, THEIR);
        let lead = scan.lead(lead, &["for someone", "for somebody", "who is", "someone", "somebody"]);
        if lead < at {
            push(out, lead, at + 1, 10, Piece::Age { from: plausible(20 + 10 * decade as i64), to: None });
        }
        return;
    }
    // "in their 60s".
    if let Some(decade) = scan.digits(at).filter(|age| (20..=90).contains(age) && age % 10 == 0)
        && scan.is(at + 1, &["s"])
        && scan.lead(at, THEIR) < at
    {
        let lead = scan.lead(scan.lead(at, THEIR), &["for someone", "for somebody", "who is", "someone", "somebody"]);
        return push(out, lead, at + 2, 12, Piece::Age { from: plausible(decade), to: None });
    }
    let Some(len) =
        scan.longest(at, &["over", "older than", "above", "over the age of", "above the age of", "at least"])
    else {
        return;
    };
    let Some((value, digits)) = scan.integer(at + len).filter(|(value, _)| (1..=99).contains(value)) else { return };
    let end = at + len + digits;
    let decade = scan.is(end, &["s"]) && value % 10 == 0;
    let years = scan.longest(end, YEARS).filter(|len| scan.word(end) != "year" || *len > 1);
    let people = |index: usize| {
        scan.is(index, &["someone", "somebody", "anyone", "people", "folks", "those", "adults", "women", "men"])
    };
    let said = decade
        || (at.saturating_sub(2)..at).any(people)
        || scan.is(at, &["older"])
        || scan.word(at + len - 1) == "of"
        || years.is_some();
    let near = value <= 18 && (at.saturating_sub(3)..at).any(|index| is_child(scan, index));
    // "over 18" means grown up, of whatever age.
    if value == 18 && !near && len == 1 && age_alone(scan, at + len, end) {
        let end = scan.skip(end, &["s", "only"]);
        push(out, scan.lead(at, &["for", "for the", "the"]), end, 12, Piece::Audience(Audience::Adults));
        return;
    }
    if (said || near) && age_alone(scan, at + len, end) || years.is_some() {
        let end = end + if decade { 1 } else { years.unwrap_or(0) };
        push(out, scan.lead(at, &["for", "for the", "the"]), end, 12, Piece::Age { from: plausible(value), to: None });
    }
}

/// "65+" behind "for", "12 and under", "18 and over" beside "ages" or "kids".
fn open_ended(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some((value, len)) = scan.integer(at).filter(|(value, _)| (1..=99).contains(value)) else { return };
    let lead = scan.lead(at, &["for", "for ages", "for kids", "for people", "for adults", "ages", "aged", "kids"]);
    if let Some(under) = scan.longest(at + len, &["and under", "and younger", "or younger", "and below"]) {
        let alone = !scan.is(at.wrapping_sub(1), &["$", "under"]);
        if value <= 18 && alone {
            push(out, lead, at + len + under, 10, Piece::Age { from: None, to: plausible(value) });
        }
    }
    if let Some(up) = scan.longest(at + len, &["+", "and over", "and up", "and older", "or older"]) {
        let older = scan.longest(at + len, &["and older", "or older"]).is_some();
        let said = older || lead < at && value >= 50 || lead + 1 < at;
        let end = at + len + up;
        if value == 18 && !scan.is(at.wrapping_sub(1), &["$"]) && !scan.is(end, &["dollars", "bucks", "an", "per", "/"])
        {
            push(out, lead, scan.skip(end, &["only"]), 18, Piece::Audience(Audience::Adults));
            return;
        }
        if said && !scan.is(end, &["dollars", "bucks", "an", "per", "/"]) && !scan.is(at.wrapping_sub(1), &["$"]) {
            push(out, lead, end, 18, Piece::Age { from: plausible(value), to: None });
        }
    }
}

/// "3rd grade", "second grader", "grade 4", "kindergarten".
fn grade(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const ORDINALS: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth",
    ];
    let lead = |at| scan.lead(at, LEAD);
    if let Some(len) =
        scan.longest(at, &["kindergarten", "kindergartener", "kindergartner", "kindergarteners", "kinder"])
    {
        // In German all children are "kinder".
        if !scan.is(at.wrapping_sub(1), &["fur"]) {
            push(out, lead(at), at + len, 4, Piece::Grade(0));
        }
    }
    if scan.is(at, &["grade", "grades", "gr"])
        && let Some((value, len)) = scan.integer(at + 1)
        && (1..=12).contains(&value)
    {
        // Of several grades the first is told.
        let end = at + 1 + len;
        let more = scan.is(end, &["-", "to", "and", "through"]).then(|| scan.integer(end + 1)).flatten();
        let end = more.map_or(end, |(_, len)| end + 1 + len);
        push(out, scan.lead(at, &["in", "for", "for my", "for a"]), end, 10, Piece::Grade(value as u8));
    }
    years_of_school(scan, at, out);
    // "k-2": from kindergarten on.
    if scan.is(at, &["k"]) {
        let number = scan.skip(at + 1, &["-", "to", "through"]);
        let joined = number > at + 1 || scan.tokens.get(number).is_some_and(|token| token.glued);
        match scan.digits(number).filter(|_| joined) {
            Some(1..=8) => push(out, lead(at), scan.skip(number + 1, &["grade", "grades"]), 10, Piece::Grade(0)),
            // All of school narrows nothing down.
            Some(12) => push(out, lead(at), number + 1, 10, Piece::Filler),
            _ => {}
        }
    }
    school_years(scan, at, out);
    let spelt = ORDINALS.iter().position(|word| *word == scan.word(at)).map(|index| (index as i64 + 1, 1));
    let typed = scan.digits(at).filter(|_| scan.is(at + 1, &["st", "nd", "rd", "th"])).map(|value| (value, 2));
    let Some((value, len)) = spelt.or(typed).or_else(|| scan.digits(at).map(|value| (value, 1))) else { return };
    // "4th and 6th graders": of several the first is told.
    let ordinal = |at: usize| {
        let spelt = ORDINALS.contains(&scan.word(at)).then_some(at + 1);
        spelt.or_else(|| scan.digits(at).filter(|_| scan.is(at + 1, &["st", "nd", "rd", "th"])).map(|_| at + 2))
    };
    let joined = scan.is(at + len, &["and", "or", "-", "to", "through", "&", ","]);
    let several = joined && (spelt.is_some() || typed.is_some());
    let end = ordinal(at + len + 1).filter(|_| several).unwrap_or(at + len);
    if let Some(word) =
        scan.longest(end, &["grade", "grader", "graders", "grade student", "grade students", "grade kid"])
        && (1..=12).contains(&value)
    {
        push(out, scan.lead(lead(at), &["in", "in the", "who is in"]), end + word, 10, Piece::Grade(value as u8));
    }
}

/// "sophomores", "senior year", "a junior in high school": the four years of high school. Beside a subject of school a
/// "junior" is in the eleventh grade; beside a sport it is a child.
fn school_years(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const YEARS: [(&[&str], u8); 4] = [
        (&["freshman", "freshmen"], 9),
        (&["sophomore", "sophomores"], 10),
        (&["junior", "juniors"], 11),
        (&["senior", "seniors"], 12),
    ];
    let Some((_, grade)) = YEARS.iter().find(|(words, _)| scan.is(at, words)) else { return };
    let before = scan.lead(at, &["high school", "high school s", "hs"]);
    let after =
        scan.longest(at + 1, &["in high school", "at high school", "high school", "year of high school", "year"]);
    let college = scan.is(at.wrapping_sub(1), &["college", "university"])
        || ["in college", "at college", "in university", "of college", "year of college"]
            .iter()
            .any(|phrase| scan.phrase(at + 1, phrase).is_some());
    if college {
        return;
    }
    let subject = scan.topics.iter().any(|(.., topic)| topic.school);
    let plain = match *grade {
        9 | 10 => true,
        11 => subject,
        // Several seniors are older people.
        _ => subject && scan.is(at, &["senior"]),
    };
    let end = after.map_or(at + 1, |len| at + 1 + len);
    if before < at || after.is_some() || plain {
        push(out, scan.lead(scan.lead(before, LEAD), &["in", "who is a"]), end, 14, Piece::Grade(*grade));
    } else if *grade == 11 {
        push(out, scan.lead(at, LEAD), end, 2, Piece::Audience(Audience::Kids));
    }
}

/// "year 9", "yr 10s", "y7": schools of Britain and Australia count one more than grades do.
fn years_of_school(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let short = scan.is(at, &["y"]) && scan.tokens.get(at + 1).is_some_and(|token| token.glued);
    if !(scan.is(at, &["year", "yr"]) || short) || at > 0 && scan.integer(at - 1).is_some() {
        return;
    }
    let Some((year, len)) = scan.integer(at + 1).filter(|(year, _)| (1..=13).contains(year)) else { return };
    let end = scan.skip(at + 1 + len, &["s"]);
    if scan.is(end, &["-", "/", "old", "olds", "of", "years", "months", "weeks", "days", "yo"]) {
        return;
    }
    let end = scan.skip(end, &["pupil", "pupils", "student", "students", "child"]);
    push(out, scan.lead(scan.lead(at, LEAD), &["in", "who is in", "for"]), end, 12, Piece::Grade((year - 1) as u8));
}

/// Every phrase that says who, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|(words, _)| words.iter()).chain(LEAD).chain(YEARS).copied()
}
