//! Fractions: reading, order, rounding on the way back, logarithms beyond f64.

use gradus::array::Rational;

fn read(t: &str) -> Rational {
    t.parse().unwrap()
}

#[test]
fn fractions_are_read_and_kept_in_lowest_terms() {
    for (text, want) in [("2/4", "1/2"), ("-0.25", "-1/4"), ("2.5e-1/5", "1/20"), ("1e3", "1000"), (" 3 ", "3")] {
        assert_eq!(read(text).to_string(), want, "{text}");
    }
    for text in ["", ".", "1/0", "a", "1//2", "--1", "1e99999999", "0x1", "1e", "inf"] {
        assert!(text.parse::<Rational>().is_err(), "{text}");
    }
}

#[test]
fn numbers_come_as_stored_or_as_printed() {
    assert_eq!(Rational::decimal(0.1).unwrap(), read("1/10"));
    assert_ne!(Rational::exactly(0.1).unwrap(), read("1/10"));
    assert_eq!(Rational::exactly(0.1).unwrap().to_f64(), 0.1);
    assert_eq!(Rational::exactly(5e-324).unwrap().to_f64(), 5e-324);
    assert!(Rational::exactly(f64::NAN).is_none() && Rational::decimal(f64::INFINITY).is_none());
}

#[test]
fn logarithms_reach_beyond_f64() {
    let tiny = read("3e-1000");
    assert_eq!(tiny.to_f64(), 0.0);
    let want = 3f64.ln() - 1000.0 * 10f64.ln();
    assert!((tiny.ln() - want).abs() < 1e-12 * want.abs());
    assert_eq!((read("0").ln(), read("1").ln()), (f64::NEG_INFINITY, 0.0));
}

#[test]
fn order_is_that_of_the_numbers() {
    assert!(read("1/3") < read("0.34") && read("-1/2") < read("0") && read("2/6") == read("1/3"));
}
