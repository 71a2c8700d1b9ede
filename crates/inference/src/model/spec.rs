//! The plain description of a model: dense tables over named axes.
//!
//! A [`Spec`] is what a document resolves to and what a program may fill by hand. It promises nothing yet;
//! [`Model::new`](super::Model::new) checks it.

/// A named list of labels: a hidden-state factor with its states, or a control with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The factor's or control's name.
    pub name: String,
    /// Its states or values, in the order of the tables.
    pub labels: Vec<String>,
}

/// A half-open interval `low ≤ x < high` of a binned modality; the bounds may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Smallest value inside.
    pub low: f64,
    /// Smallest value above; the last bin of a modality also holds `high` itself.
    pub high: f64,
}

/// A way of observing the world: one of its `labels` is seen at each step, or nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Modality {
    /// The modality's name.
    pub name: String,
    /// The observations it can bring, in the order of the tables.
    pub labels: Vec<String>,
    /// For a modality that takes numbers: one interval per label, ascending and without gaps.
    pub bins: Option<Vec<Bin>>,
    /// The unit of those numbers, for people.
    pub unit: Option<String>,
    /// For a likelihood that depends on controls: the value of each such control (in the order of
    /// [`Table::controls`]) that is taken to precede the first observation of an episode. Without it, the
    /// modality is ignored at the first step.
    pub initial: Option<Vec<usize>>,
}

/// A conditional distribution (or a table of values) over named dependencies.
///
/// `values` is row-major over `[outcome][factors…][controls…]`; the last index is the fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Indices of the factors it depends on, in the order of the axes of `values`.
    pub factors: Vec<usize>,
    /// Indices of the controls it depends on, in the order of the axes of `values`.
    pub controls: Vec<usize>,
    /// The entries.
    pub values: Vec<f64>,
}

impl Table {
    /// One of `columns` columns: the entry of each outcome, in order. Entries of a column lie `columns` apart.
    pub fn column(&self, column: usize, columns: usize) -> impl Iterator<Item = f64> {
        self.values.iter().skip(column).step_by(columns.max(1)).copied()
    }
}

/// Whether a preference looks at the states before or after the action that is being weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The states in which the action is taken.
    Before,
    /// The states to which the action leads.
    After,
}

/// The largest preference, either way: beyond it sums over plans lose the differences that a choice is made by.
pub const MOST_PREFERENCE: f64 = 1e9;

/// What the agent wants, in nats: 0 is indifferent, −2 costs two, differences are what counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Preference {
    /// Over the observations of one modality: `values[observation]`.
    Observations {
        /// Index of the modality.
        modality: usize,
        /// One value per observation.
        values: Vec<f64>,
    },
    /// As [`Preference::Observations`], differently for each step of a plan; beyond the last the last holds.
    Timed {
        /// Index of the modality.
        modality: usize,
        /// Per step one value per observation.
        values: Vec<Vec<f64>>,
    },
    /// Over states and controls: it adds its expected value and brings no evidence, so that a reward that is
    /// never observed leaks no information. `values` is row-major over `[factors…][controls…]`.
    Joint {
        /// Indices of the factors.
        factors: Vec<usize>,
        /// Indices of the controls.
        controls: Vec<usize>,
        /// Which states it looks at.
        at: Moment,
        /// One value per combination.
        values: Vec<f64>,
    },
}

/// A part of a model that an agent can learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learnable {
    /// The likelihood of this modality (A).
    Likelihood(usize),
    /// The transition of this factor (B).
    Transition(usize),
    /// The prior of this factor (D).
    Prior(usize),
    /// How often each policy is followed (E).
    Habits,
}

/// Dirichlet counts behind a table: how an agent learns it.
///
/// The table itself says what the counts are in proportion; `strength` says how many observations it is worth. What is
/// zero in the table is impossible and stays so, whatever is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Learning {
    /// What is learnt.
    pub what: Learnable,
    /// The sum of the counts of each column `[factors…][controls…]`; of the only one for a prior and for habits.
    pub strength: Vec<f64>,
    /// What one observation adds.
    pub rate: f64,
    /// In [0, 1): the share of what was learnt that is forgotten at each update.
    pub forgetting: f64,
}

/// A whole model: hidden-state factors, controls, modalities, and A, B, C, D.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spec {
    /// Hidden-state factors.
    pub factors: Vec<Axis>,
    /// Controls: what the agent can set at each step. May be empty (an agent that only watches).
    pub controls: Vec<Axis>,
    /// Modalities.
    pub modalities: Vec<Modality>,
    /// A: for each modality `[observation][states…][controls…]`; controls are those *preceding* the observation.
    pub likelihoods: Vec<Table>,
    /// B: for each factor `[next state][previous states…][controls…]`.
    pub transitions: Vec<Table>,
    /// C: any number of preferences; they add up.
    pub preferences: Vec<Preference>,
    /// D: for each factor a distribution over its states at the start of an episode.
    pub priors: Vec<Vec<f64>>,
    /// What is learnt; each part at most once.
    pub learning: Vec<Learning>,
}

/// What one modality brought at one step.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// Nothing was seen: no evidence.
    Missing,
    /// This observation.
    Index(usize),
    /// A distribution over observations (a soft observation).
    Soft(Vec<f64>),
}
