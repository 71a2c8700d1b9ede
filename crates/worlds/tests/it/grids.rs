//! Maps with walls and slips.

use freeagentics_inference::engine::{Options, Policies};
use freeagentics_inference::model::Evidence;
use freeagentics_inference::numerics::Random;
use worlds::{Fit, Grid, MapError, Settings, World, simulate};

use crate::engine;

const ROOM: &str = "S.#G\n....";

#[test]
fn walls_stop_and_a_goal_ends_the_episode() {
    let mut grid = Grid::parse(ROOM, 0.0).expect("it is a map");
    let mut random = Random::new(1, 0, 1);
    let label = |grid: &Grid, evidence: &[Evidence]| match evidence {
        [Evidence::Index(cell)] => grid.shape().modalities[0].labels[*cell].clone(),
        other => panic!("{other:?}"),
    };
    let first = grid.reset(&mut random);
    assert_eq!(label(&grid, &first.evidence), "r1c1");
    let (up, right, down) = (0, 1, 2);
    let walk = [up, right, right, down, right, right, up];
    let cells = ["r1c1", "r1c2", "r1c2", "r2c2", "r2c3", "r2c4", "r1c4"];
    for (action, cell) in walk.into_iter().zip(cells) {
        let moment = grid.act(&[action], &mut random);
        assert_eq!(label(&grid, &moment.evidence), cell);
        assert_eq!(moment.over, cell == "r1c4");
    }
}

#[test]
fn slips_come_as_often_as_the_map_says() {
    let mut grid = Grid::parse("...\n.S.\nG..", 0.3).expect("it is a map");
    let mut sides = 0;
    let n = 4000;
    for seed in 0..n {
        let mut random = Random::new(seed, 0, 1);
        grid.reset(&mut random);
        grid.act(&[0], &mut random);
        sides += u32::from(grid.truth() != "r1c2");
    }
    let share = f64::from(sides) / n as f64;
    assert!((share - 0.3).abs() < 0.03, "{share} of the moves slipped");
}

#[test]
fn who_knows_the_map_finds_the_goal_in_the_fewest_steps() {
    let grid = Grid::parse(ROOM, 0.0).expect("it is a map");
    let options = Options { policies: Policies::All { length: 6 }, gamma: 16.0, ..Options::default() };
    let engine = engine(grid.spec(), options);
    let fit = Fit::new(grid.shape(), &grid.spec()).expect("it is its own map");
    let settings = Settings { agents: 3, steps: 5, seed: 1, threads: 1, discount: 1.0, episode: None };
    let result = simulate(&engine, &fit, &|| Box::new(grid.clone()), &settings).expect("the steps are taken");
    for life in &result.lives {
        assert_eq!(life.episodes, 2, "five steps lead to the goal");
        assert!((life.reward - (3.0 - 0.4)).abs() < 1e-9, "{life:?}");
    }
}

#[test]
fn a_text_that_is_no_map_says_where_it_is_wrong() {
    let wrong = |map: &str| Grid::parse(map, 0.0).expect_err(map);
    assert_eq!(wrong("S.G\n.."), MapError::Ragged { line: 2, expected: 3, found: 2 });
    assert_eq!(wrong("S.G\n.x."), MapError::Unknown { line: 2, found: 'x' });
    assert!(matches!(wrong("S.."), MapError::Lacks(_)));
    assert!(matches!(wrong("###"), MapError::Lacks(_)));
    assert_eq!(Grid::parse("SG", 2.0).expect_err("no chance"), MapError::Slip);
}
