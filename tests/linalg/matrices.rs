//! Pathological matrices, from their formulas.

use gradus::{Array, Tensor};

/// A named matrix, row-major.
pub struct Named {
    pub name: String,
    pub rows: usize,
    pub columns: usize,
    pub data: Vec<f64>,
}

impl Named {
    fn new(name: &str, rows: usize, columns: usize, f: impl Fn(usize, usize) -> f64) -> Named {
        let data = (0..rows * columns).map(|t| f(t / columns, t % columns)).collect();
        Named { name: name.into(), rows, columns, data }
    }

    pub fn tensor(&self) -> Tensor {
        Tensor::from(Array::from_vec(self.data.clone(), &[self.rows, self.columns]).unwrap())
    }
}

/// A matrix without structure, from a recurrence, entries in [-1, 1].
pub fn random(rows: usize, columns: usize, seed: u64) -> Named {
    let mut state = seed.wrapping_mul(2654435761).wrapping_add(99991);
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    let data = (0..rows * columns).map(|_| next()).collect();
    Named { name: format!("random {rows}x{columns}"), rows, columns, data }
}

/// All of them.
pub fn all() -> Vec<Named> {
    let n = 12;
    let (c, s) = (0.3f64.cos(), 0.3f64.sin());
    let sign = |i: usize, j: usize| if i > j { -1.0 } else { f64::from(i == j) };
    let base = random(10, 10, 3);
    let product = |i: usize, j: usize| ((i + 1) * (j + 1)) as f64;
    vec![
        Named::new("Hilbert", n, n, |i, j| 1.0 / (i + j + 1) as f64),
        Named::new("Frank", n, n, |i, j| if j + 1 >= i { (n - i.max(j)) as f64 } else { 0.0 }),
        Named::new("Kahan", 20, 20, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Greater => 0.0,
            std::cmp::Ordering::Equal => s.powi(i as i32),
            std::cmp::Ordering::Less => -c * s.powi(i as i32),
        }),
        Named::new("Wilkinson growth", 60, 60, |i, j| if j == 59 { 1.0 } else { sign(i, j) }),
        Named::new("Vandermonde", n, n, |i, j| (1.0 + i as f64 / 11.0).powi(j as i32)),
        Named::new("Grcar", n, n, |i, j| if i == j + 1 { -1.0 } else { f64::from(j >= i && j <= i + 3) }),
        Named::new("Lauchli", 7, 6, |i, j| {
            if i == 0 {
                1.0
            } else if i == j + 1 {
                1e-9
            } else {
                0.0
            }
        }),
        Named::new("graded", 10, 10, |i, j| base.data[i * 10 + j] * 10f64.powi(-((i + j) as i32))),
        Named::new("near underflow", 6, 6, |i, j| base.data[i * 10 + j] * 1e-300),
        Named::new("near overflow", 6, 6, |i, j| base.data[i * 10 + j] * 1e300),
        Named::new("rank one", 8, 5, product),
        Named::new("rank two", 6, 9, |i, j| product(i, j) + f64::from(i as u32) - f64::from(j as u32)),
        Named::new("all ones", 3, 5, |_, _| 1.0),
        Named::new("zero", 4, 3, |_, _| 0.0),
        Named::new("Lehmer", n, n, |i, j| (i.min(j) + 1) as f64 / (i.max(j) + 1) as f64),
        Named::new("Pascal", 10, 10, |i, j| (1..=j).fold(1.0, |p, k| p * (i + k) as f64 / k as f64)),
        Named::new("Moler", n, n, |i, j| if i == j { (i + 1) as f64 } else { i.min(j) as f64 - 1.0 }),
        Named::new("second difference", 30, 30, |i, j| match i.abs_diff(j) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        }),
        Named::new("Clement", n, n, |i, j| {
            if i.abs_diff(j) == 1 { (i.max(j) as f64 * (n - i.max(j)) as f64).sqrt() } else { 0.0 }
        }),
        Named::new("Jordan block", 9, 9, |i, j| if i == j { 0.5 } else { f64::from(j == i + 1) }),
        Named::new("orthogonal", 16, 16, |i, j| if (i & j).count_ones() % 2 == 0 { 0.25 } else { -0.25 }),
        Named::new("one by one", 1, 1, |_, _| -3.0),
        Named::new("tall", 40, 3, |i, j| ((i * 7 + j * 13) as f64).sin()),
        random(25, 25, 1),
        random(9, 30, 2),
        random(70, 70, 5),
    ]
}
