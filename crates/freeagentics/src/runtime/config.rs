//! Configuration of the runtime.

use axiomcore::config::{ByteSize, Checks, Fault, Profile};

axiomcore::settings! {
    /// How agents are driven.
    pub(crate) struct Config in "runtime" {
        /// How many threads decide. 0 takes one for every two processors.
        pub(crate) shards: usize = 0;
        /// Memory for agents that are ready to be stepped; others are read from the database when they are asked.
        pub(crate) memory: ByteSize = ByteSize::mib(512);
        /// Memory for models that are ready to decide, those of all workspaces together. The ones that nobody has asked for since
        /// longest make room for others, and are compiled again when they are asked for.
        pub(crate) model_memory: ByteSize = ByteSize::mib(512);
        /// How many requests may wait; more are told at once to come again.
        pub(crate) queue: usize = 20_000;
        /// How many requests may wait for one agent.
        pub(crate) agent_queue: usize = 1_024;
        /// The most events that are committed together.
        pub(crate) group: usize = 2_000;
        /// From how many multiply-adds on a step is computed in a lane of its own, so that light ones do not wait for it.
        pub(crate) heavy: u64 = 2_000_000;
        /// The most items of one request for many agents.
        pub(crate) batch_items: usize = 10_000;
    }
}

impl Checks for Config {
    fn check(&self, _: Profile) -> Vec<Fault> {
        let least = [
            ("runtime.queue", self.queue),
            ("runtime.agent_queue", self.agent_queue),
            ("runtime.group", self.group),
            ("runtime.batch_items", self.batch_items),
        ];
        let room = self.model_memory.bytes() < ByteSize::mib(1).bytes();
        let room = room.then(|| Fault::new("runtime.model_memory", "at least 1 MiB"));
        least.into_iter().filter(|(_, n)| *n == 0).map(|(key, _)| Fault::new(key, "at least 1")).chain(room).collect()
    }
}
