//! The heavy lane: costly steps, on a thread that light ones do not wait for.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use axiomcore::clock::Clock;
use freeagentics_inference::document::{Cost, Reading};

use super::hot::{Packed, Slot};
use super::stepping::{Circumstances, Seat, Stepped};
use super::waiting::{Message, Waiting};
use super::window::KeyHash;
use super::{Level, Refused};
use crate::models::Compiled;

/// A step to be computed.
pub(super) struct Load {
    pub(super) shard: usize,
    pub(super) slot: Slot,
    pub(super) waiting: Waiting,
    pub(super) agent: Packed,
    pub(super) compiled: Arc<Compiled>,
    pub(super) reading: Reading,
    pub(super) dry_run: bool,
    pub(super) explain: Level,
    pub(super) key: Option<KeyHash>,
}

/// What came of it.
pub(super) struct Computed {
    pub(super) slot: Slot,
    pub(super) waiting: Waiting,
    pub(super) dry_run: bool,
    pub(super) stepped: Result<Stepped, Refused>,
}

/// Multiply-adds of a step after so many ticks. Each tick after the first is predicted for itself, which takes at most
/// what the beginning of a plan takes.
pub(super) fn operations(cost: &Cost, elapsed: u32) -> u64 {
    let tick = cost.operations / cost.prefixes.max(1);
    cost.operations.saturating_add(tick.saturating_mul(u64::from(elapsed).saturating_sub(1)))
}

/// Computes until nobody sends any more.
pub(super) fn run(loads: &Receiver<Load>, shards: &[Sender<Message>], clock: &dyn Clock) {
    let mut seats: HashMap<(i64, i64), Seat> = HashMap::new();
    while let Ok(Load { shard, slot, waiting, agent, compiled, reading, dry_run, explain, key }) = loads.recv() {
        let Some(hot) = agent.hot() else { continue };
        let model = (hot.workspace, hot.model);
        if !seats.get(&model).is_some_and(Seat::is_live) {
            seats.retain(|_, seat| seat.is_live());
        }
        let seat = seats.entry(model).or_insert_with(|| Seat::new(&compiled));
        let name = waiting.request.agent.clone();
        let circumstances = Circumstances { agent: name.as_str(), now: clock.now(), dry_run, explain, key };
        let stepped = seat.step(&compiled, &hot, &reading, circumstances);
        if let Some(shard) = shards.get(shard) {
            // A shard that is gone has told everybody who waited.
            let _ = shard.send(Message::Computed(Box::new(Computed { slot, waiting, dry_run, stepped })));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Shipped;
    use freeagentics_inference::document::{self, Format, Limits};

    #[test]
    fn a_step_after_many_ticks_weighs_as_much_as_it_computes() {
        let text = Shipped::find("watchdog").unwrap().document;
        let cost = document::read(text, Format::Yaml, &Limits::default()).unwrap().cost;
        assert_eq!(operations(&cost, 1), cost.operations);
        let ticks = operations(&cost, 10_000) - cost.operations;
        assert!(ticks >= 9_999 * 36, "each tick multiplies 6 states by 6: {ticks}");
    }
}
