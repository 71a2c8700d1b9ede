//! The life of one agent as a client of the server sees it.

use std::time::Duration;

use freeagentics_inference::document::{self, Document, Format, Limits};
use serde_json::{Value, json};

use super::{Rest, fleet::Home, life::Life};
use crate::{
    client::{Call, Client, Trouble},
    models::Shipped,
};

/// From one step to the next.
const PACE: Duration = Duration::from_secs(1);
/// From the first step of one agent to that of the next, so that they do not all ask at once.
const STAGGER: Duration = Duration::from_millis(83);
/// The first pause after trouble, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// One agent of the demo.
#[derive(Clone, Debug)]
pub(super) struct Resident<'a> {
    home: Home,
    index: usize,
    client: &'a Client,
    rest: &'a Rest,
}

impl<'a> Resident<'a> {
    pub(super) const fn new(home: &Home, index: usize, client: &'a Client, rest: &'a Rest) -> Self {
        Self { home: *home, index, client, rest }
    }

    /// Lives until the server stops or the agent is deleted.
    pub(super) fn live(&self) {
        let mut pause = STAGGER * u32::try_from(self.index).unwrap_or_default();
        let mut is_lost = false;
        let id = self.home.id;
        while self.rest.for_a(pause) {
            let Err(trouble) = self.stay(is_lost) else { return };
            if matches!(&trouble, Trouble::Refused(refusal) if refusal.status == 410) {
                return tracing::info!(agent = id, "the demo goes on without {id}, which was deleted");
            }
            tracing::warn!(agent = id, trouble = %trouble, "the demo: {id} begins anew: {trouble}");
            // What the server does not take will not be taken again: world and agent may have come apart.
            is_lost = !trouble.passes();
            pause = (pause.max(PAUSES.0) * 2).min(PAUSES.1);
        }
    }

    /// Finds its agent and its world, and steps until there is trouble that does not pass.
    fn stay(&self, is_lost: bool) -> Result<(), Trouble> {
        let agent = self.agent()?;
        let document = self.model_of(&agent)?;
        let mut life = self.life(&agent, &document)?;
        if is_lost {
            life = self.reset(&life)?;
        }
        let mut pause = PACE;
        while self.rest.for_a(pause) {
            match self.step(&mut life) {
                Ok(()) => pause = PACE,
                // The same step is tried again, under the same name.
                Err(trouble) if trouble.passes() => pause = trouble.pause(pause * 2).min(PAUSES.1),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    fn step(&self, life: &mut Life<'_>) -> Result<(), Trouble> {
        if life.steps_of_episode >= self.home.episode {
            *life = self.reset(life)?;
        }
        let body = json!({ "observation": life.scene(), "explain": "none" });
        let name = format!("demo-{}-{}", life.episode, life.step + 1);
        let call = Call::post(self.path("/steps"), &body).idempotency_key(&name);
        let decision = self.client.send(&call)?.body;
        life.done(decision.get("action").unwrap_or(&Value::Null));
        // Somebody else may have stepped this agent too.
        life.step = number(&decision, "step").max(life.step);
        Ok(())
    }

    /// Begins a new episode, once however often it is tried.
    fn reset<'m>(&self, life: &Life<'m>) -> Result<Life<'m>, Trouble> {
        let name = format!("demo-reset-{}-{}", life.episode, life.step);
        let call = Call::post(self.path("/reset"), &json!({})).idempotency_key(&name);
        let begun = self.client.send(&call)?.body;
        Ok(life.next_episode(number(&begun, "episode")))
    }

    /// The agent, which is there already unless this is the first time.
    fn agent(&self) -> Result<Value, Trouble> {
        match self.client.send(&Call::get(self.path(""))) {
            Ok(answer) => Ok(answer.body),
            Err(Trouble::Refused(refusal)) if refusal.status == 404 => self.create(),
            Err(trouble) => Err(trouble),
        }
    }

    fn create(&self) -> Result<Value, Trouble> {
        let Home { id, model, .. } = self.home;
        let shipped = Shipped::find(model).map_err(|_| Trouble::Strange(format!("`{model}` does not ship")))?;
        let push = Call::post_text("/models", "application/yaml", shipped.document.as_bytes().to_vec());
        // Operators may have a model of the same name: the agent is of the version that ships.
        let version = number(&self.client.send(&push.repeatable())?.body, "version");
        let body = json!({
            "id": id,
            "model": format!("{model}@{version}"),
            "labels": { "demo": "true", "world": model },
            "seed": self.seed(),
        });
        Ok(self.client.send(&Call::post("/agents", &body))?.body)
    }

    /// The model of the agent as the server has it: the world is made of that and no other.
    fn model_of(&self, agent: &Value) -> Result<Document, Trouble> {
        let name = agent.pointer("/model/name").and_then(Value::as_str).unwrap_or(self.home.model);
        let version = agent.pointer("/model/version").and_then(Value::as_u64).unwrap_or(1);
        let model = self.client.send(&Call::get(format!("/models/{name}/versions/{version}")))?.body;
        let text = model.get("document").and_then(Value::as_str).unwrap_or_default();
        let read = document::read(text, Format::Auto, &Limits::default());
        read.map_err(|_| Trouble::Strange(format!("the document of {name}@{version} cannot be read")))
    }

    /// The world where the agent left it.
    fn life<'m>(&self, agent: &Value, document: &'m Document) -> Result<Life<'m>, Trouble> {
        let (step, episode) = (number(agent, "step"), number(agent, "episode"));
        let decisions = self.client.send(&Call::get(self.path("/decisions")).query("limit", "1000"))?.body;
        let newest_first = decisions.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let of_episode: Vec<&Value> =
            newest_first.iter().take_while(|decision| number(decision, "episode") == episode).collect();
        let first = of_episode.last().map_or(step, |first| number(first, "step").saturating_sub(1));
        let mut life = Life::new(&document.spec, self.seed(), first, episode);
        for decision in of_episode.into_iter().rev() {
            life.done(decision.get("action").unwrap_or(&Value::Null));
        }
        Ok(life)
    }

    fn path(&self, below: &str) -> String {
        format!("/agents/{}{below}", self.home.id)
    }

    fn seed(&self) -> u64 {
        self.index as u64 + 1
    }
}

fn number(answer: &Value, name: &str) -> u64 {
    answer.get(name).and_then(Value::as_u64).unwrap_or_default()
}
