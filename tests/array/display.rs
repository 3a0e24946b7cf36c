//! What arrays print, against what NumPy printed (tests/reference/display.py).

use gradus::{Array, DType};
use serde_json::Value;

/// Reads Python's `float.hex`, which is exact.
fn hex(text: &str) -> f64 {
    match text {
        "nan" => return f64::NAN,
        "inf" => return f64::INFINITY,
        "-inf" => return f64::NEG_INFINITY,
        _ => {}
    }
    let (sign, rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let (mantissa, exponent) = rest.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = u64::from_str_radix(&format!("{whole}{fraction}"), 16).unwrap() as f64;
    let exponent: i32 = exponent.parse().unwrap();
    let last = exponent - 4 * fraction.len() as i32;
    // Two steps, so that the scale of a subnormal does not underflow before it is applied.
    sign * digits * 2f64.powi(last / 2) * 2f64.powi(last - last / 2)
}

fn array(case: &Value) -> Array {
    let list = case["elements"].as_array().unwrap();
    let shape: Vec<usize> = case["shape"].as_array().unwrap().iter().map(|d| d.as_u64().unwrap() as usize).collect();
    let float = |v: &Value| hex(v.as_str().unwrap());
    let dtype = DType::from_name(case["dtype"].as_str().unwrap()).unwrap();
    match dtype {
        DType::Bool => Array::from_vec(list.iter().map(|v| v.as_bool().unwrap()).collect(), &shape),
        DType::I64 => Array::from_vec(list.iter().map(|v| v.as_i64().unwrap()).collect(), &shape),
        DType::C64 | DType::C128 => {
            Array::from_vec(list.iter().map(|v| [float(&v[0]), float(&v[1])]).collect(), &shape)
        }
        _ => Array::from_vec(list.iter().map(float).collect(), &shape),
    }
    .and_then(|a| a.cast(dtype))
    .unwrap()
}

#[test]
fn prints_what_numpy_prints() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../reference/display.json")).unwrap();
    assert!(cases.len() >= 60);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let (got, want) = (array(case).to_string(), case["text"].as_str().unwrap());
            (got != want).then(|| format!("{} {}\nwant {want}\ngot  {got}", case["dtype"], case["shape"]))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

#[test]
fn views_print_as_their_copies() {
    let x = Array::arange(0.0, 2400.0, 1.0, DType::F64).unwrap().reshape(&[40, 60]).unwrap();
    for view in [x.transpose(), x.slice(1, None, None, -2).unwrap(), x.slice(0, Some(3), Some(5), 1).unwrap()] {
        assert_eq!(view.to_string(), view.to_contiguous().to_string());
    }
}

#[test]
fn arrays_too_large_to_list_are_described() {
    let one = Array::from(1.0);
    assert_eq!(one.broadcast_to(&[1 << 50]).unwrap().to_string(), "[1. 1. 1. ... 1. 1. 1.]");
    assert_eq!(
        one.broadcast_to(&[6; 20]).unwrap().to_string(),
        format!("<f64 array of shape ({})>", ["6"; 20].join(", "))
    );
    assert!(one.reshape(&vec![1; 100_000]).unwrap().to_string().starts_with("<f64 array of shape (1, 1"));
}

#[test]
fn bfloat16_prints_its_own_shortest_digits() {
    let x = Array::from([0.1, 1.0 / 3.0]).cast(DType::BF16).unwrap();
    assert_eq!(x.to_string(), "[0.1   0.334]");
}
