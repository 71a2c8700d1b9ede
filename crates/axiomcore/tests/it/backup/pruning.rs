//! Removing what is old, and never the last good one.

use std::time::Duration;

use super::{Bench, walk};

const DAY: Duration = Duration::from_secs(86_400);

#[test]
fn the_last_good_one_stays_however_old_it_is() {
    let bench = Bench::new(0);
    let vault = bench.vault();
    let [first, good, bad] = [(); 3].map(|()| bench.create());
    bench.clock.advance(DAY * 31);
    assert_eq!(vault.prune(DAY * 30).unwrap(), Vec::<String>::new(), "none is known to be good");
    assert!(bench.verify(&vault, &good.id).is_good());
    assert_eq!(vault.prune(DAY * 32).unwrap(), Vec::<String>::new(), "none is old enough");
    assert_eq!(vault.prune(DAY * 30).unwrap(), std::slice::from_ref(&first.id));
    assert!(!walk(&bench.place()).iter().any(|path| path.display().to_string().contains(&first.id)));
    let kept: Vec<String> = vault.list(3).unwrap().kept.into_iter().map(|kept| kept.id).collect();
    assert_eq!(kept, [good.id.clone(), bad.id.clone()]);
    let newer = bench.create();
    assert!(bench.verify(&vault, &newer.id).is_good());
    assert_eq!(vault.prune(DAY * 30).unwrap(), [good.id, bad.id]);
    assert!(vault.list(4).unwrap().damages.is_empty());
    assert!(bench.verify(&vault, &newer.id).is_good(), "what is left is whole");
}
