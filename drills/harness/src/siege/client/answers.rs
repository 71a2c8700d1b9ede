//! What a client makes of answers.

use serde_json::Value;

use super::{Agent, Asked, Client};
use crate::http::Response;
use crate::siege::fault::Kind;
use crate::siege::intent::{Intent, What};
use crate::siege::record::{News, Step, number};

/// How many answered requests are remembered for asking again.
const REMEMBERED: usize = 16;

impl Client {
    pub(super) fn answered(&mut self, intent: Intent, answer: Response, asked: Asked) {
        match answer.json() {
            Ok(body) => self.settled(intent, answer.status, answer.replayed, &body, asked),
            Err(failure) => self.fault(Kind::Misbehaved, &intent.agent, failure.to_string()),
        }
    }

    pub(super) fn answered_batch(&mut self, intents: Vec<Intent>, answer: Response, asked: Asked) {
        if matches!(answer.status, 429 | 503) {
            return intents.into_iter().for_each(|intent| self.refused(intent, asked));
        }
        let body = answer.json().unwrap_or_default();
        let items = body["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        if answer.status != 200 || items.len() != intents.len() {
            let detail = format!("a batch of {} was answered {}: {body}", intents.len(), answer.status);
            return self.fault(Kind::Misbehaved, "", detail);
        }
        for (intent, item) in intents.into_iter().zip(items) {
            let status = number(item, "status").unwrap_or_default() as u16;
            let body = if status == 200 { &item["result"] } else { &item["problem"] };
            self.tally.acknowledged_steps_in_batches += u64::from(status == 200);
            self.settled(intent, status, body["replayed"] == true, body, asked);
        }
    }

    /// Nothing was done. What was sent before may have been done then, so that is not over.
    fn refused(&mut self, intent: Intent, asked: Asked) {
        self.tally.refused += 1;
        if asked != Asked::First {
            self.unanswered.push_back(intent);
        }
    }

    fn settled(&mut self, intent: Intent, status: u16, replayed: bool, body: &Value, asked: Asked) {
        let is_retry = asked == Asked::Again;
        let done = match (&intent.what, status) {
            (_, 429 | 503) => return self.refused(intent, asked),
            (What::Step(_), 200) => self.stepped(&intent, body, replayed),
            (What::Reset, 200) => self.was_reset(&intent, body, replayed),
            (What::Create, 201) => self.was_created(&intent),
            (What::Create, 409) if is_retry => self.was_created(&intent),
            // Others went on with a contested agent until the server forgot the key.
            (What::Step(_), 409) if is_retry && body["code"] == "idempotency_window_passed" => {
                self.note(&intent, News::MaybeStepped);
                Ok(())
            }
            _ => Err(format!("{intent:?} was answered {status}: {body}")),
        };
        if is_retry {
            let done_before = replayed || status == 409;
            if done_before && self.ends_in_order {
                self.fault(Kind::Dropped, &intent.agent, format!("{intent:?} was done and not answered"));
            }
            self.tally.retries_found_done += u64::from(done_before);
            self.tally.retries_done_now += u64::from(!done_before);
        }
        if let Err(detail) = done {
            let kind = if status == 404 { Kind::Lost } else { Kind::Misbehaved };
            self.fault(kind, &intent.agent, detail);
        }
    }

    fn stepped(&mut self, intent: &Intent, body: &Value, replayed: bool) -> Result<(), String> {
        let What::Step(seen) = &intent.what else { return Ok(()) };
        let step = Step::read(body, seen.check)?;
        if let Some(agent) = self.agents.iter_mut().find(|agent| agent.name == intent.agent) {
            if !replayed && step.step <= agent.step {
                return Err(format!("a new step is step {} after step {} was acknowledged", step.step, agent.step));
            }
            // A first answer, given again, does not say what has happened since.
            if !replayed {
                *agent = Agent {
                    step: step.step,
                    revision: step.revision,
                    is_certain: true,
                    has_begun: true,
                    ..agent.take()
                };
            }
            if intent.key.is_some() && !replayed {
                self.answered.push_back((intent.clone(), step.clone()));
                self.answered.drain(..self.answered.len().saturating_sub(REMEMBERED));
            }
        }
        self.note(intent, News::Stepped(Box::new(step)));
        Ok(())
    }

    fn was_reset(&mut self, intent: &Intent, body: &Value, replayed: bool) -> Result<(), String> {
        let (episode, revision) = (number(body, "episode")?, number(body, "revision")?);
        if let Some(agent) = self.agents.iter_mut().find(|agent| agent.name == intent.agent)
            && !replayed
        {
            *agent = Agent { revision, is_certain: true, has_begun: false, ..agent.take() };
        }
        self.tally.acknowledged_resets += 1;
        self.note(intent, News::Reset { episode, revision });
        Ok(())
    }

    fn was_created(&mut self, intent: &Intent) -> Result<(), String> {
        self.tally.acknowledged_creations += 1;
        self.agents.push(Agent::new(intent.agent.clone()));
        self.note(intent, News::Created);
        Ok(())
    }
}

impl Agent {
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::new(String::new()))
    }
}
