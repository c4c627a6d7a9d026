//! The city as the map component draws it: all ground, the chosen neighborhoods in ink, the others by name.

use super::model::{Region, RegionIx, RegionKind};
use super::rules::Gazetteer;
use crate::base::geo::Point;
use crate::web::components::{Area, MapView, Patch};

/// A map of `chosen`. The caller adds the label and the pins; without a chosen region the pins alone frame it.
pub fn around<'a>(gazetteer: &'a Gazetteer, chosen: &[RegionIx]) -> MapView<'a> {
    let ground =
        gazetteer.regions().map(|(_, region)| Patch { rings: outer_rings(region), green: is_green(region) }).collect();
    let areas = gazetteer
        .regions()
        .filter(|(ix, region)| chosen.contains(ix) || (!chosen.is_empty() && region.kind == RegionKind::Residential))
        .map(|(ix, region)| {
            let on = chosen.contains(&ix);
            let rings = if on { outer_rings(region) } else { Vec::new() };
            Area { name: region.display.clone(), centre: region.centre, rings, on }
        })
        .collect();
    MapView { ground, areas, ..MapView::default() }
}

fn outer_rings(region: &Region) -> Vec<&[Point]> {
    region.shape.polygons().iter().filter_map(|rings| rings.first()).map(Vec::as_slice).collect()
}

fn is_green(region: &Region) -> bool {
    matches!(region.kind, RegionKind::Park | RegionKind::Cemetery)
}
