//! How an agent plans and chooses: everything that is not part of the model itself.

use super::Scheme;

/// Which policies (plans) are weighed.
#[derive(Clone, Debug, PartialEq)]
pub enum Policies {
    /// Every sequence of control vectors of this length; time-major, the last control fastest.
    All {
        /// Number of steps a plan looks ahead.
        length: usize,
    },
    /// Exactly these: `[policy][time][control]`, all of one length.
    Listed(Vec<Vec<Vec<usize>>>),
}

/// What is chosen: a whole plan, or each control by its own marginal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The first action of one policy.
    Full,
    /// Per control, the value with the most (or a draw from the) posterior mass over first actions.
    Marginal,
}

/// How it is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The first maximum.
    Deterministic,
    /// A draw from `softmax(alpha · ln⁺ p)`, keyed by the agent's seed and the step.
    Sampled,
}

/// What to do with an observation that the model says cannot happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// Take the step and flag it.
    Warn,
    /// Refuse the step; the agent stays as it was.
    Refuse,
}

/// When an agent whose model can be learnt learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learns {
    /// At every step.
    Online,
    /// At the end of each episode, from all that was seen in it.
    Episode,
    /// Not any more: what was learnt before stays.
    Never,
}

/// How an agent looks back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookBack {
    /// Steps whose states are inferred together, the present one among them.
    pub steps: usize,
    /// How they are.
    pub scheme: Scheme,
}

/// States to be reached, however far away: each step is worth the less the further it leads from them.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Per factor the states that are wanted; none for a factor that does not matter.
    pub states: Vec<Vec<usize>>,
    /// Steps within which a goal is looked for.
    pub depth: usize,
    /// How probable a move must be to count on it.
    pub threshold: f64,
    /// ε in (0, 1): a state from which no goal is reached in time costs −ln ε nats.
    pub weight: f64,
}

/// How the value of a belief follows from the values of its actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backup {
    /// Each action counts as often as it would be chosen: `softmax(γ value)`.
    Expected,
    /// Only the best one counts.
    Best,
}

/// How a decision is searched for, when plans are to depend on what will be observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Steps to look ahead.
    pub depth: usize,
    /// Beliefs that may be expanded for one decision.
    pub nodes: u32,
    /// An action that would be chosen with at most this probability is not looked at any deeper.
    pub prune_actions: f64,
    /// Observations together that are at most this probable are left out.
    pub prune_outcomes: f64,
    /// How values are backed up.
    pub backup: Backup,
    /// The search ends early when the choice is clearer than this many nats; 0 never.
    pub sure: f64,
    /// Steps that a plan is good for; after so many the agent plans anew. In between it goes on in the tree that it has
    /// planned, and looks only as far ahead as that still reaches. 1 plans anew at every step.
    pub every: u32,
    /// Free energy in nats of an observation above which it plans anew at once; 0 never.
    pub surprise: f64,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            depth: 3,
            nodes: 10_000,
            prune_actions: 0.0,
            prune_outcomes: 0.0,
            backup: Backup::Expected,
            sure: 0.0,
            every: 1,
            surprise: 0.0,
        }
    }
}

/// The largest γ and α: beyond it a product with a preference loses the differences that a choice is made by.
pub const MOST_SHARPNESS: f64 = 1e9;

/// The options of an agent. They have a digest of their own, apart from the model's.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Which policies are weighed.
    pub policies: Policies,
    /// E: a weight per policy, in the order of the policies; `None` is no habit.
    pub habits: Option<Vec<f64>>,
    /// γ: how sharply the policy posterior follows the expected free energy.
    pub gamma: f64,
    /// α: how sharply a sampled choice follows the posterior.
    pub alpha: f64,
    /// In (0, 1]; multiplies each later step of a policy once more.
    pub discount: f64,
    /// What is chosen.
    pub mode: Mode,
    /// How it is chosen.
    pub choice: Choice,
    /// The control values taken to hold in further ticks when more than one has elapsed since the last step;
    /// `None` repeats the executed action.
    pub idle: Option<Vec<usize>>,
    /// What to do with an impossible observation.
    pub impossible: Impossible,
    /// When it learns what its model lets it learn.
    pub learns: Learns,
    /// Whether what a plan would teach about the model counts for it.
    pub novelty: bool,
    /// Whether what a plan would teach about the states counts for it.
    pub information: bool,
    /// What it wants to reach.
    pub goal: Option<Goal>,
    /// Infers the states of the last steps together: it believes, and learns, by what was seen before and after. A step is
    /// learnt from once, when it leaves the window.
    pub look_back: Option<LookBack>,
    /// Searches a tree of observations instead of weighing fixed plans; the policies are then single actions.
    pub search: Option<Search>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            policies: Policies::All { length: 1 },
            habits: None,
            gamma: 1.0,
            alpha: 1.0,
            discount: 1.0,
            mode: Mode::Full,
            choice: Choice::Deterministic,
            idle: None,
            impossible: Impossible::Warn,
            learns: Learns::Online,
            novelty: true,
            information: true,
            goal: None,
            look_back: None,
            search: None,
        }
    }
}
