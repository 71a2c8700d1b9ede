//! The lanes of x86-64: SSE2, AVX2, AVX-512.
//!
//! The only module with `unsafe` code: the intrinsics need instructions that the caller must have found on the
//! machine, which [`Kernels`](super::Kernels) does before it hands out any function made of them.
#![expect(unsafe_code, reason = "vector instructions; availability is checked before a kernel is handed out")]

use std::arch::x86_64::{
    __m128d, __m256d, __m512d, _CMP_LT_OQ, _mm_add_epi64, _mm_add_pd, _mm_add_sd, _mm_and_pd, _mm_andnot_pd,
    _mm_castpd_si128, _mm_castsi128_pd, _mm_cmplt_pd, _mm_cvtsd_f64, _mm_div_pd, _mm_loadu_pd, _mm_max_pd, _mm_max_sd,
    _mm_mul_pd, _mm_or_pd, _mm_set1_pd, _mm_slli_epi64, _mm_srli_epi64, _mm_storeu_pd, _mm_sub_epi64, _mm_sub_pd,
    _mm_unpackhi_pd, _mm256_add_epi64, _mm256_add_pd, _mm256_blendv_pd, _mm256_castpd_si256, _mm256_castpd256_pd128,
    _mm256_castsi256_pd, _mm256_cmp_pd, _mm256_div_pd, _mm256_extractf128_pd, _mm256_loadu_pd, _mm256_max_pd,
    _mm256_mul_pd, _mm256_or_pd, _mm256_set1_pd, _mm256_slli_epi64, _mm256_srli_epi64, _mm256_storeu_pd,
    _mm256_sub_epi64, _mm256_sub_pd, _mm512_add_epi64, _mm512_add_pd, _mm512_castpd_si512, _mm512_castpd512_pd256,
    _mm512_castsi512_pd, _mm512_cmp_pd_mask, _mm512_div_pd, _mm512_extractf64x4_pd, _mm512_loadu_pd,
    _mm512_mask_blend_pd, _mm512_max_pd, _mm512_mul_pd, _mm512_or_si512, _mm512_set1_pd, _mm512_slli_epi64,
    _mm512_srli_epi64, _mm512_storeu_pd, _mm512_sub_epi64, _mm512_sub_pd,
};

use super::lanes::{Eight, Lanes};

macro_rules! vector_lanes {
    ($name:ident, $register:ty, $width:literal, [$($i:tt),*], $splat:ident, $load:ident, $store:ident,
     $add:ident, $sub:ident, $mul:ident, $div:ident, $max:ident, $cast:ident, $cast_back:ident,
     $add_bits:ident, $sub_bits:ident, $shl:ident, $shr:ident, sum: |$ra:ident| $sum:expr,
     largest: |$rb:ident| $largest:expr, or: |$oa:ident, $ob:ident| $or:expr, select: |$sa:ident, $sb:ident, $sy:ident, $sn:ident| $select:expr) => {
        #[derive(Clone, Copy)]
        pub(super) struct $name([$register; 8 / $width]);

        impl Lanes for $name {
            #[inline(always)]
            fn splat(x: f64) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([unsafe { $splat(x) }; 8 / $width])
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$(unsafe { $add(self.0[$i], other.0[$i]) }),*])
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$(unsafe { $sub(self.0[$i], other.0[$i]) }),*])
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$(unsafe { $mul(self.0[$i], other.0[$i]) }),*])
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$(unsafe { $div(self.0[$i], other.0[$i]) }),*])
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$(unsafe { $max(self.0[$i], other.0[$i]) }),*])
            }
            #[inline(always)]
            fn select_less(self, bound: Self, yes: Self, no: Self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$({ let ($sa, $sb, $sy, $sn) = (self.0[$i], bound.0[$i], yes.0[$i], no.0[$i]); unsafe { $select } }),*])
            }
            #[inline(always)]
            fn splat_bits(bits: u64) -> Self {
                Self::splat(f64::from_bits(bits))
            }
            #[inline(always)]
            fn add_bits(self, other: Self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$(unsafe { $cast_back($add_bits($cast(self.0[$i]), $cast(other.0[$i]))) }),*])
            }
            #[inline(always)]
            fn sub_bits(self, other: Self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$(unsafe { $cast_back($sub_bits($cast(self.0[$i]), $cast(other.0[$i]))) }),*])
            }
            #[inline(always)]
            fn or_bits(self, other: Self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$({ let ($oa, $ob) = (self.0[$i], other.0[$i]); unsafe { $or } }),*])
            }
            #[inline(always)]
            fn shift_left_52(self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$(unsafe { $cast_back($shl::<52>($cast(self.0[$i]))) }),*])
            }
            #[inline(always)]
            fn shift_right_52(self) -> Self {
                // SAFETY: used only inside kernels of this instruction set.
                Self([$(unsafe { $cast_back($shr::<52>($cast(self.0[$i]))) }),*])
            }
        }

        impl Eight for $name {
            #[inline(always)]
            fn load(x: &[f64; 8]) -> Self {
                // SAFETY: eight numbers are readable behind `x`; used only inside kernels of this instruction set.
                Self([$(unsafe { $load(x.as_ptr().add($i * $width)) }),*])
            }
            #[inline(always)]
            fn store(self, out: &mut [f64; 8]) {
                // SAFETY: eight numbers are writable behind `out`; used only inside kernels of this instruction set.
                $(unsafe { $store(out.as_mut_ptr().add($i * $width), self.0[$i]) };)*
            }
            #[inline(always)]
            fn sum(self) -> f64 {
                let $ra = self.0;
                // SAFETY: used only inside kernels of this instruction set.
                unsafe { $sum }
            }
            #[inline(always)]
            fn largest(self) -> f64 {
                let $rb = self.0;
                // SAFETY: used only inside kernels of this instruction set.
                unsafe { $largest }
            }
            #[inline(always)]
            fn to_array(self) -> [f64; 8] {
                let mut out = [0.0; 8];
                self.store(&mut out);
                out
            }
        }
    };
}

/// The rest of the lane tree, from two numbers or from four on.
///
/// # Safety
/// As everything here: the instructions must have been found on the machine.
#[inline(always)]
unsafe fn pair_sum(x: __m128d) -> f64 {
    // SAFETY: by the contract of this function.
    unsafe { _mm_cvtsd_f64(_mm_add_sd(x, _mm_unpackhi_pd(x, x))) }
}

/// # Safety
/// As [`pair_sum`].
#[inline(always)]
unsafe fn pair_largest(x: __m128d) -> f64 {
    // SAFETY: by the contract of this function.
    unsafe { _mm_cvtsd_f64(_mm_max_sd(x, _mm_unpackhi_pd(x, x))) }
}

/// # Safety
/// As [`pair_sum`].
#[inline(always)]
unsafe fn quarter_sum(x: __m256d) -> f64 {
    // SAFETY: by the contract of this function.
    unsafe { pair_sum(_mm_add_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd::<1>(x))) }
}

/// # Safety
/// As [`pair_sum`].
#[inline(always)]
unsafe fn quarter_largest(x: __m256d) -> f64 {
    // SAFETY: by the contract of this function.
    unsafe { pair_largest(_mm_max_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd::<1>(x))) }
}

vector_lanes!(
    Sse2, __m128d, 2, [0, 1, 2, 3], _mm_set1_pd, _mm_loadu_pd, _mm_storeu_pd,
    _mm_add_pd, _mm_sub_pd, _mm_mul_pd, _mm_div_pd, _mm_max_pd, _mm_castpd_si128, _mm_castsi128_pd,
    _mm_add_epi64, _mm_sub_epi64, _mm_slli_epi64, _mm_srli_epi64,
    sum: |r| pair_sum(_mm_add_pd(_mm_add_pd(r[0], r[2]), _mm_add_pd(r[1], r[3]))),
    largest: |r| pair_largest(_mm_max_pd(_mm_max_pd(r[0], r[2]), _mm_max_pd(r[1], r[3]))),
    or: |a, b| _mm_or_pd(a, b),
    select: |a, b, yes, no| {
        let mask = _mm_cmplt_pd(a, b);
        _mm_or_pd(_mm_and_pd(mask, yes), _mm_andnot_pd(mask, no))
    }
);
vector_lanes!(
    Avx2, __m256d, 4, [0, 1], _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd,
    _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd, _mm256_div_pd, _mm256_max_pd, _mm256_castpd_si256,
    _mm256_castsi256_pd, _mm256_add_epi64, _mm256_sub_epi64, _mm256_slli_epi64, _mm256_srli_epi64,
    sum: |r| quarter_sum(_mm256_add_pd(r[0], r[1])),
    largest: |r| quarter_largest(_mm256_max_pd(r[0], r[1])),
    or: |a, b| _mm256_or_pd(a, b),
    select: |a, b, yes, no| _mm256_blendv_pd(no, yes, _mm256_cmp_pd::<_CMP_LT_OQ>(a, b))
);
vector_lanes!(
    Avx512, __m512d, 8, [0], _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd,
    _mm512_add_pd, _mm512_sub_pd, _mm512_mul_pd, _mm512_div_pd, _mm512_max_pd, _mm512_castpd_si512,
    _mm512_castsi512_pd, _mm512_add_epi64, _mm512_sub_epi64, _mm512_slli_epi64, _mm512_srli_epi64,
    sum: |r| quarter_sum(_mm256_add_pd(_mm512_castpd512_pd256(r[0]), _mm512_extractf64x4_pd::<1>(r[0]))),
    largest: |r| quarter_largest(_mm256_max_pd(_mm512_castpd512_pd256(r[0]), _mm512_extractf64x4_pd::<1>(r[0]))),
    or: |a, b| _mm512_castsi512_pd(_mm512_or_si512(_mm512_castpd_si512(a), _mm512_castpd_si512(b))),
    select: |a, b, yes, no| _mm512_mask_blend_pd(_mm512_cmp_pd_mask::<_CMP_LT_OQ>(a, b), no, yes)
);
