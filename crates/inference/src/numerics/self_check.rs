//! Whether this very program computes what the contract says: on other inputs than any test, in the running binary.

use super::{Digest, Hasher, Kernels, digamma, exp, ln};

/// What version 1 makes of the inputs below.
const EXPECTED: &str = "8c34a047a0a431052f0f38d8d07109e607bcae407a9a210fe6f3931582e979d6";

/// How many numbers each function gets.
const INPUTS: usize = 64;

/// Checks the functions and every kernel of this machine against the digest of this version.
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
    let spread = |at: usize, low: f64, step: f64| low + step * at as f64;
    for at in 0..INPUTS {
        hasher.number(exp(spread(at, -40.0, 0.937_5)));
        hasher.number(ln(spread(at, 0.015_625, 0.390_625)));
        hasher.number(digamma(spread(at, 0.125, 0.281_25)));
    }
    let weights: Vec<f64> = (0..INPUTS).map(|at| spread(at, 0.003_906_25, 0.015_625)).collect();
    let mut odds: Vec<f64> = (0..INPUTS).map(|at| spread(at * 37 % INPUTS, -9.0, 0.234_375)).collect();
    let mut logs = vec![0.0; INPUTS];
    kernels.ln_floor(&weights, &mut logs);
    kernels.softmax(&mut odds, INPUTS, 0.0);
    hasher.numbers(&logs);
    hasher.numbers(&odds);
    hasher.number(kernels.dot(&weights, &odds));
    hasher.number(kernels.entropy(&odds));
    let mut mixed = vec![0.0; 16];
    kernels.contract(&odds[..4], &weights, &mut mixed);
    hasher.numbers(&mixed);
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
