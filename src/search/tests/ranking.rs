//! The formulae of ranking and the ladder of relaxation.

use crate::search::find::Group;
use crate::search::find::testing::{Fails, allowed, group_of, let_go};

fn shown(fails: &[Fails]) -> Vec<Group> {
    crate::search::find::testing::shown(fails, 5)
}

const FITS: Fails = Fails { time: false, date: false, location: false, price: false };

#[test]
fn a_result_belongs_to_the_last_wish_let_go() {
    assert_eq!(group_of(FITS), Group::Exact);
    assert_eq!(group_of(Fails { time: true, ..FITS }), Group::OtherTimes);
    assert_eq!(group_of(Fails { time: true, date: true, ..FITS }), Group::OtherDates);
    assert_eq!(group_of(Fails { date: true, location: true, ..FITS }), Group::Nearby);
    assert_eq!(group_of(Fails { price: true, ..FITS }), Group::OverPrice);
}

/// rule: 40§6, the order of relaxation and when it stops
#[test]
fn wishes_are_let_go_until_there_is_enough() {
    let time = Fails { time: true, ..FITS };
    let place = Fails { location: true, ..FITS };
    let price = Fails { price: true, ..FITS };
    assert_eq!(shown(&[FITS; 5]), [Group::Exact]);
    assert_eq!(shown(&[FITS, FITS, time, place, price]), [Group::Exact, Group::OtherTimes, Group::OverPrice]);
    // The place is let go only when nobody is there.
    assert_eq!(shown(&[place, place]), [Group::Exact, Group::Nearby]);
    assert_eq!(shown(&[time, time, time, time, time, price]), [Group::Exact, Group::OtherTimes]);
    let dear_and_far = Fails { location: true, price: true, ..FITS };
    assert!(!allowed(dear_and_far, &[Group::Exact, Group::OverPrice]));
    assert!(allowed(dear_and_far, &[Group::Exact, Group::Nearby, Group::OverPrice]));
    // Nobody is there, and those near it all cost a little more: better than nobody.
    assert_eq!(shown(&[dear_and_far]), [Group::Exact, Group::Nearby, Group::OverPrice]);
    assert_eq!(shown(&[dear_and_far, price]), [Group::Exact, Group::Nearby, Group::OverPrice]);
    assert_eq!(let_go([FITS, dear_and_far].into_iter()), ["location", "price"]);
}
