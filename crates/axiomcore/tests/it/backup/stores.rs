//! The same in an S3-compatible store, which verifies signatures and lists a thousand names at a time.

use std::sync::Arc;
use std::time::Duration;

use axiomcore::backup::{
    BackupError, Damage, Destination, DestinationError, Key, S3 as Bucket, S3Place, Shipper, Vault,
};
use axiomcore::clock::{Clock, ManualClock, SystemClock, Timestamp};
use axiomcore::config::Secret;
use axiomcore::entropy::SystemEntropy;
use testbed::S3;

use super::{Bench, KEY, proven};

fn place(store: &S3) -> S3Place {
    S3Place {
        endpoint: store.endpoint(),
        bucket: S3::BUCKET.into(),
        prefix: "bank/one".into(),
        region: "us-east-1".into(),
        access_key: S3::KEY.0.into(),
        secret_key: Secret::new(S3::KEY.1.into()),
    }
}

fn bucket(place: S3Place) -> Bucket {
    Bucket::new(place, Arc::new(SystemClock))
}

fn vault(bench: &Bench, bucket: Bucket) -> Vault {
    Vault::new(Box::new(bucket), Key::parse(KEY).unwrap(), Arc::new(bench.clock.clone()), Arc::new(SystemEntropy))
}

#[test]
fn backups_in_a_bucket_are_made_shipped_to_verified_restored_and_pruned() {
    let (store, bench) = (S3::start(), Bench::new(5));
    let vault = vault(&bench, bucket(place(&store)));
    let first = bench.create_in(&vault).unwrap();
    bench.clock.advance(Duration::from_secs(31 * 86_400));
    let shipper = Shipper::begin(&vault, &bench.database).unwrap().unwrap();
    let second = bench.create_shipped(&vault, Some(&shipper)).unwrap();
    bench.insert("after");
    bench.clock.advance(Duration::from_secs(1));
    shipper.ship().unwrap();
    let verdict = bench.verify(&vault, &second.id);
    assert!(verdict.is_good() && verdict.segments == 1, "{verdict:?}");
    let folder = bench.folder.path().join("restored");
    vault.restore(&second.id, &folder, None).unwrap();
    assert_eq!(proven(&folder).unwrap().rows, 1);
    assert_eq!(vault.prune(Duration::from_secs(30 * 86_400)).unwrap(), std::slice::from_ref(&first.id));
    let bare = bucket(place(&store));
    assert_eq!(bare.list(&format!("chunks/{}", first.id)).unwrap(), Vec::<String>::new());
    let last = second.parts.last().unwrap().chunks.last().unwrap().number;
    bare.remove(&format!("chunks/{}/{last:06}", second.id)).unwrap();
    let damages = bench.verify(&vault, &second.id).damages;
    assert!(matches!(&damages[..], [Damage::ChunkMissing { number, .. }] if *number == last), "{damages:?}");
}

#[test]
fn who_has_another_key_or_asks_for_another_bucket_is_told_so() {
    let (store, bench) = (S3::start(), Bench::new(0));
    let another = S3Place { access_key: "SOMEBODY".into(), secret_key: Secret::new("wrong".into()), ..place(&store) };
    let wrong = S3Place { secret_key: Secret::new("wrong".into()), ..place(&store) };
    for (place, code) in [(another, "403 InvalidAccessKeyId"), (wrong, "403 SignatureDoesNotMatch")] {
        let refused = bench.create_in(&vault(&bench, bucket(place))).unwrap_err().to_string();
        assert!(refused.contains(code) && !refused.contains("wrong"), "{refused}");
    }
    let none = S3Place { bucket: "nowhere".into(), ..place(&store) };
    let refused = bench.create_in(&vault(&bench, bucket(none))).unwrap_err().to_string();
    assert!(refused.contains("NoSuchBucket"), "{refused}");
    let gone = place(&store);
    drop(store);
    let refused = bench.create_in(&vault(&bench, bucket(gone))).unwrap_err();
    assert!(matches!(refused, BackupError::Destination(DestinationError::Unusable { .. })), "{refused}");
}

#[test]
fn only_one_holds_a_bucket_and_a_crashed_one_does_not_for_ever() {
    let store = S3::start();
    let bare = bucket(place(&store));
    let held = bare.hold().unwrap();
    assert!(matches!(bare.hold(), Err(DestinationError::Held(_))));
    drop(held);
    drop(bare.hold().unwrap());
    let long_ago = Timestamp(SystemClock.now().0 - 3 * 3_600_000);
    bare.put("lock", long_ago.to_string().as_bytes()).unwrap();
    drop(bare.hold().unwrap());
}

#[test]
fn a_clock_that_is_wrong_is_told_as_the_store_tells_it() {
    let store = S3::start();
    let hours = Duration::from_secs(3 * 3_600);
    for now in [SystemClock.now().plus(hours), Timestamp(SystemClock.now().0 - 3 * 3_600_000)] {
        let bucket = Bucket::new(place(&store), Arc::new(ManualClock::new(now)));
        let refused = bucket.put("a", b"a").unwrap_err().to_string();
        assert!(refused.contains("403 RequestTimeTooSkewed"), "{refused}");
    }
}

#[test]
fn more_names_than_the_store_lists_at_a_time_are_all_listed_in_their_order() {
    let (store, n_names) = (S3::start(), 1_003);
    let bare = bucket(place(&store));
    let name = |n: usize| format!("{n:06}");
    std::thread::scope(|scope| {
        for lane in 0..4 {
            let bare = &bare;
            scope.spawn(move || {
                (lane..n_names).step_by(4).for_each(|n| bare.put(&format!("many/{}", name(n)), b"x").unwrap());
            });
        }
    });
    // Beside them and below them is not among them.
    bare.put("many-more/0", b"x").unwrap();
    bare.put("many/deeper/0", b"x").unwrap();
    let listed = bare.list("many").unwrap();
    assert_eq!(listed.len(), n_names);
    assert_eq!(listed, (0..n_names).map(name).collect::<Vec<String>>());
    assert_eq!(bare.list("many-more").unwrap(), ["0"]);
    assert_eq!(bare.list("none").unwrap(), Vec::<String>::new());
}

#[test]
fn names_and_prefixes_with_signs_are_signed_as_they_are_sent() {
    let store = S3::start();
    let prefix = "one place/\u{fc}ber+all/a=b&c~d".to_owned();
    let bare = bucket(S3Place { prefix, ..place(&store) });
    for name in ["folder/plain", "folder/with space", "folder/plus+and=equals", "folder/\u{e9}"] {
        bare.put(name, name.as_bytes()).unwrap();
        assert_eq!(bare.get(name).unwrap().as_deref(), Some(name.as_bytes()));
    }
    assert_eq!(bare.list("folder").unwrap(), ["plain", "plus+and=equals", "with space", "\u{e9}"]);
    bare.remove("folder/with space").unwrap();
    assert_eq!(bare.get("folder/with space").unwrap(), None);
}
