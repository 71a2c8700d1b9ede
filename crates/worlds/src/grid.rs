//! A map with walls, a goal, pits, and ground on which one may slip.

use freeagentics_inference::model::{Axis, Evidence, Modality, Preference, Spec, Table};
use freeagentics_inference::numerics::Random;

use crate::world::{Moment, Shape, World};

/// Where one goes by each value of the control `go`: rows and columns.
const MOVES: [(&str, isize, isize); 5] =
    [("up", -1, 0), ("right", 0, 1), ("down", 1, 0), ("left", 0, -1), ("stay", 0, 0)];

/// What reaching a cell is worth.
const GOAL: f64 = 3.0;
const PIT: f64 = -3.0;
const STEP: f64 = -0.1;

/// Why a text is no map.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// A line is longer or shorter than the first one.
    #[error("line {line} of the map has {found} cells, the first one {expected}; make them equally long")]
    Ragged {
        /// The line, counted from 1.
        line: usize,
        /// Cells of the first line.
        expected: usize,
        /// Cells of this one.
        found: usize,
    },
    /// A character stands for nothing.
    #[error("line {line} of the map has `{found}`; use `#` wall, `.` floor, `S` start, `G` goal, `P` pit")]
    Unknown {
        /// The line, counted from 1.
        line: usize,
        /// The character.
        found: char,
    },
    /// Something that must be there is not.
    #[error("the map has no {0}")]
    Lacks(&'static str),
    /// The chance of slipping is none.
    #[error("the chance of slipping must be from 0 to 1")]
    Slip,
}

/// A grid world. The agent sees its cell; with the chance `slip` a move goes to one of the two sides instead.
#[derive(Clone, Debug)]
pub struct Grid {
    shape: Shape,
    /// For each cell that is no wall where each move leads.
    leads: Vec<[usize; 5]>,
    worth: Vec<f64>,
    ends: Vec<bool>,
    starts: Vec<usize>,
    slip: f64,
    cell: usize,
}

impl Grid {
    /// Reads a map: `#` wall, `.` floor, `S` start (anywhere on the floor if there is none), `G` goal, `P` pit.
    ///
    /// # Errors
    /// What is wrong with the map, and where.
    pub fn parse(map: &str, slip: f64) -> Result<Self, MapError> {
        if !(0.0..=1.0).contains(&slip) {
            return Err(MapError::Slip);
        }
        let rows: Vec<Vec<char>> = map.lines().map(|line| line.trim().chars().collect()).collect();
        let expected = rows.first().map_or(0, Vec::len);
        for (index, row) in rows.iter().enumerate() {
            let line = index + 1;
            if row.len() != expected {
                return Err(MapError::Ragged { line, expected, found: row.len() });
            }
            if let Some(found) = row.iter().find(|cell| !"#.SGP".contains(**cell)) {
                return Err(MapError::Unknown { line, found: *found });
            }
        }
        let at = |row: usize, column: usize| rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or('#');
        let places = (0..rows.len()).flat_map(|row| (0..expected).map(move |column| (row, column)));
        let cells: Vec<(usize, usize)> = places.filter(|(row, column)| at(*row, *column) != '#').collect();
        if cells.is_empty() {
            return Err(MapError::Lacks("floor"));
        }
        let kinds: Vec<char> = cells.iter().map(|(row, column)| at(*row, *column)).collect();
        if !kinds.contains(&'G') {
            return Err(MapError::Lacks("goal; write a `G`"));
        }
        let lead = |from: usize, (row, column): (usize, usize), down: isize, right: isize| {
            let to = row.checked_add_signed(down).zip(column.checked_add_signed(right));
            to.and_then(|to| cells.iter().position(|cell| *cell == to)).unwrap_or(from)
        };
        let leads =
            cells.iter().enumerate().map(|(from, cell)| MOVES.map(|(_, down, right)| lead(from, *cell, down, right)));
        let marked = |kind: char| (0..kinds.len()).filter(|cell| kinds.get(*cell) == Some(&kind)).collect::<Vec<_>>();
        let starts = if kinds.contains(&'S') { marked('S') } else { marked('.') };
        if starts.is_empty() {
            return Err(MapError::Lacks("place to start; write an `S`"));
        }
        let names = cells.iter().map(|(row, column)| format!("r{}c{}", row + 1, column + 1)).collect();
        Ok(Self {
            shape: Shape {
                controls: vec![Axis { name: "go".into(), labels: MOVES.map(|(name, ..)| name.to_owned()).to_vec() }],
                modalities: vec![Axis { name: "seen".into(), labels: names }],
            },
            leads: leads.collect(),
            worth: kinds
                .iter()
                .map(|kind| {
                    if *kind == 'G' {
                        GOAL
                    } else if *kind == 'P' {
                        PIT
                    } else {
                        STEP
                    }
                })
                .collect(),
            ends: kinds.iter().map(|kind| *kind == 'G' || *kind == 'P').collect(),
            starts,
            slip,
            cell: 0,
        })
    }

    /// The model of an agent that knows the map.
    pub fn spec(&self) -> Spec {
        let n = self.leads.len();
        let labels = self.shape.modalities.first().map(|axis| axis.labels.clone()).unwrap_or_default();
        let mut moves = vec![0.0; n * n * MOVES.len()];
        for from in 0..n {
            for action in 0..MOVES.len() {
                for (p, to) in self.ways(from, action) {
                    moves.iter_mut().skip((to * n + from) * MOVES.len() + action).take(1).for_each(|slot| *slot += p);
                }
            }
        }
        let identity = (0..n * n).map(|at| f64::from(u8::from(at / n == at % n))).collect();
        let start = 1.0 / self.starts.len() as f64;
        Spec {
            factors: vec![Axis { name: "cell".into(), labels: labels.clone() }],
            controls: self.shape.controls.clone(),
            modalities: vec![Modality { name: "seen".into(), labels, bins: None, unit: None, initial: None }],
            likelihoods: vec![Table { factors: vec![0], controls: vec![], values: identity }],
            transitions: vec![Table { factors: vec![0], controls: vec![0], values: moves }],
            preferences: vec![Preference::Observations { modality: 0, values: self.worth.clone() }],
            priors: vec![(0..n).map(|cell| if self.starts.contains(&cell) { start } else { 0.0 }).collect()],
            learning: Vec::new(),
        }
    }

    /// Where a move may lead, and how probably.
    fn ways(&self, from: usize, action: usize) -> [(f64, usize); 3] {
        let lead = |action: usize| self.leads.get(from).and_then(|leads| leads.get(action)).copied().unwrap_or(from);
        // Who stays does not slip.
        if action >= 4 || self.ends.get(from).copied().unwrap_or_default() {
            return [(1.0, if action >= 4 { from } else { lead(action) }), (0.0, from), (0.0, from)];
        }
        let side = self.slip / 2.0;
        [(1.0 - self.slip, lead(action)), (side, lead((action + 1) % 4)), (side, lead((action + 3) % 4))]
    }

    fn moment(&self, reward: f64, over: bool) -> Moment {
        Moment { evidence: vec![Evidence::Index(self.cell)], reward, over }
    }
}

impl World for Grid {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn reset(&mut self, random: &mut Random) -> Moment {
        let even = vec![1.0 / self.starts.len() as f64; self.starts.len()];
        self.cell = self.starts.get(random.index(&even)).copied().unwrap_or_default();
        self.moment(0.0, false)
    }

    fn act(&mut self, action: &[usize], random: &mut Random) -> Moment {
        let ways = self.ways(self.cell, action.first().copied().unwrap_or(4));
        let way = random.index(&ways.map(|(p, _)| p));
        self.cell = ways.get(way).map_or(self.cell, |(_, to)| *to);
        let over = self.ends.get(self.cell).copied().unwrap_or_default();
        self.moment(self.worth.get(self.cell).copied().unwrap_or(0.0), over)
    }

    fn truth(&self) -> String {
        let labels = self.shape.modalities.first().map(|axis| &axis.labels);
        labels.and_then(|labels| labels.get(self.cell)).cloned().unwrap_or_default()
    }
}
