//! A table taken apart into the cases that differ: columns that are equal are said once.

use freeagentics_inference::model::{Spec, Table};

/// What a column depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dependency {
    /// A control, by index.
    Control(usize),
    /// A factor, by index.
    Factor(usize),
}

/// A set of columns that are all the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Case {
    /// What must hold: each dependency has one of these values. Dependencies that do not matter are left out.
    pub(crate) when: Vec<(Dependency, Vec<usize>)>,
    /// The distribution over the outcomes then.
    pub(crate) column: Vec<f64>,
}

/// One dependency as an axis of a table's values.
#[derive(Clone, Copy)]
struct Axis {
    of: Dependency,
    size: usize,
    stride: usize,
}

/// The columns of a table.
#[derive(Clone, Copy)]
struct Columns<'t> {
    table: &'t Table,
    n_columns: usize,
}

/// The cases of a table, controls first, `last` (a transition's own factor) innermost.
pub(crate) fn cases(spec: &Spec, table: &Table, last: Option<usize>) -> Vec<Case> {
    let sizes = sizes(spec, table);
    let n_columns: usize = sizes.iter().map(|(_, size)| size).product();
    let mut axes = Vec::new();
    let mut inner = n_columns;
    for (of, size) in sizes {
        inner /= size.max(1);
        axes.push(Axis { of, size, stride: inner });
    }
    let place = |axis: &Axis| match axis.of {
        Dependency::Control(_) => 0,
        Dependency::Factor(factor) if Some(factor) == last => 2,
        Dependency::Factor(_) => 1,
    };
    axes.sort_by_key(place);
    let mut found = Vec::new();
    divide(Columns { table, n_columns }, &axes, 0, &[], &mut found);
    found
}

/// Whether a table looks the same whatever the states are, once this action has been taken: nothing is to be learnt.
pub(crate) fn tells_nothing(spec: &Spec, table: &Table, action: Option<&[usize]>) -> bool {
    let holds = |(of, values): &(Dependency, Vec<usize>)| match (of, action) {
        (Dependency::Control(control), Some(action)) => action.get(*control).is_some_and(|set| values.contains(set)),
        _ => true,
    };
    let mut possible = cases(spec, table, None).into_iter().filter(|case| case.when.iter().all(holds));
    let by_state = |case: &Case| case.when.iter().any(|(of, _)| matches!(of, Dependency::Factor(_)));
    possible.next().is_some_and(|only| !by_state(&only)) && possible.next().is_none()
}

fn sizes(spec: &Spec, table: &Table) -> Vec<(Dependency, usize)> {
    let factor = |&index: &usize| (Dependency::Factor(index), spec.factors.get(index).map_or(0, |f| f.labels.len()));
    let control = |&index: &usize| (Dependency::Control(index), spec.controls.get(index).map_or(0, |c| c.labels.len()));
    table.factors.iter().map(factor).chain(table.controls.iter().map(control)).collect()
}

fn divide(
    columns: Columns<'_>,
    axes: &[Axis],
    offset: usize,
    when: &[(Dependency, Vec<usize>)],
    found: &mut Vec<Case>,
) {
    let Some((axis, inner)) = axes.split_first() else {
        found.push(Case { when: when.to_vec(), column: columns.column(offset) });
        return;
    };
    let mut groups: Vec<(Vec<f64>, Vec<usize>)> = Vec::new();
    for value in 0..axis.size {
        let block = columns.block(inner, offset + value * axis.stride);
        match groups.iter_mut().find(|(known, _)| *known == block) {
            Some((_, values)) => values.push(value),
            None => groups.push((block, vec![value])),
        }
    }
    let matters = groups.len() > 1;
    for (_, values) in groups {
        let offset = offset + values.first().copied().unwrap_or(0) * axis.stride;
        let mut when = when.to_vec();
        if matters {
            when.push((axis.of, values));
        }
        divide(columns, inner, offset, &when, found);
    }
}

impl Columns<'_> {
    fn column(&self, offset: usize) -> Vec<f64> {
        self.table.column(offset, self.n_columns).collect()
    }

    /// Every column below `offset`, one after the other.
    fn block(&self, axes: &[Axis], offset: usize) -> Vec<f64> {
        let Some((axis, inner)) = axes.split_first() else { return self.column(offset) };
        (0..axis.size).flat_map(|value| self.block(inner, offset + value * axis.stride)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::example::watchdog;

    #[test]
    fn commands_that_show_the_same_are_one_case_and_states_that_do_not_matter_are_left_out() {
        let spec = watchdog();
        let found = cases(&spec, &spec.likelihoods[1], None);
        assert_eq!(found.len(), 5);
        let unprobed = &found[0];
        assert_eq!(unprobed.when, [(Dependency::Control(0), vec![0, 2, 3])]);
        assert_eq!(unprobed.column, [1.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(found[4].when, [(Dependency::Control(0), vec![1]), (Dependency::Factor(0), vec![3])]);
        assert_eq!(found[4].column, [0.0, 0.02, 0.06, 0.07, 0.85]);
    }

    #[test]
    fn a_probe_tells_something_only_after_a_probe() {
        let spec = watchdog();
        assert!(tells_nothing(&spec, &spec.likelihoods[1], Some(&[0])));
        assert!(!tells_nothing(&spec, &spec.likelihoods[1], Some(&[1])));
        assert!(!tells_nothing(&spec, &spec.likelihoods[1], None));
        assert!(!tells_nothing(&spec, &spec.likelihoods[0], Some(&[0])));
    }

    #[test]
    fn states_from_which_a_restart_leads_to_the_same_are_one_case() {
        let spec = watchdog();
        let found = cases(&spec, &spec.transitions[0], Some(0));
        let restart: Vec<_> = found.iter().filter(|case| case.when[0].1 == [2]).collect();
        assert_eq!(restart[0].when[1], (Dependency::Factor(0), vec![0, 3]));
        assert_eq!(restart.len(), 3);
    }
}
