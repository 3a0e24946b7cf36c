//! Casts and roundings against exhaustive tables of the narrow formats.

use gradus::array::{Format, round_f32_to, round_f64_to};
use gradus::{Array, DType};
use proptest::prelude::*;

/// Every non-negative finite number of a narrow format, from its definition: sign, exponent and mantissa fields.
fn numbers(format: Format) -> Vec<f64> {
    let mantissa_bits = format.precision() - 1;
    let bias_min = format.min_exponent();
    let mut out = vec![];
    for exponent in 0.. {
        for mantissa in 0..1i64 << mantissa_bits {
            let significand = if exponent == 0 { mantissa } else { mantissa + (1 << mantissa_bits) };
            let scale = (bias_min + (exponent - 1).max(0) - mantissa_bits) as f64;
            let x = significand as f64 * scale.exp2();
            if x > format.max() {
                return out;
            }
            out.push(x);
        }
    }
    out
}

/// The nearest number by definition: the two neighbours in the table, ties to the even entry.
fn nearest(table: &[f64], x: f64, format: Format) -> f64 {
    let k = table.partition_point(|&t| t <= x) - 1;
    let low = table[k];
    let next = match table.get(k + 1) {
        Some(&next) => next,
        None => low + (low - table[k - 1]),
    };
    let (down, up) = (x - low, next - x);
    let rounds_up = down > up || (down == up && !k.is_multiple_of(2));
    match (rounds_up, k + 1 == table.len()) {
        (false, _) => low,
        (true, false) => next,
        (true, true) => {
            if format == Format::F8E4M3 {
                f64::NAN
            } else {
                f64::INFINITY
            }
        }
    }
}

#[test]
fn narrow_formats_round_to_the_nearest_entry_of_their_table() {
    for format in [Format::F8E4M3, Format::F8E5M2, Format::F16, Format::BF16] {
        let table = numbers(format);
        assert_eq!(table.last(), Some(&format.max()), "{format}");
        assert_eq!(table[1], format.min_subnormal(), "{format}");
        assert!(table.contains(&format.min_normal()));
        let one = table.iter().position(|&t| t == 1.0).unwrap();
        assert_eq!(table[one + 1] - 1.0, format.eps(), "{format}");
        for k in 0..table.len() {
            let low = table[k];
            let gap = table.get(k + 1).map_or_else(|| low - table[k - 1], |next| next - low);
            let middle = low + gap / 2.0;
            for x in [low, low + gap / 4.0, middle.next_down(), middle, middle.next_up(), low + gap * 0.75] {
                let want = nearest(&table, x, format);
                let got = round_f64_to(x, format);
                assert!(got == want || (got.is_nan() && want.is_nan()), "{format}: {x:e} gave {got:e}, not {want:e}");
                assert_eq!(round_f64_to(-x, format).to_bits() << 1, got.to_bits() << 1, "{format}: -{x:e}");
                assert!(round_f64_to(-x, format).is_sign_negative() || got.is_nan());
                let single = x as f32;
                if f64::from(single) == x {
                    let got32 = f64::from(round_f32_to(single, format));
                    assert!(got32 == want || (got32.is_nan() && want.is_nan()), "{format} from f32: {x:e}");
                }
            }
        }
    }
}

#[test]
fn non_finite_values_round_as_their_format_can() {
    for format in Format::ALL {
        assert!(round_f64_to(f64::NAN, format).is_nan());
        assert!(round_f32_to(f32::NAN, format).is_nan());
        let infinite = round_f64_to(f64::NEG_INFINITY, format);
        if format == Format::F8E4M3 {
            assert!(infinite.is_nan())
        } else {
            assert_eq!(infinite, f64::NEG_INFINITY)
        }
        assert_eq!(round_f64_to(f64::MAX, format).is_finite(), format == Format::F64);
        assert_eq!(round_f64_to(5e-324, format) == 0.0, format != Format::F64);
        assert_eq!(round_f64_to(format.max(), format), format.max());
        assert_eq!(round_f64_to(format.min_subnormal(), format), format.min_subnormal());
    }
    assert_eq!(round_f32_to(f32::INFINITY, Format::BF16), f32::INFINITY);
    assert_eq!(round_f32_to(f32::MAX, Format::BF16), f32::INFINITY);
    assert_eq!(Format::F16.max(), 65504.0);
    assert_eq!(Format::F8E5M2.max(), 57344.0);
    assert_eq!((Format::BF16.max(), Format::BF16.eps()), (3.3895313892515355e38, 0.0078125));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rounding_is_idempotent_and_monotone(a in any::<f64>(), b in any::<f64>()) {
        for format in Format::ALL {
            let once = round_f64_to(a, format);
            prop_assert!(once == round_f64_to(once, format) || once.is_nan());
            let (low, high) = if a <= b { (a, b) } else { (b, a) };
            let (low, high) = (round_f64_to(low, format), round_f64_to(high, format));
            prop_assert!(low <= high || low.is_nan() || high.is_nan());
        }
    }

    #[test]
    fn integers_round_once(i in any::<i64>()) {
        let cast = |to| Array::from(i).cast(to).unwrap().item().unwrap();
        prop_assert_eq!(cast(DType::F32), f64::from(i as f32));
        prop_assert_eq!(cast(DType::F64), i as f64);
        // f32 has room for the sticky bit of bf16: rounding the f32 towards odd first is exact.
        let distance = (cast(DType::BF16) as i128 - i128::from(i)).abs();
        let ulp = if i == 0 { 0 } else { (1i128 << (127 - i128::from(i).abs().leading_zeros())) >> 7 };
        prop_assert!(distance * 2 <= ulp.max(1), "{i} became {} with ulp {ulp}", cast(DType::BF16));
    }
}

#[test]
fn a_second_rounding_never_happens() {
    // Just above the middle between two f32, but rounded to f64 first it would be the middle and go to even.
    let i = (1i64 << 62) + (1 << 38) + 1;
    assert_eq!(Array::from(i).cast(DType::F32).unwrap().item().unwrap(), f64::from(i as f32));
    // Just above the middle between two bf16; as an f32 it would be the middle.
    let x = 1.0 + 2f64.powi(-8) + 2f64.powi(-40);
    assert_eq!(Array::from(x).cast(DType::BF16).unwrap().item().unwrap(), 1.0 + 2f64.powi(-7));
}

#[test]
fn every_dtype_casts_to_every_other() {
    for from in DType::ALL {
        for to in DType::ALL {
            let x = Array::from([0, 1]).cast(from).unwrap();
            let y = x.cast(to).unwrap();
            assert_eq!((y.dtype(), y.buffer().storage()), (to, to.storage()));
            assert_eq!(y.to_f64(), [0.0, 1.0]);
            assert_eq!(x.transpose().slice(0, None, None, -1).unwrap().cast(to).unwrap().to_f64(), [1.0, 0.0]);
        }
    }
}

#[test]
fn casts_without_a_counterpart_are_errors() {
    let message = |x: Array, to| x.cast(to).unwrap_err().to_string();
    assert_eq!(message(Array::from([1.0, f64::NAN]), DType::I64), "cast: NaN at index (1,) has no i64 value");
    assert_eq!(message(Array::from([[f64::INFINITY]]), DType::I64), "cast: inf at index (0, 0) has no i64 value");
    assert_eq!(
        message(Array::from(9223372036854775808.0), DType::I64),
        "cast: 9223372036854776000 at the only element has no i64 value"
    );
    assert_eq!(Array::from(-9223372036854775808.0).cast(DType::I64).unwrap().to_vec::<i64>().unwrap(), [i64::MIN]);
    let z = Array::from_vec(vec![[1.0, 0.0], [2.0, -3.0]], &[2]).unwrap();
    let text = message(z.clone(), DType::F64);
    assert!(text.contains("2-3j at index (1,)") && text.contains("real(x)"), "{text}");
    assert_eq!(z.cast(DType::Bool).unwrap().to_vec::<bool>().unwrap(), [true, true]);
    let thirds = Array::from_vec(vec![[1.0 / 3.0, -1.0 / 3.0]], &[1]).unwrap().cast(DType::C64).unwrap();
    assert_eq!(thirds.to_vec::<[f64; 2]>().unwrap(), [[f64::from(1f32 / 3.0), f64::from(-1f32 / 3.0)]]);
}
