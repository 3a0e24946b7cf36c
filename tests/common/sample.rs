//! Points at which formulas are compared: boundary points, floats by ordinals, moderate numbers, nearly equal ones.

use super::units::Format;

/// A small generator of random numbers with a fixed seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678_9ABC_DEF1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Between 0 and 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }

    /// A float from all floats between, each as likely as another.
    pub fn ordinal(&mut self, format: Format, lo: f64, hi: f64) -> f64 {
        let (a, b) = (format.ordinal(lo), format.ordinal(hi));
        let span = (i128::from(b) - i128::from(a) + 1).max(1) as u128;
        format.of_ordinal((i128::from(a) + (u128::from(self.next()) % span) as i128) as i64)
    }

    /// A float of either sign between 1e-8 and 1e3 in magnitude.
    pub fn moderate(&mut self) -> f64 {
        let v = 10f64.powf(-8.0 + 11.0 * self.unit());
        if self.next() & 1 == 0 { v } else { -v }
    }
}

/// Where functions end, saturate, overflow or cancel.
pub const BOUNDARY: &[f64] = &[
    0.0,
    5e-324,
    1e-300,
    1e-160,
    1e-45,
    1e-20,
    1.5e-8,
    1e-4,
    0.1,
    0.5,
    0.999_999_9,
    1.0,
    1.000_000_1,
    1.5,
    2.0,
    3.0,
    10.0,
    17.3,
    37.1,
    88.6,
    103.9,
    300.3,
    709.7,
    745.1,
    1000.5,
    40_000.3,
    1e8,
    1e16,
    1e30,
    1e154,
    1e300,
    f64::MAX,
];

/// A number of the format.
fn fit(v: f64, format: Format) -> f64 {
    if format.bits == 24 { f64::from((v as f32).clamp(f32::MIN, f32::MAX)) } else { v.clamp(f64::MIN, f64::MAX) }
}

/// One coordinate.
fn coordinate(r: &mut Random, format: Format) -> f64 {
    let end = if format.bits == 24 { f64::from(f32::MAX) } else { f64::MAX };
    match r.below(8) {
        0 | 1 => {
            let v = BOUNDARY[r.below(BOUNDARY.len())];
            if r.next() & 1 == 0 { v } else { -v }
        }
        2 | 3 => r.ordinal(format, -end, end),
        4 => 10.0 * r.unit() - 5.0,
        _ => r.moderate(),
    }
}

/// `count` points of `lengths.len()` leaves, each a vector of its length.
pub fn points(r: &mut Random, format: Format, lengths: &[usize], count: usize) -> Vec<Vec<Vec<f64>>> {
    let mut out = vec![];
    if let [1] = lengths {
        for v in BOUNDARY.iter().flat_map(|v| [*v, -*v]) {
            out.push(vec![vec![fit(v, format)]]);
        }
    }
    for k in 0..count {
        let mut point: Vec<Vec<f64>> = vec![];
        let mut previous = coordinate(r, format);
        let near = k % 3 == 0;
        for &n in lengths {
            let mut v = vec![];
            for _ in 0..n {
                let x = if near { neighbour(r, previous) } else { coordinate(r, format) };
                let x = fit(x, format);
                if !near || r.below(4) == 0 {
                    previous = x;
                }
                v.push(x);
            }
            point.push(v);
        }
        out.push(point);
    }
    out
}

/// A number close to another: equal, a few units away, a small part away, or its negative.
fn neighbour(r: &mut Random, x: f64) -> f64 {
    match r.below(8) {
        0 => x,
        1 => x * (1.0 + f64::EPSILON * (1 + r.below(8)) as f64),
        2 => -x,
        3 => x * (1.0 + 1e-6 * (r.unit() - 0.5)),
        4 => x + r.unit() - 0.5,
        _ => x * (1.0 + 10f64.powf(-16.0 * r.unit()) * if r.next() & 1 == 0 { 1.0 } else { -1.0 }),
    }
}
