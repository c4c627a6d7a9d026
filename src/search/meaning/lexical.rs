//! Words: a full-text index over the services' names, terms and categories, held in memory.

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::{Index, IndexReader, TantivyDocument, Term, doc};

use crate::catalog::Catalogue;

/// Hits that score below this share of the best one are about something else.
const NEAR_BEST: f32 = 0.75;
/// More hits than this say that the words are too common to mean anything.
const TOO_MANY: usize = 6;
const HEAP: usize = 20_000_000;
const TOKENIZER: &str = "en_stem";

/// The full-text index of services.
pub struct Lexical {
    index: Index,
    reader: IndexReader,
    fields: Fields,
}

#[derive(Clone, Copy)]
struct Fields {
    place: Field,
    name: Field,
    terms: Field,
    category: Field,
}

impl Lexical {
    pub fn new(catalogue: &Catalogue) -> tantivy::Result<Lexical> {
        let mut schema = Schema::builder();
        let text = || {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(IndexRecordOption::WithFreqs),
            )
        };
        let fields = Fields {
            place: schema.add_u64_field("place", STORED),
            name: schema.add_text_field("name", text()),
            terms: schema.add_text_field("terms", text()),
            category: schema.add_text_field("category", text()),
        };
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, HEAP)?;
        for (place, service) in catalogue.services().iter().enumerate() {
            let shelf = catalogue.subcategory(service.subcategory_id).map_or("", |shelf| shelf.name.as_str());
            let category = catalogue.category(service.category_id).map_or("", |category| category.name.as_str());
            writer.add_document(doc!(
                fields.place => place as u64,
                fields.name => service.name.as_str(),
                fields.terms => service.terms.join(" \n "),
                fields.category => format!("{shelf} {category}"),
            ))?;
        }
        writer.commit()?;
        let reader = index.reader()?;
        Ok(Lexical { index, reader, fields })
    }

    /// The services in which every one of `words` is found, best first; nothing when they are many.
    pub fn all_of(&self, words: &[&str]) -> Vec<usize> {
        let exact = self.search(words, false);
        if exact.is_empty() { self.search(words, true) } else { exact }
    }

    fn search(&self, words: &[&str], fuzzy: bool) -> Vec<usize> {
        let Some(mut analyzer) = self.index.tokenizers().get(TOKENIZER) else { return Vec::new() };
        let mut wanted: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for word in words {
            let mut stems = analyzer.token_stream(word);
            while stems.advance() {
                wanted.push((Occur::Must, self.anywhere(&stems.token().text, fuzzy)));
            }
        }
        if wanted.is_empty() {
            return Vec::new();
        }
        let searcher = self.reader.searcher();
        let Ok(hits) = searcher.search(&BooleanQuery::new(wanted), &TopDocs::with_limit(TOO_MANY * 4).order_by_score())
        else {
            return Vec::new();
        };
        let best = hits.first().map_or(0.0, |(score, _)| *score);
        let near: Vec<usize> = hits
            .into_iter()
            .filter(|(score, _)| *score >= best * NEAR_BEST)
            .filter_map(|(_, address)| searcher.doc::<TantivyDocument>(address).ok())
            .filter_map(|doc| {
                doc.get_first(self.fields.place).and_then(|place| place.as_u64()).map(|place| place as usize)
            })
            .collect();
        if near.len() > TOO_MANY { Vec::new() } else { near }
    }

    /// A stem in any field; in a name it weighs most.
    fn anywhere(&self, stem: &str, fuzzy: bool) -> Box<dyn Query> {
        let one = |field: Field, weight: f32| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(field, stem);
            let query: Box<dyn Query> = match (fuzzy, stem.chars().count()) {
                (true, 4..=7) => Box::new(FuzzyTermQuery::new(term, 1, true)),
                (true, 8..) => Box::new(FuzzyTermQuery::new(term, 2, true)),
                _ => Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
            };
            (Occur::Should, Box::new(BoostQuery::new(query, weight)))
        };
        Box::new(BooleanQuery::new(vec![
            one(self.fields.name, 3.0),
            one(self.fields.terms, 1.5),
            one(self.fields.category, 0.5),
        ]))
    }
}
