//! Whether this very program computes what the contract says: on other inputs than any test, in the running binary.

use std::hint::black_box;

use super::{Digest, Hasher, Kernels, digamma, exp, ln, special};

/// What version 1 makes of the inputs below.
const EXPECTED: &str = "ae5e247c119108ea4ab45973f4fb9a4d0762d7159557b39d0b7656fe824937c4";

/// How many numbers a vector has.
const WIDTH: usize = 64;

/// How many vectors each function gets: enough that a change in the last bits of the leading constants shows somewhere.
const VECTORS: usize = 256;

/// Checks the functions, their constants and every kernel of this machine against the digest of this version. Takes some
/// milliseconds.
///
/// # Errors
/// The name of the first kernel that computes something else: a constant or an instruction has changed since the
/// program was built, or the program was built wrong.
pub fn self_check() -> Result<(), &'static str> {
    let wrong = Kernels::available().into_iter().find(|kernels| digest(kernels).to_string() != EXPECTED);
    wrong.map_or(Ok(()), |kernels| Err(kernels.name()))
}

fn digest(kernels: &Kernels) -> Digest {
    let mut hasher = Hasher::new("freeagentics numerics self check 1");
    hasher.numbers(&black_box(special::EXP_POLY));
    hasher.numbers(&black_box(special::LN_POLY));
    hasher.numbers(&black_box([special::LOG2_E, special::LN2_HIGH, special::LN2_LOW, special::ROUND]));
    let (mut logs, mut mixed) = ([0.0; WIDTH], [0.0; 16]);
    for vector in 0..VECTORS {
        let place = |at: usize| (vector * WIDTH + at * 37 % WIDTH) as f64 / (VECTORS * WIDTH) as f64;
        let weights: [f64; WIDTH] = std::array::from_fn(|at| 0.0039 + place(at));
        let mut odds: [f64; WIDTH] = std::array::from_fn(|at| place(at) * 40.0 - 31.0 + (at % 7) as f64);
        kernels.ln_floor(&weights, &mut logs);
        kernels.softmax(&mut odds, WIDTH, 0.0);
        kernels.contract(&odds[..4], &weights, &mut mixed);
        hasher.numbers(&logs);
        hasher.numbers(&odds);
        hasher.numbers(&mixed);
        hasher.number(kernels.dot(&weights, &odds));
        hasher.number(kernels.entropy(&odds));
        hasher.number(exp(place(vector) * 90.0 - 45.0));
        hasher.number(ln(0.01 + place(vector) * 40.0));
        hasher.number(digamma(0.1 + place(vector) * 20.0));
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_of_this_machine_passes() {
        assert_eq!(self_check(), Ok(()), "{}", digest(&Kernels::plain()));
    }
}
