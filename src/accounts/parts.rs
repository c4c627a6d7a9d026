//! What the wiring lends this room: facts of neighbours that rank beside or above it.

/// ZIP codes of the region pack.
pub trait ZipBook: Send + Sync {
    fn in_region(&self, zip: &str) -> bool;
    /// IANA name; the marketplace's own zone for a ZIP code it does not know.
    fn timezone(&self, zip: &str) -> String;
    fn city(&self, zip: &str) -> String;
}
