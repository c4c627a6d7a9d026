//! The way of Stripe's events to the marketplace: late, twice, in any order, forged.

use serde_json::Value;

use super::world::World;
use crate::app::demo::dice::Dice;
use crate::base::time::{Timestamp, plus_hours, plus_minutes};
use crate::outside::sandbox::stripe::StandIn;
use crate::payments::ops::{Taken, take_webhook};

#[derive(Default)]
pub(super) struct Post {
    /// Not delivered yet, and when each is.
    waiting: Vec<(Timestamp, Value)>,
    /// The last ones delivered, to be delivered again.
    delivered: Vec<Value>,
}

/// As many old events are remembered.
const REMEMBERED: usize = 40;

impl Post {
    /// What Stripe has to say by now that nobody asked about: told before the story begins.
    pub fn collect(&mut self, stand_in: &StandIn) {
        self.delivered = stand_in.take_events();
    }

    /// New events get a time of arrival.
    fn sort(&mut self, stand_in: &StandIn, now: Timestamp, dice: &mut Dice) {
        for event in stand_in.take_events() {
            let at = match dice.below(10) {
                0..6 => now,
                6..8 => plus_minutes(now, dice.between(1, 90)),
                8 => plus_hours(now, dice.between(2, 30)),
                _ => plus_hours(now, 70),
            };
            self.waiting.push((at, event));
        }
    }

    fn arriving(&mut self, now: Timestamp) -> Vec<Value> {
        let (arrived, waiting) = std::mem::take(&mut self.waiting).into_iter().partition(|(at, _)| *at <= now);
        self.waiting = waiting;
        let arrived: Vec<(Timestamp, Value)> = arrived;
        arrived.into_iter().map(|(_, event)| event).collect()
    }
}

impl World {
    /// Brings what has arrived by now.
    pub async fn bring_post(&mut self, dice: &mut Dice) {
        let now = self.clock.now();
        let stand_in = self.stand_in.clone();
        self.post.sort(&stand_in, now, dice);
        let mut batch = self.post.arriving(now);
        if batch.iter().any(|event| event["created"].as_i64().is_some_and(|at| at < now.as_second() - 60)) {
            self.log.reach("fault webhook.late");
        }
        if batch.len() > 1 && dice.chance(30) {
            batch.reverse();
            self.log.reach("fault webhook.reordered");
        }
        if dice.chance(10)
            && let Some(old) = dice.pick(&self.post.delivered).cloned()
        {
            self.log.reach("fault webhook.again");
            batch.push(old);
        }
        for event in batch {
            self.deliver(event, dice).await;
        }
    }

    /// Everything Stripe still has to say, now; what is refused for now waits for the next time.
    pub async fn bring_all_post(&mut self, dice: &mut Dice) {
        loop {
            self.post.waiting.iter_mut().for_each(|(at, _)| *at = Timestamp::MIN);
            self.bring_post(dice).await;
            // Taking an event may make others.
            if self.stand_in.undelivered_is_empty() {
                return;
            }
        }
    }

    /// The events that were refused until the end.
    pub fn refused_post(&self) -> Vec<String> {
        let words =
            |(_, event): &(Timestamp, Value)| format!("event {} ({}) was never taken", event["id"], event["type"]);
        self.post.waiting.iter().map(words).collect()
    }

    async fn deliver(&mut self, event: Value, dice: &mut Dice) {
        let payload = event.to_string();
        let signature = self.stand_in.signature(&payload);
        let times = if dice.chance(15) { 2 } else { 1 };
        for n in 0..times {
            let taken = take_webhook(&self.site, &payload, Some(&signature)).await;
            if self.life.is_dead() {
                // Not acknowledged: Stripe sends it again.
                self.post.waiting.push((plus_minutes(self.clock.now(), 5), event));
                return;
            }
            match taken {
                Ok(Taken::Processed) if n == 1 => {
                    self.log.lock().wrong.push(format!("event {} was taken twice", event["id"]));
                }
                Ok(Taken::Processed) => self.log.reach(format!("event {}", event["type"].as_str().unwrap_or_default())),
                Ok(_) if n == 1 => self.log.reach("fault webhook.twice"),
                Ok(_) => {}
                Err(refusal) if refusal.status == 503 => {
                    self.log.reach("fault webhook.refused_for_now");
                    self.post.waiting.push((plus_minutes(self.clock.now(), 30), event));
                    return;
                }
                Err(refusal) => self.log.lock().wrong.push(format!("event {} was refused: {refusal}", event["id"])),
            }
        }
        self.post.delivered.push(event);
        if self.post.delivered.len() > REMEMBERED {
            self.post.delivered.remove(0);
        }
    }

    /// Somebody who is not Stripe, and Stripe about something that is not ours.
    pub async fn strange_post(&mut self, dice: &mut Dice) {
        let Some(event) = dice.pick(&self.post.delivered).cloned() else { return };
        let payload = event.to_string();
        let signature = self.stand_in.signature(&payload);
        let forged = take_webhook(&self.site, &payload.replacen("evt_", "evt_f", 1), Some(&signature)).await;
        if forged.is_ok() {
            self.log.lock().wrong.push("a forged event was taken".into());
        }
        self.log.answered(&self.life, "forged event", &forged);
        let nothing = "{}";
        let taken = take_webhook(&self.site, nothing, Some(&self.stand_in.signature(nothing))).await;
        self.log.answered(&self.life, "signed nothing", &taken);
        let mut unknown = event;
        unknown["id"] = format!("evt_unknown{}", dice.below(1 << 30)).into();
        unknown["account"] = "acct_unknown".into();
        let object = &mut unknown["data"]["object"];
        object["id"] = "pi_unknown".into();
        object["payment_intent"] = "pi_unknown".into();
        object["metadata"] = serde_json::json!({});
        let payload = unknown.to_string();
        let signature = self.stand_in.signature(&payload);
        let taken = take_webhook(&self.site, &payload, Some(&signature)).await;
        if matches!(taken, Ok(Taken::Processed)) {
            self.log.lock().wrong.push("an event about nothing of ours was processed".into());
        }
        self.log.answered(&self.life, "unknown event", &taken);
    }
}
