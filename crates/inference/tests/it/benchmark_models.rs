//! The benchmark models are the ones that the reference implementation is timed on, bit for bit.

use freeagentics_inference::model::{Preference, Spec};
use sha2::{Digest as _, Sha256};

use crate::bench_models;

/// Made in numpy from the reference's arrays:
/// `hashlib.sha256(b"".join(t.astype("<f8").tobytes() for t in A + B + C + D)).hexdigest()`.
const REFERENCE: [(&str, &str); 9] = [
    ("tmaze_16", "26c5ad934ff63f37a5150169a2d34786b388ffd582395477b3495089d3c525ab"),
    ("tmaze_64", "26c5ad934ff63f37a5150169a2d34786b388ffd582395477b3495089d3c525ab"),
    ("tmaze_256", "26c5ad934ff63f37a5150169a2d34786b388ffd582395477b3495089d3c525ab"),
    ("tmaze_256_noisy", "507f78ad8d5220168fc81cd2ce8ce18f82f9a2e1726a2c3a7c65ee15b82927ae"),
    ("grid5_125", "7849b311533a383636068e7bf63ad543475d2e8a960a0fc131b4ca1eeea0dabd"),
    ("grid5_125_noisy", "2b65a0282bcf96823351c4d98dcb4d5aa51c136371b3ae4e883323605d392996"),
    ("factors_144", "a427d372afb1e5154a358441917424db356559f016c5ba0de1235cdada6d14e8"),
    ("grid20_25", "2fcba2598443bce88e030d275ab180f1dbe3e4a571d252e4bed3bb0eedb043f8"),
    ("grid20_25_noisy", "4bbe8fe2c33804ea02b6b1094b932e625cf3fcf7864b3070470630879e6502d5"),
];

#[test]
fn the_benchmark_models_are_the_references_bit_for_bit() {
    let ours: Vec<(&str, String)> = bench_models::all().iter().map(|model| (model.name, hash(&model.spec))).collect();
    let theirs = REFERENCE.map(|(name, hash)| (name, hash.to_owned()));
    assert_eq!(ours, theirs);
}

fn hash(spec: &Spec) -> String {
    let wanted = spec.preferences.iter().filter_map(|preference| match preference {
        Preference::Observations { values, .. } => Some(values),
        Preference::Timed { .. } | Preference::Joint { .. } => None,
    });
    let tables = spec.likelihoods.iter().chain(&spec.transitions).map(|table| &table.values);
    let mut hasher = Sha256::new();
    for number in tables.chain(wanted).chain(&spec.priors).flatten() {
        hasher.update(number.to_le_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
