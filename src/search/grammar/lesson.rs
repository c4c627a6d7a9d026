//! Online or in a room, and in whose room.
// rule: 40§2 lesson type

use super::piece::{Candidate, LessonType, Piece, Venue};
use super::scan::{Scan, push};

const ONLINE: &[&str] = &[
    "online",
    "on line",
    "virtual",
    "virtually",
    "remote",
    "remotely",
    "zoom",
    "over zoom",
    "on zoom",
    "via zoom",
    "video",
    "webcam",
    "skype",
    "facetime",
    "video call",
    "by video",
    "over video",
    "google meet",
    "video chat",
    "from home",
    "distance learning",
    "internet",
    "e learning",
    "over the internet",
    "via video",
    "through zoom",
    "using zoom",
    "on video",
    "en ligne",
    "en linea",
    "by video call",
    "over skype",
    "via skype",
    "from anywhere",
];
const IN_PERSON: &[&str] = &[
    "in person",
    "inperson",
    "face to face",
    "in the flesh",
    "offline",
    "f 2 f",
    "irl",
    "on site",
    "onsite",
    "presencial",
    "in real life",
    "physically",
    "physical",
    "ftf",
    "in the room",
];
const STUDENT_HOME: &[&str] = &[
    "in home",
    "at home",
    "at my home",
    "at my house",
    "at my place",
    "at my apartment",
    "in my home",
    "in my house",
    "in my apartment",
    "in my place",
    "come to me",
    "comes to me",
    "come to my house",
    "comes to my house",
    "come to my home",
    "comes to my home",
    "come to my place",
    "comes to my place",
    "come to us",
    "comes to us",
    "travels to me",
    "travel to me",
    "travels to my home",
    "travel to my home",
    "home visits",
    "home visit",
    "house call",
    "house calls",
    "to my door",
    "at our home",
    "at our house",
    "at our place",
    "in our home",
    "at our apartment",
    "in our apartment",
    "come to our house",
    "comes to our house",
    "who travels",
    "will travel",
    "mobile",
    "comes to you",
    "come to you",
    "to my house",
    "to my home",
    "to my apartment",
    "who comes to me",
    "inhome",
    "athome",
    "comes to my apartment",
    "come to my apartment",
    "that comes to me",
    "travel to my house",
    "travels to my house",
    "travel to us",
    "comes to our home",
    "my place",
    "my house",
    "my home",
    "my apartment",
    "at my studio",
];
const INSTRUCTOR_PLACE: &[&str] = &[
    "at their studio",
    "at their place",
    "at their home",
    "at their house",
    "at the teachers place",
    "at the teachers studio",
    "at the teachers home",
    "at the teachers house",
    "at the instructors studio",
    "at the instructors place",
    "at the instructors home",
    "at the tutors place",
    "at the tutors home",
    "at a studio",
    "in a studio",
    "at the studio",
    "in studio",
    "in the studio",
    "at your studio",
    "at your place",
    "at your home",
    "in their studio",
    "in their home",
    "teachers studio",
    "instructors studio",
    "teachers home",
    "with a studio",
    "has a studio",
    "with their own studio",
    "studio lessons",
    "at instructors place",
    "at instructor studio",
    "at his studio",
    "at her studio",
    "at his place",
    "at her place",
    "go to the teacher",
    "travel to the teacher",
    "travel to them",
    "go to them",
    "in their place",
    "teachers place",
    "instructors place",
    "instructors home",
    "instructor studio",
    "at teachers studio",
    "their place",
    "their studio",
    "tutors home",
    "tutors place",
    "at the instructors",
    "at the teachers",
    "at the tutors",
    "at the coachs",
    "at a music studio",
    "at a dance studio",
    "at an art studio",
];
const EITHER: &[&str] = &[
    "online or in person",
    "in person or online",
    "online or inperson",
    "remote or in person",
    "in person or remote",
    "either online or in person",
    "virtual or in person",
    "in person or virtual",
    "either in person or online",
    "online and in person",
    "both online and in person",
    "in person or over zoom",
    "in person or zoom",
    "zoom or in person",
];
const LEAD: &[&str] =
    &["preferably", "only", "strictly", "must be", "via", "over", "on", "can be", "is", "for", "an", "either"];

/// Proposes lesson types and venues.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        let mut propose = |phrases: &[&str], piece: Piece, bonus: i32| {
            if let Some(len) = scan.longest(at, phrases) {
                push(out, scan.lead(at, LEAD), scan.skip(at + len, &["only"]), bonus, piece);
            }
        };
        propose(EITHER, Piece::Lesson(LessonType::Any), 10);
        propose(IN_PERSON, Piece::Lesson(LessonType::InPerson), 6);
        propose(STUDENT_HOME, Piece::Venue(Venue::StudentHome), 4);
        propose(INSTRUCTOR_PLACE, Piece::Venue(Venue::InstructorPlace), 4);
        // "video editing" is a craft; the topic's own phrase is longer and wins.
        propose(ONLINE, Piece::Lesson(LessonType::Online), 2);
        negated(scan, at, out);
        somebodys_place(scan, at, out);
        coming(scan, at, out);
    }
}

/// Rooms somebody may have.
const ROOMS: &[&str] = &[
    "home",
    "house",
    "place",
    "apartment",
    "apt",
    "flat",
    "condo",
    "dorm",
    "dorm room",
    "living room",
    "building",
    "kitchen",
    "garden",
    "backyard",
    "studio",
];
const OURS: &[&str] = &["my", "our", "my own", "our own"];
const THEIRS: &[&str] = &[
    "their",
    "their own",
    "his",
    "her",
    "your",
    "the teachers",
    "the instructors",
    "the tutors",
    "the coachs",
    "teachers",
    "instructors",
    "tutors",
    "a teachers",
    "an instructors",
];

/// A room of somebody at `at`: the end of its words.
fn room(scan: &Scan, at: usize, whose: &[&str]) -> Option<usize> {
    let room = at + scan.longest(at, whose)?;
    scan.longest(room, ROOMS).map(|len| room + len)
}

/// "at my flat", "in our kitchen", "at her house", "at your studio".
fn somebodys_place(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    if !scan.is(at, &["at", "in", "to"]) {
        return;
    }
    for (whose, venue) in [(OURS, Venue::StudentHome), (THEIRS, Venue::InstructorPlace)] {
        if let Some(end) = room(scan, at + 1, whose) {
            push(out, at, scan.skip(end, &["only"]), 4, Piece::Venue(venue));
        }
    }
}

/// "comes to my flat", "travelling to us", "who can come to your home": whoever travels, the lesson is at the learner's.
fn coming(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    const COME: &[&str] = &[
        "come",
        "comes",
        "coming",
        "travel",
        "travels",
        "travelling",
        "traveling",
        "drive",
        "drives",
        "visit",
        "visits",
        "goes",
    ];
    if !scan.is(at, COME) {
        return;
    }
    let to = scan.skip(at + 1, &["over to", "out to", "to", "over"]);
    let people = scan.longest(to, &["me", "us", "you", "students", "clients", "students homes", "peoples homes"]);
    let end = people
        .map(|len| to + len)
        .or_else(|| room(scan, to, OURS))
        .or_else(|| room(scan, to, &["your", "the students"]));
    if let Some(end) = end.filter(|_| to > at + 1 || scan.word(at).starts_with("visit")) {
        let lead = scan
            .lead(at, &["who", "that", "who can", "that can", "who will", "can", "will", "willing to", "who would"]);
        push(out, lead, end, 6, Piece::Venue(Venue::StudentHome));
    }
}

/// "not online" is in person, and the other way round.
fn negated(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let Some(lead) = scan.longest(
        at,
        &["not", "no", "nothing", "dont want", "not over", "without", "anything but", "cant do", "no more"],
    ) else {
        return;
    };
    if let Some(len) = scan.longest(at + lead, ONLINE) {
        push(out, at, at + lead + len, 8, Piece::Lesson(LessonType::InPerson));
    }
    if let Some(len) = scan.longest(at + lead, IN_PERSON) {
        push(out, at, at + lead + len, 8, Piece::Lesson(LessonType::Online));
    }
}

/// Every phrase of these recognisers, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    [ONLINE, IN_PERSON, STUDENT_HOME, INSTRUCTOR_PLACE, EITHER, ROOMS].into_iter().flatten().copied()
}
