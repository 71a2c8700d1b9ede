//! Every chunk and manifest, damaged in every way: each is named for what it is.

use std::fs;
use std::path::{Path, PathBuf};

use axiomcore::backup::{BackupError, Damage, Facts, Manifest};

use super::{Bench, OTHER, proven};

fn chunk_file(bench: &Bench, manifest: &Manifest, number: u64) -> PathBuf {
    bench.place().join(format!("chunks/{}/{number:06}", manifest.id))
}

fn manifest_file(bench: &Bench, manifest: &Manifest) -> PathBuf {
    bench.place().join(format!("manifests/{}.json", manifest.id))
}

/// What is found while a file holds these bytes, or is not there; it is as before afterwards.
fn found_with(bench: &Bench, manifest: &Manifest, file: &PathBuf, bytes: Option<&[u8]>) -> Vec<Damage> {
    let whole = fs::read(file).unwrap();
    match bytes {
        Some(bytes) => fs::write(file, bytes).unwrap(),
        None => fs::remove_file(file).unwrap(),
    }
    let verdict = bench.verify(&bench.vault(), &manifest.id);
    fs::write(file, whole).unwrap();
    assert!(!verdict.is_good());
    verdict.damages
}

#[test]
fn each_damage_to_each_chunk_is_named_with_its_chunk() {
    each_damage_is_named(&Bench::new(9));
}

#[test]
fn each_damage_to_each_chunk_of_a_server_is_named_with_its_chunk() {
    each_damage_is_named(&Bench::on_server(9));
}

fn each_damage_is_named(bench: &Bench) {
    let manifest = bench.create();
    let chunks: Vec<(String, u64, u64)> = manifest
        .parts
        .iter()
        .flat_map(|part| part.chunks.iter().map(|chunk| (part.name.clone(), chunk.number, chunk.stored)))
        .collect();
    assert!(chunks.len() >= 4, "{} chunks", chunks.len());
    assert!(bench.verify(&bench.vault(), &manifest.id).is_good());
    for (part, number, expected) in chunks.clone() {
        let (id, file) = (manifest.id.clone(), chunk_file(bench, &manifest, number));
        let whole = fs::read(&file).unwrap();
        let found = |bytes: Option<&[u8]>| found_with(bench, &manifest, &file, bytes);
        assert_eq!(found(None), [Damage::ChunkMissing { id: id.clone(), part: part.clone(), number }]);
        for length in [0, whole.len() / 2, whole.len() - 1] {
            let cut =
                Damage::ChunkLength { id: id.clone(), part: part.clone(), number, expected, found: length as u64 };
            assert_eq!(found(Some(&whole[..length])), [cut]);
        }
        for bit in [0, whole.len() * 4, whole.len() * 8 - 1] {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(found(Some(&flipped)), [Damage::ChunkAltered { id: id.clone(), part: part.clone(), number }]);
        }
        let other = chunks.iter().find(|(_, other, _)| *other != number).unwrap().1;
        let other = fs::read(chunk_file(bench, &manifest, other)).unwrap();
        assert_eq!(found(Some(&other)).len(), 1, "another chunk in its place");
    }
    let all: Vec<PathBuf> = chunks.iter().map(|(_, number, _)| chunk_file(bench, &manifest, *number)).collect();
    assert!(bench.verify(&bench.vault(), &manifest.id).is_good(), "each was put back");
    fs::remove_file(&all[0]).unwrap();
    fs::write(&all[2], "").unwrap();
    assert_eq!(bench.verify(&bench.vault(), &manifest.id).damages.len(), 2, "not only the first one is named");
    assert!(bench.vault().list(0).unwrap().last_good().is_none(), "what was good once is not any more");
}

#[test]
fn each_damage_to_a_manifest_is_named() {
    let bench = Bench::new(1);
    let (first, second) = (bench.create(), bench.create());
    let file = manifest_file(&bench, &second);
    let (whole, older) = (fs::read(&file).unwrap(), fs::read(manifest_file(&bench, &first)).unwrap());
    let id = second.id.clone();
    let found = |bytes: Option<&[u8]>| found_with(&bench, &second, &file, bytes);
    let altered = [Damage::ManifestAltered { id: id.clone() }];
    assert_eq!(found(None), [Damage::ManifestMissing { id: id.clone() }]);
    assert_eq!(found(Some(&older)), [Damage::ManifestOfAnother { id, found: first.id }]);
    for length in [0, 1, whole.len() / 2, whole.len() - 1] {
        assert_eq!(found(Some(&whole[..length])), altered, "cut to {length}");
    }
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        let damages = found(Some(&flipped));
        let is_named = matches!(damages[..], [Damage::ManifestAltered { .. } | Damage::OtherKey { .. }]);
        assert!(is_named, "byte {at}: {damages:?}");
    }
    let text = String::from_utf8(whole).unwrap();
    let newer = text.replacen("\"number\":2", "\"number\":3", 1);
    assert_eq!(found(Some(newer.as_bytes())), altered);
}

#[test]
fn another_key_is_named_and_opens_nothing() {
    let bench = Bench::new(1);
    let manifest = bench.create();
    let other = bench.vault_with(OTHER);
    let expected = Damage::OtherKey { id: manifest.id.clone(), key: bench.vault().public_key().to_owned() };
    assert_eq!(bench.verify(&other, &manifest.id).damages, std::slice::from_ref(&expected));
    let refused = other.restore(&manifest.id, &bench.folder.path().join("restored"), None);
    assert!(matches!(refused, Err(BackupError::Damaged(damage)) if damage == expected));
    assert!(!bench.folder.path().join("restored").exists());
    assert_eq!(other.list(0).unwrap().kept[0].manifest.clone().unwrap_err(), expected);
}

#[test]
fn a_destination_that_was_set_back_is_noticed() {
    let bench = Bench::new(0);
    let [first, second, third, fourth] = [(); 4].map(|()| bench.create());
    let vault = bench.vault();
    let damages = |known| vault.list(known).unwrap().damages;
    assert_eq!(damages(4), []);
    let newest = manifest_file(&bench, &fourth);
    let kept = fs::read(&newest).unwrap();
    fs::remove_file(&newest).unwrap();
    assert_eq!(damages(0), [], "who knows nothing sees nothing");
    assert_eq!(damages(4), [Damage::Gap { id: third.id.clone(), number: 3, missing: 1 }]);
    fs::write(&newest, kept).unwrap();
    fs::remove_file(manifest_file(&bench, &third)).unwrap();
    assert_eq!(damages(4), [Damage::Gap { id: second.id.clone(), number: 2, missing: 1 }]);
    // Somebody with the key makes the last one again, from an older state: it is another one.
    fs::remove_file(manifest_file(&bench, &second)).unwrap();
    fs::remove_file(&newest).unwrap();
    let again = bench.create();
    assert_eq!((again.number, damages(2)), (2, vec![]));
    assert_eq!(damages(4), [Damage::Gap { id: again.id, number: 2, missing: 2 }]);
    assert_ne!(first.id, second.id);
}

#[test]
fn a_backup_in_whose_place_lies_another_of_its_number_is_noticed() {
    let bench = Bench::new(0);
    let first = bench.create();
    let file = manifest_file(&bench, &first);
    let kept = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    let (other, second) = (bench.create(), bench.create());
    assert_eq!((other.number, second.number), (1, 2));
    assert_eq!(bench.vault().list(2).unwrap().damages, []);
    fs::remove_file(manifest_file(&bench, &other)).unwrap();
    fs::write(&file, kept).unwrap();
    assert_eq!(bench.vault().list(2).unwrap().damages, [Damage::Replaced { id: first.id }]);
}

#[test]
fn what_comes_back_with_less_than_the_manifest_says_does_not_count_as_good() {
    for bench in [Bench::new(0), Bench::on_server(0)] {
        bench.insert("one");
        let manifest = bench.create();
        let (vault, scratch) = (bench.vault(), bench.folder.path().join("scratch"));
        let found = |change: fn(&mut Facts)| {
            let changed = |folder: &Path| {
                let mut proven = proven(folder)?;
                change(&mut proven.facts);
                Ok(proven)
            };
            let verdict = vault.verify(&manifest.id, &scratch, &changed).unwrap();
            assert_eq!(vault.list(0).unwrap().last_good().is_some(), verdict.is_good());
            verdict.findings.join("; ")
        };
        assert_eq!(found(|_| {}), "");
        assert_eq!(found(|facts| facts.log -= 1), "the log ends with row 0; the manifest says 1");
        assert_eq!(found(|facts| facts.schema.clear()), "the schema is not that of the manifest");
        let audit = "the audit of workspace 1 does not have the entry 5 of the manifest";
        assert_eq!(found(|facts| facts.audit.clear()), audit);
        assert_eq!(found(|facts| facts.audit[0].seq -= 1), audit);
        assert_eq!(found(|facts| facts.audit[0].hash = "00".repeat(32)), audit);
        assert_eq!(found(|facts| facts.audit[0].seq += 1), "", "what was written meanwhile may be there");
    }
}

#[test]
fn what_nobody_could_look_into_does_not_count_as_good() {
    let bench = Bench::new(0);
    let manifest = bench.create();
    let (vault, scratch) = (bench.vault(), bench.folder.path().join("scratch"));
    let verdict = vault.verify(&manifest.id, &scratch, &|_| Err("it does not open".into())).unwrap();
    assert_eq!(verdict.findings, ["it does not open"]);
    assert!(vault.list(0).unwrap().last_good().is_none() && !scratch.exists());
}
