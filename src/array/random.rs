//! Random bits from a counter: Philox4x32-10, and fillers for uniform and normal numbers.
//!
//! Element i of a stream depends on the key and on i alone, so pieces can be filled in any order by any number of
//! threads: two f64 or four f32 come from one counter.

use super::math::{dispatch, trig};

const MULTIPLIERS: [u64; 2] = [0xd251_1f53, 0xcd9e_8d57];
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
/// Counters worked on together, so that the rounds run in vector registers.
const LANES: usize = 16;
const LOW: u64 = 0xffff_ffff;

/// The four words that Philox4x32-10 makes of a counter under a key.
pub fn philox(key: [u32; 2], counter: [u32; 4]) -> [u32; 4] {
    let mut c = counter.map(|w| [u64::from(w)]);
    rounds(key, &mut c);
    c.map(|w| w[0] as u32)
}

/// The words of N counters, word by word, each in the low half of 64 bits.
type Words<const N: usize> = [[u64; N]; 4];

/// Ten rounds on N counters at once; a 64-bit lane lets the products stay where they are.
#[inline(always)]
fn rounds<const N: usize>(mut key: [u32; 2], c: &mut Words<N>) {
    for _ in 0..10 {
        for i in 0..N {
            let p = MULTIPLIERS[0] * (c[0][i] & LOW);
            let q = MULTIPLIERS[1] * (c[2][i] & LOW);
            c[0][i] = (q >> 32) ^ c[1][i] ^ u64::from(key[0]);
            c[2][i] = (p >> 32) ^ c[3][i] ^ u64::from(key[1]);
            // What is above the low half is never looked at before the end.
            c[1][i] = q;
            c[3][i] = p;
        }
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    for word in c {
        for w in word {
            *w &= LOW;
        }
    }
}

/// The words of the counters first, first + 1, …: out[w][i] is word w of counter first + i.
#[inline(always)]
fn block(key: u64, first: u64) -> Words<LANES> {
    let mut c = [[0; LANES]; 4];
    for i in 0..LANES {
        let n = first.wrapping_add(i as u64);
        c[0][i] = n & LOW;
        c[1][i] = n >> 32;
    }
    rounds([key as u32, (key >> 32) as u32], &mut c);
    c
}

/// How the words of a block become its B elements. A trait and not a closure, for only `inline(always)` carries code
/// into a function with vector instructions.
trait Make<T, const B: usize> {
    fn make(c: &Words<LANES>, out: &mut [T; B]);
}

/// Fills `out` with the elements start, start + 1, … of a stream.
#[inline(always)]
fn fill<M: Make<T, B>, T: Copy + Default, const B: usize>(key: u64, start: u64, out: &mut [T]) {
    let per = (B / LANES) as u64;
    let mut buffer = [T::default(); B];
    let mut skip = (start % per) as usize;
    let mut counter = start / per;
    let mut rest = out;
    while !rest.is_empty() {
        M::make(&block(key, counter), &mut buffer);
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
fn unit64(hi: u64, lo: u64) -> f64 {
    // The upper 52 bits are exact below 2, and so is the last bit, added at half their unit.
    let bits = (hi << 32) | lo;
    let top = f64::from_bits((bits >> 12) | 0x3ff0_0000_0000_0000) - 1.0;
    top + f64::from_bits(0u64.wrapping_sub((bits >> 11) & 1) & 0x3ca0_0000_0000_0000)
}

/// A word's 32 bits as a number in [0, 1).
#[inline(always)]
fn unit_of_word(word: u64) -> f64 {
    (f64::from_bits(word | 0x4330_0000_0000_0000) - 4503599627370496.0) * 2.3283064365386963e-10
}

/// The upper 24 bits of a word, as a number in [0, 1).
#[inline(always)]
fn unit32(word: u64) -> f32 {
    (word as u32 >> 8) as i32 as f32 * 5.960_464_5e-8
}

/// Uniform on [0, 1).
struct Uniform;

/// Standard normal.
struct Normal;

impl Make<f64, { 2 * LANES }> for Uniform {
    #[inline(always)]
    fn make(c: &Words<LANES>, out: &mut [f64; 2 * LANES]) {
        for i in 0..LANES {
            out[2 * i] = unit64(c[0][i], c[1][i]);
            out[2 * i + 1] = unit64(c[2][i], c[3][i]);
        }
    }
}

impl Make<f32, { 4 * LANES }> for Uniform {
    #[inline(always)]
    fn make(c: &Words<LANES>, out: &mut [f32; 4 * LANES]) {
        for i in 0..LANES {
            for w in 0..4 {
                out[4 * i + w] = unit32(c[w][i]);
            }
        }
    }
}

/// Box and Muller's pairs of all lanes; numbers first, places later, so that the numbers vectorise.
#[inline(always)]
fn pairs(u: &[f64; LANES], v: &[f64; LANES]) -> ([f64; LANES], [f64; LANES]) {
    let (mut a, mut b) = ([0.0; LANES], [0.0; LANES]);
    for i in 0..LANES {
        (a[i], b[i]) = trig::box_muller(u[i], v[i]);
    }
    (a, b)
}

impl Make<f64, { 2 * LANES }> for Normal {
    #[inline(always)]
    fn make(c: &Words<LANES>, out: &mut [f64; 2 * LANES]) {
        let (mut u, mut v) = ([0.0; LANES], [0.0; LANES]);
        for i in 0..LANES {
            u[i] = unit64(c[0][i], c[1][i]);
            v[i] = unit64(c[2][i], c[3][i]);
        }
        let (a, b) = pairs(&u, &v);
        for i in 0..LANES {
            out[2 * i] = a[i];
            out[2 * i + 1] = b[i];
        }
    }
}

impl Make<f32, { 4 * LANES }> for Normal {
    #[inline(always)]
    fn make(c: &Words<LANES>, out: &mut [f32; 4 * LANES]) {
        for w in 0..2 {
            let (a, b) = pairs(&c[2 * w].map(unit_of_word), &c[2 * w + 1].map(unit_of_word));
            for i in 0..LANES {
                out[4 * i + 2 * w] = a[i] as f32;
                out[4 * i + 2 * w + 1] = b[i] as f32;
            }
        }
    }
}

/// The elements start, start + 1, … of the stream of `key`: uniform on [0, 1), multiples of 2^-53.
pub fn fill_uniform_f64(key: u64, start: u64, out: &mut [f64]) {
    dispatch::dispatch!((key: u64, start: u64, out: &mut [f64]), {
        fill::<Uniform, f64, { 2 * LANES }>(key, start, out)
    })
}

/// The elements start, start + 1, … of the stream of `key`: uniform on [0, 1), multiples of 2^-24.
pub fn fill_uniform_f32(key: u64, start: u64, out: &mut [f32]) {
    dispatch::dispatch!((key: u64, start: u64, out: &mut [f32]), {
        fill::<Uniform, f32, { 4 * LANES }>(key, start, out)
    })
}

/// The elements start, start + 1, … of the stream of `key`: standard normal, by Box and Muller's pairs
/// √(-2 log(1 - u))·(cos 2πv, sin 2πv).
pub fn fill_normal_f64(key: u64, start: u64, out: &mut [f64]) {
    dispatch::dispatch!((key: u64, start: u64, out: &mut [f64]), {
        fill::<Normal, f64, { 2 * LANES }>(key, start, out)
    })
}

/// The elements start, start + 1, … of the stream of `key`: standard normal in f32, from 32 bits each.
pub fn fill_normal_f32(key: u64, start: u64, out: &mut [f32]) {
    dispatch::dispatch!((key: u64, start: u64, out: &mut [f32]), {
        fill::<Normal, f32, { 4 * LANES }>(key, start, out)
    })
}
