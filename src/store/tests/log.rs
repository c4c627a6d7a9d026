//! The log's records over random contents, cuts and flipped bits: what is read is what was written, up to where it ends,
//! and a gap before something that is there is told.

use proptest::prelude::*;

use super::disk::{Disk, Files};
use crate::store::engine::log::{BLOCK, Hole, Lap, Log, changes, whole};
use crate::store::tx::Overlay;

const LAP: Lap = [7; 16];

fn groups() -> impl Strategy<Value = Vec<Overlay>> {
    let value = prop_oneof![
        Just(None),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Some),
        (0usize..9000).prop_map(|n| Some(vec![9; n])),
    ];
    let group = prop::collection::btree_map(prop::collection::vec(any::<u8>(), 0..9), value, 0..5);
    prop::collection::vec(group, 1..6)
}

/// Writes the groups as one lap; answers where each record ends.
fn written(log: &mut Log, lap: Lap, groups: &[Overlay]) -> Vec<usize> {
    log.begin(lap);
    let mut ends = Vec::new();
    for group in groups {
        assert!(log.append(group).unwrap());
        let bytes: usize = group.iter().map(|(k, v)| 8 + k.len() + v.as_ref().map_or(0, Vec::len)).sum();
        ends.push(ends.last().map_or(0, |end: &usize| end.next_multiple_of(BLOCK)) + 64 + bytes);
    }
    ends
}

fn log() -> Log {
    let [_, disk] = Disk::pair(Files::default(), None);
    Log::on(Box::new(disk), 1 << 20).unwrap()
}

fn read(bytes: &[u8], lap: &Lap) -> Result<Vec<Overlay>, Hole> {
    Ok(whole(bytes, lap)?.into_iter().map(|record| changes(record).unwrap()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_lap_reads_as_it_was_written_whatever_lay_there_before(old in groups(), new in groups()) {
        let mut log = log();
        written(&mut log, [1; 16], &old);
        written(&mut log, LAP, &new);
        let bytes = log.bytes().unwrap();
        prop_assert_eq!(read(&bytes, &LAP).unwrap(), new);
        prop_assert_eq!(read(&bytes, &[2; 16]).unwrap(), Vec::<Overlay>::new());
    }

    #[test]
    fn a_cut_log_holds_the_records_before_the_cut(groups in groups(), cut in any::<prop::sample::Index>()) {
        let mut log = log();
        let ends = written(&mut log, LAP, &groups);
        let mut bytes = log.bytes().unwrap();
        bytes.truncate(cut.index(ends.last().unwrap() + 1));
        let left = ends.iter().filter(|end| **end <= bytes.len()).count();
        prop_assert_eq!(read(&bytes, &LAP).unwrap(), &groups[..left]);
    }

    #[test]
    fn a_flipped_bit_is_told_unless_nothing_comes_after_it(
        groups in groups(), at in any::<prop::sample::Index>(), bit in 0u8..8,
    ) {
        let mut log = log();
        let ends = written(&mut log, LAP, &groups);
        let mut bytes = log.bytes().unwrap();
        let at = at.index(*ends.last().unwrap());
        bytes[at] ^= 1 << bit;
        let hit = ends.iter().take_while(|end| end.next_multiple_of(BLOCK) <= at).count();
        let found = read(&bytes, &LAP);
        if at >= ends[hit] {
            prop_assert_eq!(found.unwrap(), groups, "only padding was hit");
        } else if hit + 1 == groups.len() {
            prop_assert_eq!(found.unwrap(), &groups[..hit]);
        } else {
            let start = hit.checked_sub(1).map_or(0, |before| ends[before].next_multiple_of(BLOCK));
            prop_assert_eq!(found, Err(Hole { at: start }));
        }
    }

    #[test]
    fn any_bytes_at_all_are_no_lap(bytes in prop::collection::vec(any::<u8>(), 0..20_000)) {
        prop_assert_eq!(whole(&bytes, &LAP), Ok(Vec::new()));
        // And if they were one, reading them could not fall over.
        drop(changes(&bytes));
    }
}
