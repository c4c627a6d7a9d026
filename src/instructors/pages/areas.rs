//! Choosing neighborhoods: a fold per borough, all or none of it at once, a box to find one by name.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::form::Fields;
use crate::base::id::NeighborhoodId;
use crate::places::{Borough, Gazetteer, Region};
use crate::web::components::{Choice, Field, Icon, Pick, icon, pick, select};

/// The name of the boxes.
const AREAS: &str = "areas";

fn offered<'a>(gazetteer: &'a Gazetteer, borough: &'a Borough) -> Vec<&'a Region> {
    let mut regions: Vec<&Region> =
        borough.regions.iter().filter_map(|ix| gazetteer.region(*ix)).filter(|region| !region.hidden).collect();
    regions.sort_by(|a, b| a.name.cmp(&b.name));
    regions
}

fn whole_name(borough: &Borough) -> String {
    format!("whole-{}", borough.code.to_lowercase())
}

/// What is ticked, after "all of" and "none of" a borough have been heard.
pub(super) fn read(fields: &Fields, gazetteer: &Gazetteer) -> BTreeSet<NeighborhoodId> {
    let mut chosen: BTreeSet<NeighborhoodId> = fields.ticked(AREAS).into_iter().collect();
    for borough in gazetteer.boroughs() {
        let own: BTreeSet<NeighborhoodId> = offered(gazetteer, borough).iter().map(|region| region.id).collect();
        match fields.text(&whole_name(borough)).as_str() {
            "all" => chosen.extend(own),
            "none" => chosen.retain(|id| !own.contains(id)),
            _ => {}
        }
    }
    chosen
}

pub(super) fn picker(gazetteer: &Gazetteer, chosen: &BTreeSet<NeighborhoodId>, fault: Option<&str>) -> Markup {
    html! {
        div.field id=(AREAS) tabindex="-1" role="group" aria-label="Neighborhoods" {
            @if let Some(fault) = fault { span.err { (icon(Icon::Warn)) " " (fault) } }
            div.field data-needs-script {
                label for="find-area" { "Find a neighborhood" }
                input.in id="find-area" type="search" autocomplete="off" data-narrows={ "#" (AREAS) };
            }
            @for borough in gazetteer.boroughs() { (group(gazetteer, borough, chosen)) }
        }
    }
}

fn group(gazetteer: &Gazetteer, borough: &Borough, chosen: &BTreeSet<NeighborhoodId>) -> Markup {
    let regions = offered(gazetteer, borough);
    let ticked = regions.iter().filter(|region| chosen.contains(&region.id)).count();
    let name = whole_name(borough);
    let label = format!("All or none of {}", borough.name);
    let (all, none) = (format!("All of {}", borough.name), format!("None of {}", borough.name));
    let whole = [
        Choice::new("", "What is ticked below", true),
        Choice::new("all", all, false),
        Choice::new("none", none, false),
    ];
    html! {
        details.fold open[ticked > 0] data-group {
            summary { b { (borough.name) } " " span.muted { span data-picked { (ticked) } " of " (regions.len()) " chosen" } }
            div.stack.stack--s {
                div data-whole { (select(&Field { name: &name, label: &label, small: true, ..Field::default() }, &whole)) }
                div.boxes {
                    @for region in regions {
                        (pick(Pick::Many, AREAS, &Choice::new(region.id.to_string(), region.name.as_str(), chosen.contains(&region.id))))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_and_none_of_a_borough_are_heard() {
        let gazetteer = Gazetteer::builtin();
        let of = |name: &str| {
            let borough = gazetteer.borough_named(name).unwrap();
            let ids: BTreeSet<NeighborhoodId> = offered(&gazetteer, borough).iter().map(|r| r.id).collect();
            (whole_name(borough), ids)
        };
        let ((island, all), (bronx, there)) = (of("Staten Island"), of("Bronx"));
        let one = there.first().unwrap().to_string();
        let sent = |pairs: &[(&str, &str)]| {
            Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let both = read(&sent(&[(AREAS, &one), (&island, "all"), (&bronx, "")]), &gazetteer);
        assert!(both.is_superset(&all) && both.len() == all.len() + 1);
        let left = read(&sent(&[(AREAS, &one), (AREAS, "nonsense"), (&island, "all"), (&bronx, "none")]), &gazetteer);
        assert_eq!(left, all, "what is taken away whole is gone");
    }
}
