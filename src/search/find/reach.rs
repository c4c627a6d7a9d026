//! How far every region is from what was asked, worked out once for a query.

use crate::base::geo::Point;
use crate::places::{Gazetteer, RegionIx};
use crate::search::find::criteria::Area;

/// Whether the area is covered, and the kilometres to it, if they can be told.
pub type Reached = (bool, Option<f64>);

/// Distances from the asked area, or from where the person is.
pub struct Reach {
    /// By region: kilometres, and whether it belongs to the area.
    regions: Vec<(f64, bool)>,
}

impl Reach {
    pub fn of_query(gazetteer: &Gazetteer, area: Option<&Area>, spot: Option<Point>) -> Self {
        let all = || gazetteer.regions().map(|(region, _)| region);
        let regions = match (area, spot) {
            (Some(area), _) => {
                let point = area.point.filter(|_| area.regions.len() <= 1);
                let gap = |region: RegionIx| match point {
                    Some(point) => gazetteer.distance_km(point, region),
                    None => area
                        .regions
                        .iter()
                        .map(|of| f64::from(gazetteer.gap_km(*of, region)))
                        .fold(f64::INFINITY, f64::min),
                };
                all().map(|region| if area.covers(&[region]) { (0.0, true) } else { (gap(region), false) }).collect()
            }
            (None, Some(point)) => all().map(|region| (gazetteer.distance_km(point, region), false)).collect(),
            (None, None) => Vec::new(),
        };
        Self { regions }
    }

    /// Whether an instructor of these regions covers the area, and how far they are from it (0 when covered).
    pub fn of(&self, regions: &[RegionIx]) -> Reached {
        if self.regions.is_empty() || regions.is_empty() {
            return (false, None);
        }
        let mut nearest = f64::INFINITY;
        for region in regions {
            let Some((km, covered)) = self.regions.get(region.index()) else { continue };
            if *covered {
                return (true, Some(0.0));
            }
            nearest = nearest.min(*km);
        }
        (false, Some(nearest))
    }

    /// The regions no further than `km`.
    pub fn within(&self, km: f64) -> impl Iterator<Item = usize> + '_ {
        self.regions.iter().enumerate().filter(move |(_, (away, covered))| *covered || *away <= km).map(|(at, _)| at)
    }
}
