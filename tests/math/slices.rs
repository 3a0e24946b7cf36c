//! Slices of any length give the bits of scalars, with and without vector instructions.

use gradus::array::math;
use gradus::array::random;
use std::sync::Mutex;

use super::{Function, bounds, exact_functions};

/// Only one test at a time may choose the loops.
pub static CHOICE: Mutex<()> = Mutex::new(());

/// Numbers of every kind: all signs, sizes and edges.
fn mixed(n: usize, seed: u64) -> Vec<f64> {
    let edges =
        [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, 1e308, -1e-310, 0.5, 2.5, -7.0];
    (0..n)
        .map(|i| {
            let w = random::philox([seed as u32, 7], [i as u32, 0, 0, 0]);
            let u = f64::from(w[0]) / 4294967296.0;
            match w[1] % 8 {
                0 => edges[w[2] as usize % edges.len()],
                1 => f64::from_bits((u64::from(w[2]) << 32) | u64::from(w[3])),
                2 => (u - 0.5) * 1500.0,
                3 => u,
                4 => -u,
                5 => (u - 0.5) * 40.0,
                6 => (w[2] % 30) as f64 - 10.0,
                _ => (u - 0.5) * 4.0,
            }
        })
        .collect()
}

#[test]
fn slices_equal_scalars_bit_for_bit_on_both_paths() {
    let _choice = CHOICE.lock();
    let same64 = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    let same32 = |a: f32, b: f32| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    let (a, b) = (mixed(3000, 1), mixed(3000, 2));
    let (a32, b32): (Vec<f32>, Vec<f32>) =
        (a.iter().map(|x| *x as f32).collect(), b.iter().map(|x| *x as f32).collect());
    for bound in bounds().into_iter().chain(exact_functions()) {
        let mut wide = vec![0.0; a.len()];
        let mut narrow = vec![0.0f32; a.len()];
        let run = |n: std::ops::Range<usize>, wide: &mut [f64], narrow: &mut [f32]| match &bound.f {
            Function::One(_, _, f, g) => {
                f(&a[n.clone()], wide);
                g(&a32[n], narrow);
            }
            Function::Two(_, _, f, g) => {
                f(&a[n.clone()], &b[n.clone()], wide);
                g(&a32[n.clone()], &b32[n], narrow);
            }
        };
        let one = |i: usize| match &bound.f {
            Function::One(f, g, ..) => (f(a[i]), g(a32[i])),
            Function::Two(f, g, ..) => (f(a[i], b[i]), g(a32[i], b32[i])),
        };
        run(0..a.len(), &mut wide, &mut narrow);
        let mut plain = vec![0.0; a.len()];
        let mut plain32 = vec![0.0f32; a.len()];
        math::set_plain(true);
        run(0..a.len(), &mut plain, &mut plain32);
        math::set_plain(false);
        for i in 0..a.len() {
            let (x, y) = one(i);
            assert!(
                same64(x, wide[i]),
                "{} {:?} {:?}: {:e} alone, {:e} in a slice",
                bound.name,
                a[i],
                b[i],
                x,
                wide[i]
            );
            assert!(
                same32(y, narrow[i]),
                "{} {:?} {:?}: {:e} alone, {:e} in a slice",
                bound.name,
                a32[i],
                b32[i],
                y,
                narrow[i]
            );
            assert!(same64(x, plain[i]), "{} {:?} {:?}: {:e}, {:e} plain", bound.name, a[i], b[i], x, plain[i]);
            assert!(same32(y, plain32[i]), "{} {:?} {:?}: {:e}, {:e} plain", bound.name, a32[i], b32[i], y, plain32[i]);
        }
        for n in 0..70 {
            let start = 40 * n;
            let mut w = vec![-1.0; n];
            let mut s = vec![-1.0f32; n];
            run(start..start + n, &mut w, &mut s);
            for i in 0..n {
                assert!(same64(w[i], wide[start + i]), "{} in a slice of {n}", bound.name);
                assert!(same32(s[i], narrow[start + i]), "{} in a slice of {n}", bound.name);
            }
        }
    }
}
