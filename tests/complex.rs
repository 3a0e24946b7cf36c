//! Complex numbers: parts right to the last bit against mpmath, views, broadcasts, files, literals, and what is refused.

use gradus::formula::{Program, parse_json};
use gradus::{Array, DType, Error, Tensor, grad, jvp};

/// Lines of tests/reference/complex.csv: op, operands, results.
fn reference() -> Vec<(&'static str, Vec<f64>, Vec<f64>)> {
    let parse = |line: &'static str| {
        let mut fields = line.split(',');
        let mut field = || fields.next().unwrap();
        let op = field();
        let operands = field().split(' ').map(|h| f64::from_bits(u64::from_str_radix(h, 16).unwrap())).collect();
        (op, operands, field().split(' ').map(|d| d.parse().unwrap()).collect())
    };
    include_str!("reference/complex.csv").lines().map(parse).collect()
}

fn pairs(parts: &[f64]) -> Vec<[f64; 2]> {
    parts.as_chunks().0.to_vec()
}

fn scalar(parts: &[f64]) -> Tensor {
    Tensor::new(Array::scalar([parts[0], parts[1]]))
}

/// The parts of a value, of a real one the numbers.
fn parts(t: &Tensor) -> Vec<f64> {
    let a = t.eval().unwrap_or_else(|e| panic!("{t}: {e}"));
    if a.dtype().is_complex() { a.to_vec::<[f64; 2]>().unwrap().concat() } else { a.to_f64() }
}

/// Units in the last place between two numbers; 0 and −0 are equal.
fn ulps(a: f64, b: f64) -> u64 {
    let key = |x: f64| if x < 0.0 { -((x.to_bits() & !(1 << 63)) as i64) } else { x.to_bits() as i64 & i64::MAX };
    key(a).abs_diff(key(b))
}

#[test]
fn every_part_is_right_to_the_last_bit() {
    let mut seen = 0;
    for (op, x, want) in reference() {
        let (a, b) = (|| scalar(&x[..2]), || scalar(&x[2..]));
        let got = match op {
            "mul" => parts(&(a() * b())),
            "div" => parts(&(a() / b())),
            "square" => parts(&a().square()),
            "reciprocal" => parts(&a().reciprocal()),
            "abs" => parts(&a().abs()),
            _ => continue,
        };
        // A length is the correctly rounded hypot of the real functions, whose bound is 1.
        for (g, w) in got.iter().zip(&want) {
            assert!(ulps(*g, *w) <= 1, "{op} {x:?}: {g:e}, not {w:e}");
        }
        assert_eq!(got.len(), want.len());
        seen += 1;
    }
    assert!(seen > 2000, "{seen}");
}

#[test]
fn matrix_products_and_solutions_agree_with_mpmath() {
    for (op, x, want) in reference().into_iter().filter(|(op, ..)| op.contains(' ')) {
        let mut words = op.split(' ');
        let (name, sizes) = (words.next().unwrap(), words.map(|w| w.parse().unwrap()).collect::<Vec<usize>>());
        let [n, k, m] = sizes[..] else { panic!("{op}") };
        let (a, b) = x.split_at(2 * n * k);
        let matrix = |parts: &[f64], shape| Tensor::from(Array::from_vec(pairs(parts), shape));
        let (a, b) = (matrix(a, &[n, k]), matrix(b, &[k, m]));
        let y = if name == "matmul" { a.matmul(&b) } else { a.solve(&b) };
        assert_eq!(y.shape().unwrap(), [n, m]);
        let size = want.iter().fold(0.0f64, |s, v| s.max(v.abs()));
        for (g, w) in parts(&y).iter().zip(&want) {
            assert!((g - w).abs() <= 4e-15 * size, "{op}: {g}, not {w}");
        }
    }
}

#[test]
fn views_and_broadcasts_are_elementwise() {
    let a = Array::from_vec(vec![[1.0, 2.0], [0.5, -1.0], [3.0, 0.0], [-2.0, 1e200], [0.0, 1.0], [4.0, 4.0]], &[2, 3])
        .unwrap();
    let b = Array::from_vec(vec![[0.0, 1.0], [1e-200, 3.0]], &[2, 1]).unwrap();
    let (t, u) = (Tensor::new(a.transpose()), Tensor::new(b.transpose()));
    let at = |x: &Array, i: usize| Tensor::new(Array::scalar(x.to_vec::<[f64; 2]>().unwrap()[i]));
    let signs: [fn(&Tensor, &Tensor) -> Tensor; 4] = [|a, b| a + b, |a, b| a - b, |a, b| a * b, |a, b| a / b];
    for f in signs {
        let got = f(&t, &u).eval().unwrap();
        assert_eq!(got.shape(), [3, 2]);
        let each = (0..6).flat_map(|i| parts(&f(&at(&a, (i % 2) * 3 + i / 2), &at(&b, i % 2)))).collect::<Vec<_>>();
        assert_eq!(got.to_vec::<[f64; 2]>().unwrap().concat(), each);
    }
    assert_eq!(parts(&t.conj().imag()), [-2.0, -1e200, 1.0, -1.0, -0.0, -4.0]);
    assert_eq!(parts(&(-&t).real()), [-1.0, 2.0, -0.5, -0.0, -3.0, -4.0]);
    assert_eq!(parts(&t.slice(0, Some(0), Some(2), 1).sum(0)), [1.5, 1.0, -2.0, 1e200 + 1.0]);
}

#[test]
fn dtypes_meet_as_in_numpy() {
    let x32 = Tensor::new(Array::from([1.0f32, 2.0]));
    let x64 = Tensor::from([1.0, 2.0]);
    let i = Tensor::complex(0.0, 1.0);
    let dtype = |t: &Tensor| t.eval().unwrap().dtype();
    assert_eq!(dtype(&(&x32 * &i)), DType::C64);
    assert_eq!(dtype(&(&x64 * &i)), DType::C128);
    assert_eq!(dtype(&(Tensor::from([1i64]) * &i)), DType::C128);
    assert_eq!(dtype(&(&x32 * &i + &x64)), DType::C128);
    assert_eq!(dtype(&(&x32 * &i).abs()), DType::F32);
    assert_eq!(dtype(&(&x64 * &i).real()), DType::F64);
    // c64 is rounded once per operation: 1/3 in f32.
    let third = (&x32 * &i / 3.0).eval().unwrap().to_vec::<[f64; 2]>().unwrap();
    assert_eq!(third[0], [0.0, f64::from(1.0f32 / 3.0)]);
    let product = Tensor::new(Array::from([[0.1f32, 0.2], [0.3, 0.7]])) * &i;
    let square = product.matmul(&product).eval().unwrap();
    assert_eq!(square.dtype(), DType::C64);
    assert!(square.to_vec::<[f64; 2]>().unwrap().iter().all(|z| z[0] == f64::from(z[0] as f32)));
    assert_eq!(parts(&Tensor::from([3.0]).imag()), [0.0]);
    assert_eq!(parts(&Tensor::from([3i64]).conj()), [3.0]);
}

#[test]
fn other_rows_answer_with_an_error() {
    let z = Tensor::new(Array::scalar([1.0, 2.0]));
    let v = Tensor::from(Array::from_vec(vec![[1.0, 2.0]; 4], &[2, 2]));
    for (name, y) in [
        ("exp", z.exp()),
        ("less", z.less(1.0)),
        ("maximum", z.maximum(0.0)),
        ("sort", v.sort(-1)),
        ("det", v.det()),
        ("inv", v.inv()),
        ("max", v.max(())),
        ("isnan", z.isnan()),
        ("logsumexp", v.logsumexp(())),
    ] {
        let e = y.eval().unwrap_err();
        let told = format!("`{name}` is not defined for complex numbers (c128); take real(x), imag(x) or abs(x)");
        assert!(e.message().contains(&told) && e.is_dtype(), "{name}: {e}");
    }
}

#[test]
fn derivatives_are_of_real_formulas_in_real_arrays() {
    let x = Tensor::from([0.3, -2.0]);
    let y = Tensor::from([1.5, 0.25]);
    let z = &x + &y * Tensor::complex(0.0, 1.0);
    let close = |t: &Tensor, want: [f64; 2]| {
        let got = parts(t);
        assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() <= 4e-15 * w.abs().max(1.0)), "{got:?}, not {want:?}");
    };
    // |z|² = x² + y², Re z² = x² − y², Im z² = 2xy, Re 1/z = x/(x² + y²): the derivatives by hand.
    close(&grad(&z.abs().square().sum(()), &y), [3.0, 0.5]);
    close(&grad(&(&z * &z).real().sum(()), &y), [-3.0, -0.5]);
    close(&grad(&z.square().imag().sum(()), &x), [3.0, 0.5]);
    close(&grad(&(&z * z.conj()).real().sum(()), &x), [0.6, -4.0]);
    let norm = |x: f64, y: f64| x * x + y * y;
    let slope = |x: f64, y: f64| (y * y - x * x) / norm(x, y).powi(2);
    close(&grad(&(1.0 / &z).real().sum(()), &x), [slope(0.3, 1.5), slope(-2.0, 0.25)]);
    let direction = [Tensor::from([1.0, 0.0])];
    close(&jvp(&[&z.abs()], &[&x], &direction)[0], [0.3 / norm(0.3, 1.5).sqrt(), 0.0]);
    close(&jvp(&[&z.square().imag()], &[&x], &direction)[0], [3.0, 0.0]);
    // At 0 the derivative of the length is 0.
    let zero = Tensor::from([0.0]);
    assert_eq!(parts(&grad(&(&zero * Tensor::complex(0.0, 1.0)).abs().sum(()), &zero)), [0.0]);
    // Through a broadcast and a product of matrices: y = Re((Ax)ᵀ1) is linear in the real x, with the column sums of Re A.
    let a = Tensor::from(Array::from_vec(vec![[1.0, 2.0], [3.0, -1.0], [0.5, 4.0], [2.0, 2.0]], &[2, 2]));
    close(&grad(&a.matmul(&x).real().sum(()), &x), [1.5, 5.0]);
    close(&grad(&a.solve(x.expand_dims(-1)).imag().sum(()), &x), solved(&a));

    let e = grad(&z.sum(()), &x).eval().unwrap_err();
    assert!(e.is_not_differentiable() && e.message().contains("take its real(…), imag(…) or abs(…)"), "{e}");
    let e = grad(&a.abs().sum(()), &a).eval().unwrap_err();
    assert!(e.is_not_differentiable() && e.message().contains("derivatives are in real arrays"), "{e}");
}

/// Im of the column sums of A⁻¹, column by column.
fn solved(a: &Tensor) -> [f64; 2] {
    let columns = [[1.0, 0.0], [0.0, 1.0]].map(|e| parts(&a.solve(Tensor::from([[e[0]], [e[1]]]))));
    columns.map(|c| c[1] + c[3])
}

fn run(source: &str, bindings: &[&str]) -> Result<Array, Error> {
    let mut program = Program::formula(source)?;
    for b in bindings {
        program.bind(b)?;
    }
    program.run()?.results.remove(0).value?.array().cloned()
}

#[test]
fn the_language_has_literals_and_functions() {
    // Texts as NumPy 2.4 prints them.
    for (source, text) in [
        ("1j", "1j"),
        ("(1 + 2j)*(3 - 1j)", "(5+5j)"),
        ("abs(3 + 4j)", "5.0"),
        ("real([1 + 2j, 3])", "[1. 3.]"),
        ("imag([1 + 2j, 3])", "[2. 0.]"),
        ("conj([1 + 2j, 3])", "[1.-2.j 3.-0.j]"),
        ("conjugate(2j)", "-2j"),
        ("z.real + z.imag", "[3.]"),
        ("[[1j, 2], [3, 4 - 1j]] @ [1, 2j]", "[0.+5.j 5.+8.j]"),
        ("[x, 1j]", "[2.+0.j 0.+1.j]"),
        ("1.5J*x", "3j"),
        ("solve([[1j, 2], [3, 4 - 1j]], [1, 2j])", "[-0.97560976+0.2195122j   0.6097561 +0.48780488j]"),
    ] {
        let got = run(source, &["x=2", "z=[1+2j]"]).unwrap_or_else(|e| panic!("{source}: {e}"));
        assert_eq!(got.to_string(), text, "{source}");
    }
    assert_eq!(run("z", &["z=-1-2j"]).unwrap().to_vec::<[f64; 2]>().unwrap(), [[-1.0, -2.0]]);
    assert_eq!(run("z", &["z=[1j, -3]"]).unwrap().to_vec::<[f64; 2]>().unwrap(), [[0.0, 1.0], [-3.0, 0.0]]);
    assert!(run("exp(1j)", &[]).unwrap_err().message().contains("not defined for complex numbers"));
    assert!(run("i + 1", &[]).unwrap_err().message().contains("the imaginary unit is `1j`"));
    assert_eq!(gradus::text::parse("2j*x").unwrap().to_string(), "2j*x");
    let z = Tensor::complex(0.0, 2.0) * Tensor::new(Array::scalar([1.0, -0.5]));
    assert_eq!(z.to_string(), "2.0j*(1.0-0.5j)");
}

#[test]
fn a_nan_in_an_imaginary_part_is_no_silent_one() {
    let outcome = Program::formula("1j/0").unwrap().run().unwrap();
    assert!(outcome.results[0].value.clone().unwrap().array().unwrap().to_string().contains("nan"));
    assert!(outcome.notes[0].to_string().contains("makes a NaN"), "{:?}", outcome.notes);
}

#[test]
fn json_has_them_in_and_out() {
    let arrays = parse_json("{\"z\": [{\"re\": 1, \"im\": -2}, 3, {\"im\": \"inf\", \"re\": 0.5}]}", "a.json").unwrap();
    let z = arrays[0].1.to_vec::<[f64; 2]>().unwrap();
    assert_eq!(z, [[1.0, -2.0], [3.0, 0.0], [0.5, f64::INFINITY]]);
    assert_eq!(
        gradus::text::json_array(&arrays[0].1),
        "[{\"re\": 1.0, \"im\": -2.0}, {\"re\": 3.0, \"im\": 0.0}, {\"re\": 0.5, \"im\": \"inf\"}]"
    );
    for (text, message) in [
        ("{\"re\": 1}", "a complex number has both parts"),
        ("{\"re\": 1, \"re\": 2, \"im\": 0}", "stands here twice"),
        ("{\"re\": {\"re\": 1, \"im\": 1}, \"im\": 0}", "a part of a complex number is a number"),
        ("{\"x\": 1}", "an object stands where a number should"),
        ("{\"re\": [1], \"im\": 2}", "expected"),
        ("[{\"re\": 1, \"im\": 2}, [1]]", "ragged"),
    ] {
        let e = parse_json(&format!("{{\"z\": {text}}}"), "a.json").unwrap_err();
        assert!(e.message().contains(message), "{text}: {e}");
    }
}
