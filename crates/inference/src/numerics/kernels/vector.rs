//! The same bodies compiled for each vector instruction set.
#![expect(unsafe_code, reason = "calls into functions whose instructions were found on this machine")]
use super::super::x86::{Avx2, Avx512, Sse2};
use super::columns::{self, ByOutcome, ByState, Columns, ColumnsMut, Worth};
use super::rounds::{self, Rounds};
use super::{Kernels, body};

macro_rules! kernels_for {
    ($module:ident, $lanes:ty, $feature:literal) => {
        mod $module {
            use super::{ByOutcome, ByState, Columns, ColumnsMut, Kernels, Rounds, Worth, body, columns, rounds};

            #[target_feature(enable = $feature)]
            fn ln_floor(x: &[f64], out: &mut [f64]) {
                body::ln_floor::<$lanes>(x, out);
            }
            #[target_feature(enable = $feature)]
            fn entropy_and_dot(x: &[f64], y: &[f64]) -> (f64, f64) {
                body::entropy_and_dot::<$lanes>(x, y)
            }
            #[target_feature(enable = $feature)]
            fn dot(x: &[f64], y: &[f64]) -> f64 {
                body::dot::<$lanes>(x, y)
            }
            #[target_feature(enable = $feature)]
            fn softmax(x: &mut [f64], n: usize, dust: f64) {
                body::softmax::<$lanes>(x, n, dust);
            }
            #[target_feature(enable = $feature)]
            fn add(to: &mut [f64], from: &[f64]) {
                body::add::<$lanes>(to, from);
            }
            #[target_feature(enable = $feature)]
            fn agree(rounds: Rounds<'_>) {
                rounds::agree::<$lanes>(rounds);
            }
            #[target_feature(enable = $feature)]
            fn contract(weights: &[f64], slabs: &[f64], out: &mut [f64]) {
                body::contract::<$lanes>(weights, slabs, out);
            }
            #[target_feature(enable = $feature)]
            fn sparse_columns(table: &ByOutcome, from: Columns<'_>, count: usize, to: ColumnsMut<'_>) {
                columns::sparse::<$lanes>(table, from, count, to);
            }
            #[target_feature(enable = $feature)]
            fn dense_columns(table: ByState<'_>, from: Columns<'_>, count: usize, to: ColumnsMut<'_>) {
                columns::dense::<$lanes>(table, from, count, to);
            }
            #[target_feature(enable = $feature)]
            fn worth_of_columns(x: Columns<'_>, count: usize, worth: Worth<'_>) {
                columns::worth::<$lanes>(x, count, worth);
            }

            /// These functions by name. Only here, where the instructions are taken for granted, are they like any other.
            #[target_feature(enable = $feature)]
            pub(super) fn kernels() -> Kernels {
                Kernels {
                    name: stringify!($module),
                    ln_floor,
                    entropy_and_dot,
                    dot,
                    softmax,
                    add,
                    agree,
                    contract,
                    sparse_columns,
                    dense_columns,
                    worth_of_columns,
                }
            }
        }
    };
}

kernels_for!(sse2, super::Sse2, "sse2");
kernels_for!(avx2, super::Avx2, "avx2");
kernels_for!(avx512, super::Avx512, "avx512f");

pub(super) fn available() -> Vec<Kernels> {
    let mut all = Vec::new();
    if std::is_x86_feature_detected!("sse2") {
        // SAFETY: found on the line above.
        all.push(unsafe { sse2::kernels() });
    }
    if std::is_x86_feature_detected!("avx2") {
        // SAFETY: found on the line above.
        all.push(unsafe { avx2::kernels() });
    }
    if std::is_x86_feature_detected!("avx512f") {
        // SAFETY: found on the line above.
        all.push(unsafe { avx512::kernels() });
    }
    all
}
