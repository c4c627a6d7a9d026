use super::*;
use crate::base::money::Bp;
use crate::base::price::Floors;
use crate::payments::rules::pricing::PricingConfig;

fn facts() -> Facts {
    Facts {
        brand: "iNSTAiNSTRU".into(),
        city: "New York".into(),
        sandbox: true,
        support: None,
        floors: Floors::default(),
        pricing: PricingConfig::default(),
    }
}

#[test]
fn every_inner_anchor_resolves() {
    let sheets: Vec<(&str, Sheet)> = SHEETS.iter().map(|(path, write)| (*path, write(&facts()))).collect();
    let ids: Vec<String> = sheets
        .iter()
        .flat_map(|(path, sheet)| sheet.chapters.iter().map(move |c| format!("{path}#{}", c.id)))
        .collect();
    let footer = page(&Chrome::default(), "x", html! {}).0;
    let all: String = sheets.into_iter().map(|(_, sheet)| body(sheet).0).collect::<String>() + &footer;
    for link in all.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let own = SHEETS.iter().any(|(path, _)| link.split('#').next() == Some(path));
        assert!(!own || !link.contains('#') || ids.iter().any(|id| id == link), "{link} leads nowhere");
    }
}

#[test]
fn help_has_a_chapter_for_every_topic() {
    let sheet = help::help(&facts());
    assert_eq!(sheet.chapters.iter().map(|c| c.id).collect::<Vec<_>>(), help::TOPICS);
}

#[test]
fn numbers_follow_the_settings() {
    let pricing = PricingConfig { student_fee: Bp(1550), ..PricingConfig::default() };
    let dearer = Facts { pricing, ..facts() };
    assert!(body(help::help(&dearer)).0.contains("15.5%"));
    assert!(body(learn::how_it_works(&dearer)).0.contains("$92.40"));
    assert_eq!(facts().tier_rows()[1], ("5 to 10 lessons in 30 days".to_owned(), Bp(1200)));
    assert_eq!(facts().milestones(), "lesson 5 brings $10, lesson 11 brings $20, and so on every 11 lessons");
}
