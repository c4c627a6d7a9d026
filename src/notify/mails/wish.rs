//! The mail about a wish: somebody fits all of it now.

use crate::accounts::model::User;
use crate::base::text::count;
use crate::notify::letter::{Letter, Sender};
use crate::search::demand::Demand;
use crate::search::history::pages::wish_href;

pub fn demand_match(sender: &Sender, user: &User, demand: &Demand) -> Letter {
    let who = match demand.names.as_slice() {
        [] => "Somebody".to_owned(),
        [one] => one.clone(),
        several => format!("{} and {}", several[..several.len() - 1].join(", "), several[several.len() - 1]),
    };
    let fit = if demand.names.len() > 1 { "fit" } else { "fits" };
    let people = count(demand.names.len().max(1), "instructor", "instructors");
    let stop = sender.url(&format!("/searches/stop/{}", demand.token));
    Letter::new("demand_match", &user.first_name, format!("{who} {fit} what you are looking for"))
        .says("Some time ago nobody fitted all of this. Now somebody does:")
        .quote(&demand.query)
        .facts(vec![("Fits all of it", who), ("We read", demand.label.clone())])
        .action("See the free times", sender.url(&wish_href(demand)))
        .says("This was the one mail about this wish. Times go as others book them.")
        .link("Not interested any more?", stop)
        .datum("demand_id", demand.id.to_string())
        .datum("query", demand.query.as_str())
        .datum("matches", people)
        .datum("instructor_ids", demand.matched.iter().map(ToString::to_string).collect::<Vec<_>>())
}
