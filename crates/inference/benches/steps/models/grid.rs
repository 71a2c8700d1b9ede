//! A square grid whose cells are seen as they are; the last cell is wanted.

use freeagentics_inference::model::Spec;

use super::build::{axis, blurred, modality, over_observations, table, uniform};

pub(super) fn spec(side: usize, noise: f64) -> Spec {
    let cells = side * side;
    let seen = table(&[0], &[], &[cells, cells], |at| if at[0] == at[1] { 1.0 } else { 0.0 });
    let moves =
        table(&[0], &[0], &[cells, cells, 5], |at| if at[0] == neighbour(side, at[1], at[2]) { 1.0 } else { 0.0 });
    let mut wanted = vec![0.0; cells];
    wanted[cells - 1] = 3.0;
    Spec {
        factors: vec![axis("cell", cells)],
        controls: vec![axis("move", 5)],
        modalities: vec![modality("position", cells)],
        likelihoods: vec![blurred(seen, cells, noise)],
        transitions: vec![blurred(moves, cells, noise)],
        preferences: vec![over_observations(0, &wanted)],
        priors: vec![uniform(cells)],
        learning: Vec::new(),
    }
}

/// Where a move (up, right, down, left, stay) leads; the walls hold.
fn neighbour(side: usize, cell: usize, step: usize) -> usize {
    let (row, column) = (cell / side, cell % side);
    match step {
        0 if row > 0 => cell - side,
        1 if column + 1 < side => cell + 1,
        2 if row + 1 < side => cell + side,
        3 if column > 0 => cell - 1,
        _ => cell,
    }
}
