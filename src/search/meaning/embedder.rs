//! The embedded static model: text in, a vector of 256 numbers out.

use std::sync::LazyLock;

use model2vec_rs::model::StaticModel;

static TOKENIZER: &[u8] = include_bytes!("../../../assets/model/tokenizer.json");
static MODEL: &[u8] = include_bytes!("../../../assets/model/model.safetensors");
static CONFIG: &[u8] = include_bytes!("../../../assets/model/config.json");

/// Words the model's list lacks that people type and that lie next to words of lessons: no mistakes either.
const ALSO: &[&str] = &[
    "tuner",
    "tuners",
    "nanny",
    "walker",
    "sitter",
    "babysitter",
    "plumber",
    "roofer",
    "mover",
    "movers",
    "cleaner",
    "tailor",
    "barber",
    "waxing",
    "groomer",
    "caterer",
    "realtor",
    "therapist",
    "dentist",
    "notary",
    "kinder",
    "curso",
    "cursos",
    "sitar",
    "zither",
    "bocce",
    "yodel",
    "yodeling",
    "yodelling",
    "rap",
    "rapping",
    "twerk",
    "twerking",
    "tutting",
    "krumping",
    "sled",
    "sledding",
    "luge",
    "biathlon",
    "waterpolo",
    "bobsled",
    "curling",
    "kayaking",
    "paddling",
    "rafting",
    "sculling",
    "improvise",
    "improvising",
    "midwife",
    "swaddle",
    "swaddling",
    "lactation",
    "electrician",
    "bagel",
    "pluck",
    "plucking",
    "idiom",
    "tabla",
    "mridangam",
    "santoor",
    "erhu",
    "guzheng",
    "koto",
    "lute",
    "lyre",
    "dulcimer",
    "bassoon",
    "bagpipes",
    "theremin",
    "kalimba",
    "didgeridoo",
    "djembe",
    "bongo",
    "bongos",
    "marimba",
    "glockenspiel",
    "vibraphone",
    "castanets",
    "falconry",
    "equestrian",
    "dressage",
    "jousting",
    "parkour",
    "capoeira",
    "sumo",
    "kendo",
    "aikido",
    "savate",
    "sambo",
    "snooker",
    "billiards",
    "darts",
    "croquet",
    "petanque",
    "cribbage",
    "mahjong",
    "backgammon",
    "sudoku",
    "origami",
    "taxidermy",
    "whittling",
    "welding",
    "glassblowing",
    "beekeeping",
    "foraging",
    "brewing",
    "distilling",
    "bartending",
    "barista",
    "patisserie",
    "sommelier",
    "charcuterie",
    "macrame",
    "quilting",
    "weaving",
    "felting",
    "tatting",
    "glazing",
    "glaze",
    "gilding",
    "bookbinding",
    "blacksmith",
    "blogging",
    "vlogging",
    "podcasting",
    "kindergartner",
    "kindergartners",
    "preschooler",
    "preschoolers",
    "tween",
    "tweens",
    "espanol",
    "italien",
    "allemand",
    "anglais",
    "corsi",
    "tenis",
    "futbol",
    "bailar",
    "baile",
    "musica",
    "musique",
    "danse",
    "dansa",
    "tanz",
    "gitarre",
    "klavier",
];

/// Words of the model's list before this place are marks and single letters.
const FIRST_WORD: u64 = 1996;
/// Its words stand in the order of how common they are; up to this place nobody would ask what they mean.
const EVERYDAY: u64 = 5_000;

static TEXT_MODEL: LazyLock<Embedder> = LazyLock::new(|| {
    let model = StaticModel::from_bytes(TOKENIZER, MODEL, CONFIG, None)
        .expect("the embedded model is read by a unit test of this very build");
    Embedder { model }
});

/// A text as a direction; of length 1, or all zero when the model knows none of its words.
pub type Vector = Vec<f32>;

/// Turns texts into vectors.
pub struct Embedder {
    model: StaticModel,
}

impl Embedder {
    /// The model this program was built with.
    pub fn built_in() -> &'static Embedder {
        &TEXT_MODEL
    }

    /// Names the model, so that stored vectors of another one are recognised.
    pub fn id(&self) -> &'static str {
        "static-minilm-256-1"
    }

    pub fn dimensions(&self) -> usize {
        self.model.dim()
    }

    /// The vector of a text. Scripts the model does not know come out as zero.
    pub fn encode(&self, text: &str) -> Vector {
        let zero = || vec![0.0; self.dimensions()];
        if text.chars().all(|letter| !letter.is_ascii_alphabetic()) {
            return zero();
        }
        let vector = self.model.encode_single(text);
        if vector.iter().all(|part| part.is_finite()) { vector } else { zero() }
    }
}

/// Sums kept side by side: one after another they would wait for each other, and the processor could not take several
/// at once.
const LANES: usize = 16;

/// How alike two vectors are, −1 to 1.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [0.0f32; LANES];
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// The common words of the language, from the model's own list.
pub fn common_words() -> Vec<String> {
    words_between(FIRST_WORD, u64::MAX).into_iter().chain(ALSO.iter().map(|word| (*word).to_owned())).collect()
}

/// The commonest of them: no proper names among them but the most famous.
pub fn commonest_words() -> Vec<String> {
    words_between(FIRST_WORD, EVERYDAY)
}

fn words_between(first: u64, last: u64) -> Vec<String> {
    let Ok(file) = serde_json::from_slice::<serde_json::Value>(TOKENIZER) else { return Vec::new() };
    let Some(words) = file.pointer("/model/vocab").and_then(serde_json::Value::as_object) else { return Vec::new() };
    let whole = words.iter().filter(|(word, place)| {
        place.as_u64().is_some_and(|place| (first..=last).contains(&place))
            && word.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    whole.map(|(word, _)| word.clone()).collect()
}
