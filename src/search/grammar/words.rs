//! Words that carry no wish: left out of what is searched for.

/// Articles, pronouns, courtesies and other words that never name a lesson.
const FILLERS: &[&str] = &[
    "a", "able", "about", "all", "also", "am", "an", "and", "any", "anyone", "anybody", "are", "around", "as", "at", "available", "be", "been", "best", "but", "by", "can", "cant",
    "could", "couple", "did", "do", "does", "doing", "dont", "each", "either", "even", "find", "for", "from", "get", "getting", "give", "go", "going", "good", "great", "had", "has",
    "have", "he", "hello", "hes", "help", "her", "here", "hey", "hi", "him", "his", "how", "i", "id", "if", "ill", "im", "in", "into", "is", "it", "its", "ive", "just", "know",
    "like", "look", "looking", "maybe", "me", "might", "more", "most", "much", "must", "my", "myself", "near", "need", "needed", "needs", "nice", "no", "not", "now", "of", "off",
    "on", "one", "only", "or", "our", "out", "over", "per", "perhaps", "please", "pls", "plus", "plz", "preferably", "prefer", "really", "same", "search", "she", "shes", "should",
    "so", "some", "somebody", "someone", "something", "somewhere", "start", "starting", "such", "take", "taking", "teach", "teaches", "thanks", "thank", "that", "thats", "the",
    "their", "them", "then", "there", "they", "this", "those", "through", "to", "too", "try", "trying", "up", "us", "usual", "very", "want", "wanted", "wants", "was", "we", "well",
    "were", "what", "when", "where", "which", "who", "whos", "will", "with", "works", "would", "yes", "you", "your", "area", "time", "times", "day", "days", "st", "th", "rd", "nd",
    "am", "pm", "s", "y", "old", "year", "years", "learn", "learning", "hour", "hours", "level", "price", "budget", "cost", "rate", "place", "who's", "new", "last", "next", "ok",
    "okay", "let", "lets", "see", "thing", "things", "way", "work", "working", "wanna", "gonna", "nyc", "ny", "usd", "dollars", "dollar", "again", "previous", "whose", "wish",
    // The same in the languages synonyms are kept in.
    "de", "del", "la", "le", "les", "el", "los", "las", "en", "para", "por", "un", "une", "una", "des", "du", "pour", "mi", "mon", "ma", "di", "il", "per", "und", "fur", "der",
    "die", "das", "ein", "eine", "da", "do", "para", "um", "uma", "для", "на", "в", "с", "и", "的", "学", "を", "の",
];

/// Words for a lesson or its teacher. They stay in what is searched for but choose nothing.
const GENERIC: &[&str] = &[
    "lesson", "lessons", "class", "classes", "course", "courses", "teacher", "teachers", "tutor", "tutors", "tutoring", "tutorial", "tutorials", "instructor", "instructors", "coach",
    "coaches", "coaching", "trainer", "trainers", "training", "instruction", "session", "sessions", "prep", "workshop", "workshops", "teaching", "school", "student", "students",
    "practice", "professor", "mentor", "private", "help", "program", "programs", "experience", "skill", "skills", "basics", "studio", "people", "person", "test",
    "clases", "clase", "lecciones", "profesor", "profesora", "maestro", "maestra", "cours", "lecon", "lecons", "professeur", "aulas", "aula", "professora", "unterricht", "kurs",
    "lehrer", "lehrerin", "lezioni", "corso", "insegnante", "уроки", "урок", "репетитор", "учитель", "курсы", "занятия", "課", "课", "老", "师", "師", "수", "업", "레", "슨", "과", "외",
    "教", "室", "دروس", "שיעורי", "lekcje", "μαθηματα", "leson", "kou",
];

pub fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

pub fn is_generic(word: &str) -> bool {
    GENERIC.contains(&word)
}

/// The language a query is written in when it is not English, as a two-letter code.
pub fn query_language<'a>(words: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    const MARKERS: &[(&str, &[&str])] = &[
        ("es", &["clases", "clase", "lecciones", "profesor", "profesora", "maestro", "para", "niños", "ninos", "aprender", "quiero", "cerca", "mañana", "manana", "busco", "hoy"]),
        ("fr", &["cours", "lecons", "lecon", "professeur", "pour", "enfants", "apprendre", "cherche", "demain", "prof"]),
        ("pt", &["aulas", "aula", "criancas", "professora", "aprender portugues", "amanha"]),
        ("de", &["unterricht", "lehrer", "lehrerin", "fur", "kinder", "lernen", "kurs", "morgen"]),
        ("it", &["lezioni", "corso", "insegnante", "bambini", "imparare", "lezione"]),
        ("pl", &["lekcje", "nauczyciel", "dzieci"]),
        ("ht", &["leson", "timoun"]),
    ];
    let words: Vec<&str> = words.collect();
    let letter = words.iter().flat_map(|word| word.chars()).find(|letter| !letter.is_ascii());
    let script = letter.and_then(|letter| match letter {
        '\u{400}'..='\u{4ff}' => Some("ru"),
        '\u{590}'..='\u{5ff}' => Some("he"),
        '\u{600}'..='\u{6ff}' => Some("ar"),
        '\u{370}'..='\u{3ff}' => Some("el"),
        '\u{900}'..='\u{97f}' => Some("hi"),
        '\u{980}'..='\u{9ff}' => Some("bn"),
        '\u{3040}'..='\u{30ff}' => Some("ja"),
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => Some("ko"),
        '\u{4e00}'..='\u{9fff}' => Some("zh"),
        _ => None,
    });
    let japanese = words.iter().any(|word| word.chars().any(|letter| ('\u{3040}'..='\u{30ff}').contains(&letter)));
    match script {
        Some("zh") if japanese => Some("ja"),
        Some(code) => Some(code),
        None => MARKERS.iter().find(|(_, markers)| words.iter().any(|word| markers.contains(word))).map(|(code, _)| *code),
    }
}
