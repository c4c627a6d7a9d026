//! Sorted, disjoint, half-open stretches of minutes: the arithmetic under every question about free time.

/// Minutes `[from, to)`.
pub type Span = (u16, u16);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// Sorts, drops empty stretches and joins those that touch or overlap.
    pub fn of(mut spans: Vec<Span>) -> Self {
        spans.retain(|(from, to)| from < to);
        spans.sort_unstable();
        let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        Self(merged)
    }

    pub fn iter(&self) -> impl Iterator<Item = Span> + '_ {
        self.0.iter().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `[from, to)` lies inside one stretch.
    pub fn covers(&self, from: u16, to: u16) -> bool {
        self.0.iter().any(|(a, b)| *a <= from && to <= *b)
    }

    /// What is left without `[from, to)`.
    pub fn cut(&mut self, from: u16, to: u16) {
        if from >= to || !self.0.iter().any(|(a, b)| *a < to && from < *b) {
            return;
        }
        let left = self.0.iter().flat_map(|(a, b)| [(*a, (*b).min(from)), ((*a).max(to), *b)]);
        self.0 = left.filter(|(a, b)| a < b).collect();
    }
}
