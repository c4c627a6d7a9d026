//! The chooser: of all readings, the set with the greatest total weight in which no two overlap.
//! Because every recogniser speaks first and the choice is made once, the order in which the
//! recognisers run cannot matter.

use super::piece::Candidate;

/// The best non-overlapping readings over `tokens` tokens, in text order.
pub fn choose(tokens: usize, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.retain(|candidate| candidate.from < candidate.to && candidate.to <= tokens);
    // A stable order makes equal weights come out the same every time: the earlier, longer reading wins.
    candidates.sort_by(|a, b| a.to.cmp(&b.to).then(a.from.cmp(&b.from)).then(b.weight.cmp(&a.weight)));
    let mut best = vec![(0i64, None::<usize>); tokens + 1];
    let mut next = 0;
    for end in 1..=tokens {
        best[end] = (best[end - 1].0, None);
        while next < candidates.len() && candidates[next].to == end {
            let total = best[candidates[next].from].0 + i64::from(candidates[next].weight);
            if total > best[end].0 {
                best[end] = (total, Some(next));
            }
            next += 1;
        }
    }
    let mut chosen = Vec::new();
    let mut end = tokens;
    while end > 0 {
        match best[end].1 {
            Some(index) => {
                end = candidates[index].from;
                chosen.push(candidates[index].clone());
            }
            None => end -= 1,
        }
    }
    chosen.reverse();
    chosen
}
