//! Slice kernels and scalar functions from one table, with a choice of instruction set at run time.

use std::sync::atomic::{AtomicU8, Ordering};

const UNKNOWN: u8 = 0;
const PLAIN: u8 = 1;
const WIDE: u8 = 2;
static MODE: AtomicU8 = AtomicU8::new(UNKNOWN);

/// Runs the loops without vector instructions from here on, or with them where the processor has them.
///
/// The results are the same bits either way; a test says so.
pub fn set_plain(plain: bool) {
    MODE.store(if plain { PLAIN } else { UNKNOWN }, Ordering::Relaxed);
}

/// Whether the processor has AVX2 and FMA.
#[inline(always)]
pub(in crate::array) fn wide() -> bool {
    match MODE.load(Ordering::Relaxed) {
        UNKNOWN => detect(),
        mode => mode == WIDE,
    }
}

#[cold]
fn detect() -> bool {
    #[cfg(target_arch = "x86_64")]
    let wide = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    let wide = false;
    MODE.store(if wide { WIDE } else { PLAIN }, Ordering::Relaxed);
    wide
}

/// A function of the table in f64 or f32: `both` is generic, `narrow` computes f32 in f64 and rounds once.
macro_rules! call {
    (f64, both $f:path, $($x:expr),*) => { $f($($x),*) };
    (f32, both $f:path, $($x:expr),*) => { $f($($x),*) };
    (f64, narrow $f:path, $($x:expr),*) => { $f($($x),*) };
    (f32, narrow $f:path, $($x:expr),*) => { $f($(f64::from($x)),*) as f32 };
}

/// The body of a function that runs the same code compiled for the widest vectors the processor has.
macro_rules! dispatch {
    (($($x:ident: $t:ty),*) $(-> $r:ty)?, $body:block) => {{
        #[inline(always)]
        fn body($($x: $t),*) $(-> $r)? $body
        #[cfg(target_arch = "x86_64")]
        if dispatch::wide() {
            #[target_feature(enable = "avx2,fma")]
            fn vector($($x: $t),*) $(-> $r)? { body($($x),*) }
            // SAFETY: `wide` has found both features on this processor.
            return unsafe { vector($($x),*) };
        }
        body($($x),*)
    }};
}

macro_rules! kernels {
    (
        unary { $($(#[$u:meta])* $un:ident $u64:ident $u32:ident = $uk:ident $uf:path;)* }
        guarded { $($(#[$g:meta])* $gn:ident $g64:ident $g32:ident = $gf:path, $gq:path, $gl:ident;)* }
        circular { $($(#[$c:meta])* $cn:ident $c64:ident $c32:ident = $cf:ident;)* }
        binary { $($(#[$b:meta])* $bn:ident $b64:ident $b32:ident = $bk:ident $bf:path;)* }
    ) => {
        $(
            dispatch::unary!($(#[$u])* $u64, f64, $uk $uf);
            dispatch::unary!($(#[$u])* $u32, f32, $uk $uf);
        )*
        $(
            dispatch::guarded!($(#[$g])* $g64, f64, $gf, $gq, $gl);
            dispatch::guarded!($(#[$g])* $g32, f32, $gf, $gq, $gl);
        )*
        $(
            dispatch::circular!($(#[$c])* $c64, f64, trig::$cf, scalar64::$cn);
            dispatch::circular!($(#[$c])* $c32, f32, trig::$cf, scalar32::$cn);
        )*
        $(
            dispatch::binary!($(#[$b])* $b64, f64, $bk $bf);
            dispatch::binary!($(#[$b])* $b32, f32, $bk $bf);
        )*

        /// The functions on one f64, with the bits of the slice kernels.
        pub mod scalar64 {
            use super::*;
            $($(#[$u])* pub fn $un(x: f64) -> f64 {
                dispatch::dispatch!((x: f64) -> f64, { dispatch::call!(f64, $uk $uf, x) })
            })*
            $($(#[$g])* pub fn $gn(x: f64) -> f64 {
                dispatch::dispatch!((x: f64) -> f64, { $gf(x) })
            })*
            $($(#[$c])* pub fn $cn(x: f64) -> f64 {
                dispatch::dispatch!((x: f64) -> f64, { trig::$cn(x) })
            })*
            $($(#[$b])* pub fn $bn(a: f64, b: f64) -> f64 {
                dispatch::dispatch!((a: f64, b: f64) -> f64, { dispatch::call!(f64, $bk $bf, a, b) })
            })*
        }

        /// The functions on one f32, with the bits of the slice kernels.
        pub mod scalar32 {
            use super::*;
            $($(#[$u])* pub fn $un(x: f32) -> f32 {
                dispatch::dispatch!((x: f32) -> f32, { dispatch::call!(f32, $uk $uf, x) })
            })*
            $($(#[$g])* pub fn $gn(x: f32) -> f32 {
                dispatch::dispatch!((x: f32) -> f32, { $gf(x) })
            })*
            $($(#[$c])* pub fn $cn(x: f32) -> f32 {
                dispatch::dispatch!((x: f32) -> f32, { trig::$cn(f64::from(x)) as f32 })
            })*
            $($(#[$b])* pub fn $bn(a: f32, b: f32) -> f32 {
                dispatch::dispatch!((a: f32, b: f32) -> f32, { dispatch::call!(f32, $bk $bf, a, b) })
            })*
        }
    };
}

macro_rules! unary {
    ($(#[$doc:meta])* $name:ident, $t:ident, $kind:ident $f:path) => {
        $(#[$doc])*
        pub fn $name(x: &[$t], out: &mut [$t]) {
            dispatch::dispatch!((x: &[$t], out: &mut [$t]), {
                for (o, &v) in out.iter_mut().zip(x) {
                    *o = dispatch::call!($t, $kind $f, v);
                }
            })
        }
    };
}

/// A function with a quicker form of the same bits up to ± a limit: the quick loop, and everything again where an element
/// lies beyond.
macro_rules! guarded {
    ($(#[$doc:meta])* $name:ident, $t:ident, $full:path, $quick:path, $limit:ident) => {
        $(#[$doc])*
        pub fn $name(x: &[$t], out: &mut [$t]) {
            dispatch::dispatch!((x: &[$t], out: &mut [$t]), {
                let limit = <$t as float::Float>::$limit.to_bits();
                let mut beyond = 0;
                for (o, &v) in out.iter_mut().zip(x) {
                    *o = $quick(v);
                    // Magnitudes are ordered as their bits, NaN last: a difference below 0 sets the first bit.
                    beyond |= limit.wrapping_sub(v.abs().to_bits());
                }
                if beyond.leading_zeros() == 0 {
                    for (o, &v) in out.iter_mut().zip(x) {
                        *o = $full(v);
                    }
                }
            })
        }
    };
}

/// A circular function: the fast loop over everything, then the few huge arguments again.
macro_rules! circular {
    ($(#[$doc:meta])* $name:ident, $t:ident, $fast:path, $full:path) => {
        $(#[$doc])*
        pub fn $name(x: &[$t], out: &mut [$t]) {
            dispatch::dispatch!((x: &[$t], out: &mut [$t]), {
                let mut all = true;
                for (o, &v) in out.iter_mut().zip(x) {
                    *o = $fast(f64::from(v)) as $t;
                    all &= f64::from(v).abs() <= trig::FAST_LIMIT;
                }
                if !all {
                    for (o, &v) in out.iter_mut().zip(x) {
                        if !(f64::from(v).abs() <= trig::FAST_LIMIT) {
                            *o = $full(v);
                        }
                    }
                }
            })
        }
    };
}

macro_rules! binary {
    ($(#[$doc:meta])* $name:ident, $t:ident, $kind:ident $f:path) => {
        $(#[$doc])*
        pub fn $name(a: &[$t], b: &[$t], out: &mut [$t]) {
            dispatch::dispatch!((a: &[$t], b: &[$t], out: &mut [$t]), {
                for ((o, &v), &w) in out.iter_mut().zip(a).zip(b) {
                    *o = dispatch::call!($t, $kind $f, v, w);
                }
            })
        }
    };
}

pub(in crate::array) use dispatch;
pub(super) use {binary, call, circular, guarded, kernels, unary};
