use std::collections::BTreeMap;

use crate::base::id::{ServiceId, UserId};
use crate::base::money::{Bp, Cents};
use crate::base::price::{Floors, Place};
use crate::base::refusal::Outcome;
use crate::bookings::rules::create::{Choice, Offer, People, Terms, Wish, choose, price};

fn wish() -> Wish {
    Wish {
        student: UserId::of_name("emma"),
        instructor: UserId::of_name("sarah"),
        minutes: 60,
        place: None,
        meeting_location: None,
    }
}

fn offer() -> Offer {
    Offer {
        instructor: UserId::of_name("sarah"),
        active: true,
        service: ServiceId::of_name("piano"),
        service_name: "Piano".into(),
        hourly_rate: Cents(8000),
        format_rates: BTreeMap::new(),
        durations: vec![30, 60],
        places: vec![Place::InstructorLocation, Place::Remote],
    }
}

const FINE: People = People { student_barred: false, instructor_bookable: true };

fn terms() -> Terms {
    Terms { floors: Floors::default(), student_fee: Bp(1200), tier: Bp(1500), config_version: 1 }
}

fn code<T: std::fmt::Debug>(outcome: Outcome<T>) -> (u16, &'static str) {
    let refusal = outcome.unwrap_err();
    (refusal.status, refusal.code)
}

/// Contract §7: each fault alone, then all later faults together with it: the first one of the list wins.
#[test]
fn refusals_in_the_contracts_order() {
    type Fault = (fn(&mut Wish, &mut People, &mut Option<Offer>), u16, &'static str);
    let faults: [Fault; 7] = [
        (|_, p, _| p.student_barred = true, 422, "ACCOUNT_RESTRICTED"),
        (|_, _, o| *o = None, 404, "SERVICE_NOT_FOUND"),
        (|_, _, o| o.iter_mut().for_each(|o| o.instructor = UserId::of_name("x")), 400, "SERVICE_INSTRUCTOR_MISMATCH"),
        (|w, _, _| w.student = w.instructor, 422, "SELF_BOOKING"),
        (|_, p, _| p.instructor_bookable = false, 422, "INSTRUCTOR_NOT_BOOKABLE"),
        (|w, _, _| w.place = Some(Place::StudentHome), 422, "LOCATION_TYPE_NOT_OFFERED"),
        (|w, _, _| w.minutes = 45, 422, "DURATION_NOT_OFFERED"),
    ];
    for first in 0..faults.len() {
        for together in [false, true] {
            let (mut w, mut p, mut o) = (wish(), FINE, Some(offer()));
            let last = if together { faults.len() } else { first + 1 };
            for (spoil, _, _) in &faults[first..last] {
                spoil(&mut w, &mut p, &mut o);
            }
            assert_eq!(code(choose(&w, &p, o.as_ref())), (faults[first].1, faults[first].2));
        }
    }
}

#[test]
fn an_inactive_offering_is_not_found() {
    let offer = Offer { active: false, ..offer() };
    assert_eq!(code(choose(&wish(), &FINE, Some(&offer))), (404, "SERVICE_NOT_FOUND"));
}

#[test]
fn the_first_place_is_the_default_and_may_have_its_own_rate() {
    let offer = Offer { format_rates: [(Place::Remote, Cents(6000))].into(), ..offer() };
    let choice = choose(&wish(), &FINE, Some(&offer)).unwrap();
    assert_eq!((choice.place, choice.hourly_rate), (Place::InstructorLocation, Cents(8000)));
    let remote = Wish { place: Some(Place::Remote), ..wish() };
    assert_eq!(choose(&remote, &FINE, Some(&offer)).unwrap().hourly_rate, Cents(6000));
}

/// rule: 10§6, floors.
#[test]
fn floors_are_exact_to_the_cent() {
    for (rate, minutes, remote, fine) in [
        (7999, 60, false, false),
        (8000, 60, false, true),
        (7999, 45, false, false),
        (5998, 30, true, false),
        (6000, 30, true, true),
    ] {
        let choice = Choice {
            place: Place::Neutral,
            minutes,
            remote,
            hourly_rate: Cents(rate),
            service: ServiceId::of_name("piano"),
            service_name: "Piano".into(),
        };
        match price(&choice, &terms()) {
            Ok(_) => assert!(fine, "{rate} {minutes}"),
            Err(refusal) => {
                assert!(!fine, "{rate} {minutes}");
                assert_eq!((refusal.status, refusal.code), (422, "PRICE_BELOW_FLOOR"));
                let details = refusal.details.unwrap();
                for key in ["modality", "duration_minutes", "base_price_cents", "required_floor_cents"] {
                    assert!(details.get(key).is_some(), "{key}");
                }
            }
        }
    }
}
