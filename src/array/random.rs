//! Random bits from a counter: Philox4x32-10, and fillers for uniform and normal numbers.
//!
//! Element i of a stream depends on the key and on i alone, so pieces can be filled in any order by any number of
//! threads: two f64 or four f32 come from one counter.

use super::math::{dispatch, trig};

const MULTIPLIERS: [u64; 2] = [0xd251_1f53, 0xcd9e_8d57];
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
/// Counters worked on together, so that the rounds run in vector registers.
const LANES: usize = 16;

/// The four words that Philox4x32-10 makes of a counter under a key.
pub fn philox(key: [u32; 2], counter: [u32; 4]) -> [u32; 4] {
    let mut c = counter.map(|w| [w]);
    rounds(key, &mut c);
    c.map(|w| w[0])
}

/// Ten rounds on N counters at once, word by word.
#[inline(always)]
fn rounds<const N: usize>(mut key: [u32; 2], c: &mut [[u32; N]; 4]) {
    for _ in 0..10 {
        for i in 0..N {
            let p = MULTIPLIERS[0] * u64::from(c[0][i]);
            let q = MULTIPLIERS[1] * u64::from(c[2][i]);
            c[0][i] = (q >> 32) as u32 ^ c[1][i] ^ key[0];
            c[2][i] = (p >> 32) as u32 ^ c[3][i] ^ key[1];
            c[1][i] = q as u32;
            c[3][i] = p as u32;
        }
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
}

/// The words of the counters first, first + 1, …: out[w][i] is word w of counter first + i.
#[inline(always)]
fn block(key: u64, first: u64) -> [[u32; LANES]; 4] {
    let mut c = [[0u32; LANES]; 4];
    for i in 0..LANES {
        let n = first.wrapping_add(i as u64);
        c[0][i] = n as u32;
        c[1][i] = (n >> 32) as u32;
    }
    rounds([key as u32, (key >> 32) as u32], &mut c);
    c
}

/// Fills `out` with the elements start, start + 1, … of a stream of `per` elements a counter.
#[inline(always)]
fn fill<T: Copy, const PER: usize, const B: usize>(
    key: u64,
    start: u64,
    out: &mut [T],
    zero: T,
    make: impl Fn(&[[u32; LANES]; 4], &mut [T; B]),
) {
    let per = PER as u64;
    let mut buffer = [zero; B];
    let mut skip = (start % per) as usize;
    let mut counter = start / per;
    let mut rest = out;
    while !rest.is_empty() {
        make(&block(key, counter), &mut buffer);
        let n = (B - skip).min(rest.len());
        let (now, later) = rest.split_at_mut(n);
        now.copy_from_slice(&buffer[skip..skip + n]);
        rest = later;
        skip = 0;
        counter = counter.wrapping_add(LANES as u64);
    }
}

/// The upper 53 bits of two words, as a number in [0, 1).
#[inline(always)]
fn unit64(hi: u32, lo: u32) -> f64 {
    // 2^52 + the upper 52 bits is exact, and so is the last bit added at half the weight.
    let bits = (u64::from(hi) << 32) | u64::from(lo);
    let top = f64::from_bits((bits >> 12) | 0x3ff0_0000_0000_0000) - 1.0;
    top + f64::from_bits(((bits >> 11) & 1) * 0x3ca0_0000_0000_0000)
}

/// The upper 24 bits of a word, as a number in [0, 1).
#[inline(always)]
fn unit32(word: u32) -> f32 {
    (word >> 8) as i32 as f32 * 5.960_464_5e-8
}

#[inline(always)]
fn uniform64(c: &[[u32; LANES]; 4], out: &mut [f64; 2 * LANES]) {
    for i in 0..LANES {
        out[2 * i] = unit64(c[0][i], c[1][i]);
        out[2 * i + 1] = unit64(c[2][i], c[3][i]);
    }
}

#[inline(always)]
fn uniform32(c: &[[u32; LANES]; 4], out: &mut [f32; 4 * LANES]) {
    for i in 0..LANES {
        for w in 0..4 {
            out[4 * i + w] = unit32(c[w][i]);
        }
    }
}

/// The elements start, start + 1, … of the stream of `key`: uniform on [0, 1), multiples of 2^-53.
pub fn fill_uniform_f64(key: u64, start: u64, out: &mut [f64]) {
    dispatch::dispatch!((key: u64, start: u64, out: &mut [f64]), {
        fill::<f64, 2, { 2 * LANES }>(key, start, out, 0.0, uniform64)
    })
}

/// The elements start, start + 1, … of the stream of `key`: uniform on [0, 1), multiples of 2^-24.
pub fn fill_uniform_f32(key: u64, start: u64, out: &mut [f32]) {
    dispatch::dispatch!((key: u64, start: u64, out: &mut [f32]), {
        fill::<f32, 4, { 4 * LANES }>(key, start, out, 0.0, uniform32)
    })
}

#[inline(always)]
fn normal64(c: &[[u32; LANES]; 4], out: &mut [f64; 2 * LANES]) {
    for i in 0..LANES {
        let (a, b) = trig::box_muller(unit64(c[0][i], c[1][i]), unit64(c[2][i], c[3][i]));
        out[2 * i] = a;
        out[2 * i + 1] = b;
    }
}

/// A word as a number in [0, 1) with all its 32 bits.
#[inline(always)]
fn unit_of_word(word: u32) -> f64 {
    f64::from(word as i32) * 2.3283064365386963e-10 + 0.5
}

#[inline(always)]
fn normal32(c: &[[u32; LANES]; 4], out: &mut [f32; 4 * LANES]) {
    for i in 0..LANES {
        let (a, b) = trig::box_muller(unit_of_word(c[0][i]), unit_of_word(c[1][i]));
        let (d, e) = trig::box_muller(unit_of_word(c[2][i]), unit_of_word(c[3][i]));
        out[4 * i] = a as f32;
        out[4 * i + 1] = b as f32;
        out[4 * i + 2] = d as f32;
        out[4 * i + 3] = e as f32;
    }
}

/// The elements start, start + 1, … of the stream of `key`: standard normal, by Box and Muller's pairs
/// √(-2 log(1 - u))·(cos 2πv, sin 2πv).
pub fn fill_normal_f64(key: u64, start: u64, out: &mut [f64]) {
    dispatch::dispatch!((key: u64, start: u64, out: &mut [f64]), {
        fill::<f64, 2, { 2 * LANES }>(key, start, out, 0.0, normal64)
    })
}

/// The elements start, start + 1, … of the stream of `key`: standard normal in f32, from 32 bits each.
pub fn fill_normal_f32(key: u64, start: u64, out: &mut [f32]) {
    dispatch::dispatch!((key: u64, start: u64, out: &mut [f32]), {
        fill::<f32, 4, { 4 * LANES }>(key, start, out, 0.0, normal32)
    })
}
