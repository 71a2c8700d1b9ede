//! The same in an S3-compatible store. It knows keys by their names only; that requests are signed as they must be, an example
//! of Amazon's shows (`destination/s3/signing.rs`).

use std::sync::Arc;
use std::time::Duration;

use axiomcore::backup::{
    BackupError, Damage, Destination, DestinationError, Key, S3 as Bucket, S3Place, Shipper, Vault,
};
use axiomcore::clock::{Clock, SystemClock};
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
    let wrong = S3Place { access_key: "SOMEBODY".into(), secret_key: Secret::new("wrong".into()), ..place(&store) };
    let refused = bench.create_in(&vault(&bench, bucket(wrong))).unwrap_err().to_string();
    assert!(refused.contains("403 InvalidAccessKeyId") && !refused.contains("wrong"), "{refused}");
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
    let long_ago = axiomcore::clock::Timestamp(SystemClock.now().0 - 3 * 3_600_000);
    bare.put("lock", long_ago.to_string().as_bytes()).unwrap();
    drop(bare.hold().unwrap());
}
