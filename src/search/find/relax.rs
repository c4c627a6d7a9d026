//! Letting go of wishes, one after another, when too little fits: first the time of day, then the day,
//! then the place (if nobody is there at all), then a little money. The service never.
// rule: 40§6

use super::judge::Fails;

/// Why a result is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Exact,
    OtherTimes,
    OtherDates,
    Nearby,
    OverPrice,
}

impl Group {
    /// As pages head it.
    pub fn label(self) -> &'static str {
        match self {
            Group::Exact => "fits all of it",
            Group::OtherTimes => "other times",
            Group::OtherDates => "other days",
            Group::Nearby => "nearby",
            Group::OverPrice => "a little more money",
        }
    }

    pub const ALL: [Group; 5] = [Group::Exact, Group::OtherTimes, Group::OtherDates, Group::Nearby, Group::OverPrice];
}

/// The group something belongs to: the last of the wishes that has to be let go for it.
pub fn group_of(fails: Fails) -> Group {
    match fails {
        Fails { price: true, .. } => Group::OverPrice,
        Fails { location: true, .. } => Group::Nearby,
        Fails { date: true, .. } => Group::OtherDates,
        Fails { time: true, .. } => Group::OtherTimes,
        _ => Group::Exact,
    }
}

/// Which groups are shown, given what every candidate fails and how many results are enough.
pub fn shown(candidates: &[Fails], enough: usize) -> Vec<Group> {
    let mut groups = vec![Group::Exact];
    let mut total = count(candidates, Group::Exact);
    for group in &Group::ALL[1..] {
        if total >= enough {
            break;
        }
        // Somebody in the asked place, at whatever time, keeps the place.
        if *group == Group::Nearby && total > 0 {
            continue;
        }
        let more = candidates.iter().filter(|fails| group_of(**fails) == *group && allowed(**fails, &groups)).count();
        // A place let go stays so, even if only a little more money finds somebody near it.
        if more > 0 || *group == Group::Nearby {
            groups.push(*group);
            total += more;
        }
    }
    groups
}

/// The wishes that had to be let go for those who are shown, as the answer names them.
pub fn let_go(shown: impl Iterator<Item = Fails>) -> Vec<String> {
    let all = shown.fold(Fails::default(), |all, one| Fails {
        time: all.time || one.time,
        date: all.date || one.date,
        location: all.location || one.location,
        price: all.price || one.price,
    });
    let named = [(all.time, "time"), (all.date, "date"), (all.location, "location"), (all.price, "price")];
    named.into_iter().filter(|(gone, _)| *gone).map(|(_, name)| name.to_owned()).collect()
}

/// Over-price results may not bring another place along when the place was kept.
pub fn allowed(fails: Fails, groups: &[Group]) -> bool {
    !(fails.price && fails.location) || groups.contains(&Group::Nearby)
}

fn count(candidates: &[Fails], group: Group) -> usize {
    candidates.iter().filter(|fails| group_of(**fails) == group).count()
}
