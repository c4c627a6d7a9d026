//! What an operator may turn in search: how much each signal weighs, where thresholds lie, how many search at once.
//! One setting in the store; a change is written to the audit trail, which is its history.
// rule: 40§7, 40§15 ranking

pub mod api;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::site::audit::{self, By, Deed};
use crate::site::settings::SETTINGS;
use crate::site::{Setting, Site};
use crate::store::{Read, ReadExt as _};

/// How much each signal weighs in the score; together 1 by default.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    #[schema(minimum = 0, maximum = 1)]
    pub relevance: f64,
    #[schema(minimum = 0, maximum = 1)]
    pub quality: f64,
    #[schema(minimum = 0, maximum = 1)]
    pub distance: f64,
    #[schema(minimum = 0, maximum = 1)]
    pub price: f64,
    #[schema(minimum = 0, maximum = 1)]
    pub freshness: f64,
    #[schema(minimum = 0, maximum = 1)]
    pub completeness: f64,
}

/// Added for what fits the learner.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Boosts {
    #[schema(minimum = 0, maximum = 0.5)]
    pub audience: f64,
    #[schema(minimum = 0, maximum = 0.5)]
    pub skill: f64,
    /// The level beside the one asked for.
    #[schema(minimum = 0, maximum = 0.5)]
    pub adjacent_skill: f64,
    #[schema(minimum = 0, maximum = 0.5)]
    pub language: f64,
    /// A biography near to words that name no service.
    #[schema(minimum = 0, maximum = 0.5)]
    pub biography: f64,
}

/// Likenesses of meaning, 0–1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From here on the nearest service is what was meant.
    #[schema(minimum = 0, maximum = 1)]
    pub act: f32,
    /// From here on it is taken, and others are offered beside it.
    #[schema(minimum = 0, maximum = 1)]
    pub perhaps: f32,
    /// Nothing less alike is offered.
    #[schema(minimum = 0, maximum = 1)]
    pub suggest: f32,
    /// A biography less alike is no answer.
    #[schema(minimum = 0, maximum = 1)]
    pub biography: f64,
}

/// Everything that can be turned. The founding boost stands among the prices (`founding_search_boost`).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = SearchTuning)]
pub struct Tuning {
    pub weights: Weights,
    pub boosts: Boosts,
    pub thresholds: Thresholds,
    /// How much of its relevance a result keeps that needed a wish let go.
    #[schema(minimum = 0, maximum = 1)]
    pub relaxed_relevance: f64,
    /// Fewer results than this are too few.
    #[schema(minimum = 1, maximum = 50)]
    pub enough_results: usize,
    /// What "nearby" reaches when nobody is in the asked place.
    #[schema(minimum = 1, maximum = 10)]
    pub nearby_km: f64,
    /// How much dearer a result may be that is shown as over the price.
    #[schema(minimum = 0, maximum = 100)]
    pub over_price_pct: i64,
    /// Searches that may run at once; more are answered 503.
    #[schema(minimum = 1, maximum = 64)]
    pub max_concurrent: usize,
    /// From so many under way on, words that name no service are no longer read by meaning.
    #[schema(minimum = 1, maximum = 64)]
    pub high_load: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            weights: Weights {
                relevance: 0.35,
                quality: 0.25,
                distance: 0.15,
                price: 0.10,
                freshness: 0.10,
                completeness: 0.05,
            },
            boosts: Boosts { audience: 0.10, skill: 0.05, adjacent_skill: 0.02, language: 0.05, biography: 0.05 },
            thresholds: Thresholds { act: 0.60, perhaps: 0.43, suggest: 0.35, biography: 0.55 },
            relaxed_relevance: 0.7,
            enough_results: 5,
            nearby_km: 10.0,
            over_price_pct: 25,
            max_concurrent: 64,
            high_load: 48,
        }
    }
}

impl Tuning {
    fn check(&self) -> Result<(), &'static str> {
        let (w, b, t) = (&self.weights, &self.boosts, &self.thresholds);
        let weights = [w.relevance, w.quality, w.distance, w.price, w.freshness, w.completeness];
        let boosts = [b.audience, b.skill, b.adjacent_skill, b.language, b.biography];
        let within = |parts: &[f64], most: f64| parts.iter().all(|part| (0.0..=most).contains(part));
        if !within(&weights, 1.0) || weights.iter().sum::<f64>() <= 0.0 {
            return Err("Each weight lies between 0 and 1, and one of them is more than 0.");
        }
        if !within(&boosts, 0.5) {
            return Err("Each boost lies between 0 and 0.5.");
        }
        let rising = 0.0 <= t.suggest && t.suggest <= t.perhaps && t.perhaps <= t.act && t.act <= 1.0;
        if !rising || !within(&[t.biography], 1.0) {
            return Err("Thresholds lie between 0 and 1, with suggest ≤ perhaps ≤ act.");
        }
        if !within(&[self.relaxed_relevance], 1.0) || !(1.0..=10.0).contains(&self.nearby_km) {
            return Err("Relaxed relevance lies between 0 and 1, nearby between 1 and 10 km.");
        }
        let counts = (1..=50).contains(&self.enough_results)
            && (0..=100).contains(&self.over_price_pct)
            && (1..=64).contains(&self.max_concurrent)
            && (1..=64).contains(&self.high_load);
        if counts { Ok(()) } else { Err("Counts and percentages are out of their range.") }
    }
}

pub static TUNING: Setting<Tuning> = Setting {
    key: "search.tuning",
    description: "Weights, boosts, thresholds and limits of search; edited by its own calls.",
    default: Tuning::default,
    check: Tuning::check,
};

/// The setting as it stands, and since when.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Standing {
    pub config: Tuning,
    pub default: Tuning,
    pub updated_at: Option<Timestamp>,
    pub updated_by: Option<UserId>,
}

pub fn standing(read: &dyn Read) -> Outcome<Standing> {
    let row = read.get(&SETTINGS, &TUNING.key.to_owned())?;
    Ok(Standing {
        config: TUNING.read(read)?,
        default: Tuning::default(),
        updated_at: row.as_ref().map(|row| row.updated_at),
        updated_by: row.and_then(|row| row.updated_by),
    })
}

/// Changes what `wish` names, at any depth; the rest stays.
pub async fn change(site: &Site, by: By, wish: Value) -> Outcome<Standing> {
    site.write(move |tx| {
        let before = serde_json::to_value(TUNING.read(tx)?).map_err(Refusal::internal)?;
        let mut after = before.clone();
        merge(&mut after, &wish, "config")?;
        let tuning: Tuning = serde_json::from_value(after.clone())
            .map_err(|e| Refusal::invalid("config", format!("This is no configuration of search: {e}.")))?;
        if before != after {
            TUNING.write(tx, &tuning, by.actor)?;
            let deed = Deed::on("search.config.update", "setting", TUNING.key).change(before, after);
            audit::record(tx, &by, deed)?;
        }
        standing(tx)
    })
    .await
}

/// Back to the defaults.
pub async fn reset(site: &Site, by: By) -> Outcome<Standing> {
    site.write(move |tx| {
        let before = TUNING.read(tx)?;
        if before != Tuning::default() {
            TUNING.write(tx, &Tuning::default(), by.actor)?;
            let deed = Deed::on("search.config.reset", "setting", TUNING.key);
            audit::record(tx, &by, deed.change(json!(before), json!(Tuning::default())))?;
        }
        standing(tx)
    })
    .await
}

/// Puts what `wish` names into `value`; a name it does not have is refused.
fn merge(value: &mut Value, wish: &Value, path: &str) -> Outcome<()> {
    match (value, wish) {
        (Value::Object(fields), Value::Object(wishes)) => {
            for (name, wish) in wishes {
                let path = format!("{path}.{name}");
                let Some(field) = fields.get_mut(name) else {
                    return Err(Refusal::invalid(&path, "Search has no such setting."));
                };
                merge(field, wish, &path)?;
            }
            Ok(())
        }
        (Value::Object(_), _) => Err(Refusal::invalid(path, "An object of settings.")),
        (value, Value::Number(_)) => {
            *value = wish.clone();
            Ok(())
        }
        _ => Err(Refusal::invalid(path, "A number.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_sound_and_nonsense_is_not() {
        assert_eq!(Tuning::default().check(), Ok(()));
        let spoilt: [fn(&mut Tuning); 6] = [
            |t| t.weights.quality = -0.1,
            |t| t.boosts.skill = 0.6,
            |t| t.thresholds.suggest = 0.9,
            |t| t.nearby_km = 11.0,
            |t| t.max_concurrent = 0,
            |t| t.weights.relevance = f64::NAN,
        ];
        for spoil in spoilt {
            let mut tuning = Tuning::default();
            spoil(&mut tuning);
            assert!(tuning.check().is_err(), "{tuning:?}");
        }
    }

    #[test]
    fn a_wish_changes_what_it_names() {
        let mut value = json!(Tuning::default());
        merge(&mut value, &json!({ "weights": { "price": 0.2 }, "enough_results": 7 }), "config").unwrap();
        let tuning: Tuning = serde_json::from_value(value.clone()).unwrap();
        assert_eq!((tuning.weights.price, tuning.enough_results, tuning.weights.quality), (0.2, 7, 0.25));
        assert!(merge(&mut value, &json!({ "weights": { "fame": 1 } }), "config").is_err());
        assert!(merge(&mut value, &json!({ "weights": 3 }), "config").is_err());
        assert!(merge(&mut value, &json!({ "nearby_km": "far" }), "config").is_err());
    }
}
