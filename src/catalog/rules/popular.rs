//! What stands first on the home page: the services most people teach.

use super::Catalogue;
use crate::base::id::CategoryId;
use crate::catalog::model::Service;
use crate::catalog::supply::Supply;

/// Up to `limit` services of a category that somebody teaches, the most taught first, equal ones in catalogue order.
pub fn most_taught<'a>(
    catalogue: &'a Catalogue,
    category: CategoryId,
    supply: &Supply,
    limit: usize,
) -> Vec<&'a Service> {
    let mut taught: Vec<&Service> = catalogue.services_of(category).filter(|s| supply.of(s.id).all > 0).collect();
    taught.sort_by_key(|s| std::cmp::Reverse(supply.of(s.id).all));
    taught.truncate(limit);
    taught
}
