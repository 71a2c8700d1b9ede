//! The mazes: a byte per agent.

/// Where an agent is, and whether it is waiting for an answer; which arm has the food follows from its number.
pub(crate) struct Worlds(Vec<u8>);

const CENTRE: u8 = 0;
const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const CUE: u8 = 3;
const PLACE: u8 = 3;
const BUSY: u8 = 4;

impl Worlds {
    pub(crate) fn new(n: u32) -> Self {
        Self(vec![CENTRE; n as usize])
    }

    /// Takes the agent for a request; `false` if it has one already.
    pub(crate) fn take(&mut self, agent: u32) -> bool {
        let Some(world) = self.0.get_mut(agent as usize) else { return false };
        let is_free = *world & BUSY == 0;
        *world |= BUSY;
        is_free
    }

    /// What the agent sees, as the member of a request.
    pub(crate) fn observation(&self, agent: u32) -> &'static str {
        let world = self.0.get(agent as usize).copied().unwrap_or_default();
        match (world & PLACE, food_is_left(agent)) {
            (CENTRE, _) => r#""observation":{"seen_place":"centre","cue_says":"nothing","felt":"nothing"}"#,
            (CUE, true) => r#""observation":{"seen_place":"cue","cue_says":"reward_left","felt":"nothing"}"#,
            (CUE, false) => r#""observation":{"seen_place":"cue","cue_says":"reward_right","felt":"nothing"}"#,
            (LEFT, true) => r#""observation":{"seen_place":"left","cue_says":"nothing","felt":"food"}"#,
            (LEFT, false) => r#""observation":{"seen_place":"left","cue_says":"nothing","felt":"shock"}"#,
            (_, true) => r#""observation":{"seen_place":"right","cue_says":"nothing","felt":"shock"}"#,
            (_, false) => r#""observation":{"seen_place":"right","cue_says":"nothing","felt":"food"}"#,
        }
    }

    /// The answer is there: the agent does what it chose, if it chose. Whoever is in an arm stays there.
    pub(crate) fn act(&mut self, agent: u32, chosen: Option<&[u8]>) {
        let Some(world) = self.0.get_mut(agent as usize) else { return };
        let place = match (*world & PLACE, chosen) {
            (LEFT, _) => LEFT,
            (RIGHT, _) => RIGHT,
            (_, Some(b"to_left")) => LEFT,
            (_, Some(b"to_right")) => RIGHT,
            (_, Some(b"to_cue")) => CUE,
            (_, Some(b"to_centre")) => CENTRE,
            (place, _) => place,
        };
        *world = place;
    }
}

fn food_is_left(agent: u32) -> bool {
    agent.wrapping_mul(0x9e37_79b9) >> 31 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_goes_where_it_chose_to_and_stays_in_an_arm() {
        let mut worlds = Worlds::new(2);
        assert!(worlds.observation(1).contains("centre"));
        worlds.act(1, Some(b"to_cue"));
        let side = if worlds.observation(1).contains("reward_left") { "left" } else { "right" };
        worlds.act(1, Some(format!("to_{side}").as_bytes()));
        worlds.act(1, Some(b"to_centre"));
        assert!(worlds.observation(1).contains(side) && worlds.observation(1).contains("food"));
        assert!(worlds.observation(0).contains("centre"));
    }

    #[test]
    fn an_agent_with_a_request_under_way_gets_no_second_one() {
        let mut worlds = Worlds::new(1);
        assert_eq!([worlds.take(0), worlds.take(0)], [true, false]);
        worlds.act(0, None);
        assert!(worlds.take(0));
        assert!(!worlds.take(7));
    }
}
