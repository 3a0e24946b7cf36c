//! LAPACK's residual ratios: how many units n · eps a factorisation is away from its definition.

use super::matrices::{self, Named};
use gradus::{DType, Tensor, eval};

/// ‖X‖ as the largest magnitude, through squares that cannot overflow.
fn largest(x: &[f64]) -> f64 {
    x.iter().fold(0.0f64, |m, v| m.max(v.abs()))
}

/// ‖A − B‖ / (n eps ‖A‖) in the Frobenius norm.
fn ratio(a: &[f64], b: &[f64], n: usize) -> f64 {
    let size = largest(a).max(f64::MIN_POSITIVE);
    let norm = |x: &mut dyn Iterator<Item = f64>| x.map(|v| v * v).sum::<f64>().sqrt();
    let (d, s) = (norm(&mut a.iter().zip(b).map(|(a, b)| a / size - b / size)), norm(&mut a.iter().map(|v| v / size)));
    if s == 0.0 { largest(b) } else { d / (s * n as f64 * f64::EPSILON) }
}

/// How far QᵀQ is from the identity.
fn skewness(q: &Tensor) -> f64 {
    let n = q.shape().unwrap()[1];
    let got = q.mt().matmul(q).eval().unwrap().to_f64();
    let d: f64 = got.iter().enumerate().map(|(t, v)| (v - f64::from(t / n == t % n)).powi(2)).sum();
    d.sqrt() / (q.shape().unwrap()[0] as f64 * f64::EPSILON)
}

/// Compares A with a product that should be A.
fn rebuilt(m: &Named, y: &Tensor) -> f64 {
    ratio(&m.data, &y.eval().unwrap().to_f64(), m.rows.max(m.columns))
}

/// Ratios of QR, pivoted QR, LU, SVD and, of A + Aᵀ, the symmetric eigendecomposition.
fn ratios(m: &Named) -> Vec<(&'static str, f64)> {
    let a = m.tensor();
    let mut out = vec![];
    for full in [false, true] {
        let (q, r) = a.qr(full);
        out.push(("qr", rebuilt(m, &q.matmul(r)).max(skewness(&q))));
        let (u, s, vh) = a.svd(full);
        let k = m.rows.min(m.columns) as i64;
        let (cut_u, cut_v) = (u.slice(-1, None, Some(k), 1), vh.slice(-2, None, Some(k), 1));
        let product = (cut_u * s.expand_dims(-2)).matmul(cut_v);
        out.push(("svd", rebuilt(m, &product).max(skewness(&u)).max(skewness(&vh.mt()))));
    }
    let (q, r, p) = a.qr_pivoted(false);
    let whole = eval(&[&q.matmul(r), &a.take(&p, -1)]).unwrap();
    out.push(("pivoted qr", ratio(&whole[1].to_f64(), &whole[0].to_f64(), m.rows.max(m.columns)).max(skewness(&q))));
    let (p, l, u) = a.lu();
    let growth = largest(&u.eval().unwrap().to_f64()) / largest(&m.data).max(f64::MIN_POSITIVE);
    out.push(("lu", rebuilt(m, &p.matmul(l).matmul(u)) / growth.max(1.0)));
    if m.rows == m.columns {
        let sym = (0.5 * &a + 0.5 * a.mt()).eval().unwrap();
        let (w, q) = Tensor::from(sym.clone()).eigh();
        let product = (&q * w.expand_dims(-2)).matmul(q.mt()).eval().unwrap();
        out.push(("eigh", ratio(&sym.to_f64(), &product.to_f64(), m.rows).max(skewness(&q))));
    }
    out
}

#[test]
fn empty_square_matrices() {
    let a = Tensor::zeros(&[0, 0], DType::F64);
    let (w, q) = a.eigh();
    let (c, v) = a.eig();
    for (t, shape) in
        [(w, &[0][..]), (q, &[0, 0]), (c, &[0]), (v, &[0, 0]), (a.cholesky(), &[0, 0]), (a.inv(), &[0, 0])]
    {
        assert_eq!(t.eval().unwrap().shape(), shape);
    }
    assert_eq!(a.det().eval().unwrap().item().unwrap(), 1.0);
    assert_eq!(a.solve(Tensor::zeros(&[0, 2], DType::F64)).eval().unwrap().shape(), [0, 2]);
}

/// `cargo test --test linalg -- --nocapture` prints the table.
#[test]
fn factorisations_are_backward_stable() {
    let (mut bad, mut worst) = (vec![], 0.0f64);
    for m in matrices::all() {
        let found = ratios(&m);
        let text: Vec<String> = found.iter().map(|(name, r)| format!("{name} {r:.2}")).collect();
        println!("{:18} {}", m.name, text.join("  "));
        worst = found.iter().fold(worst, |w, (_, r)| w.max(*r));
        bad.extend(
            found.iter().filter(|(_, r)| !(*r <= 3.0)).map(|(name, r)| format!("{} of {}: {r:.2}", name, m.name)),
        );
    }
    println!("{} matrices, the worst ratio {worst:.2}", matrices::all().len());
    assert!(bad.is_empty() && matrices::all().len() >= 20, "{}", bad.join("\n"));
}

/// The conditions of Moore and Penrose.
#[test]
fn pseudoinverses() {
    for m in matrices::all() {
        let a = m.tensor();
        let p = a.pinv(None);
        let n = m.rows.max(m.columns) as f64;
        let size = |t: &Tensor| largest(&t.eval().unwrap().to_f64());
        let condition = (size(&a) * size(&p)).max(1.0) * n * n;
        let unit = f64::EPSILON * condition * n;
        if !(unit < 1e-3) || m.name.starts_with("near") {
            continue;
        }
        let apa = a.matmul(&p).matmul(&a);
        assert!(size(&(&apa - &a)) <= unit * size(&a), "A P A of {}", m.name);
        let ap = a.matmul(&p);
        assert!(size(&(&ap - ap.mt())) <= unit, "A P of {}", m.name);
        let pa = p.matmul(&a);
        assert!(size(&(&pa - pa.mt())) <= unit, "P A of {}", m.name);
    }
    let zero = Tensor::zeros(&[2, 3], DType::F64).pinv(None).eval().unwrap();
    assert_eq!(zero.shape(), [3, 2]);
    assert_eq!(zero.to_f64(), [0.0; 6]);
}

/// Least squares of every rank: the residual is orthogonal to the columns, and X lies in the row space.
#[test]
fn least_squares() {
    for (rows, columns, seed) in [(6, 4, 1), (4, 6, 2), (5, 5, 3), (60, 30, 4), (30, 60, 5), (1, 1, 6)] {
        let a = matrices::random(rows, columns, seed).tensor();
        let b = matrices::random(rows, 2, seed + 50).tensor();
        let x = a.lstsq(&b, None);
        let gradient = a.mt().matmul(a.matmul(&x) - &b).eval().unwrap().to_f64();
        assert!(largest(&gradient) < 1e-12, "{rows}x{columns}: {}", largest(&gradient));
        let other = a.pinv(None).matmul(&b).as_written().eval().unwrap().to_f64();
        let x = x.eval().unwrap().to_f64();
        assert!(ratio(&other, &x, 1) < 1e5, "{rows}x{columns} against pinv");
    }
    // Rank one: the shortest answer, with the dropped rank told.
    let a = Tensor::from([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]);
    let x = a.lstsq([1.0, 2.0, 3.0], None);
    let got = gradus::eval_with_notes(&[&x]).unwrap();
    assert_eq!(got.notes.len(), 1);
    let v = got.values[0].to_f64();
    assert!((v[0] - 0.2).abs() < 1e-16 && (v[1] - 0.4).abs() < 1e-16, "{v:?}");
}

#[test]
fn bad_input_is_named() {
    let message = |t: Tensor| t.eval().unwrap_err().to_string();
    let nan = Tensor::from([[1.0, f64::NAN], [0.0, 1.0]]);
    for t in [nan.qr(false).0, nan.svd(false).1, nan.eigh().0, nan.lu().1, nan.pinv(None), nan.lstsq([1.0, 1.0], None)]
    {
        let m = message(t);
        assert!(m.contains("[0, 1]") && m.contains("NaN"), "{m}");
    }
    let m = message(Tensor::from([[1.0, 2.0], [2.5, 1.0]]).eigh().0);
    assert!(m.contains("symmetric") && m.contains("2.5"), "{m}");
    assert!(message(Tensor::from([1.0, 2.0]).svd(false).0).contains("needs a matrix"));
    assert!(message(Tensor::from([[1.0, 2.0, 3.0]]).eigh().0).contains("square"));
    assert!(message(Tensor::from([[-1.0]]).sqrtm()).contains("-1"));
    assert!(
        Tensor::from([[1.0, 2.0], [0.0, 0.0]]).solve_triangular([1.0, 1.0], false).eval().unwrap_err().is_singular()
    );
    for shape in [[0, 3], [3, 0], [0, 0]] {
        let a = Tensor::zeros(&shape, DType::F64);
        assert_eq!(a.svd(false).1.eval().unwrap().shape(), [0]);
        assert_eq!(a.qr(false).1.eval().unwrap().shape(), [0, shape[1]]);
        assert_eq!(a.pinv(None).eval().unwrap().shape(), [shape[1], shape[0]]);
        assert_eq!(a.lu().2.eval().unwrap().shape(), [0, shape[1]]);
        let (u, vh) = (a.svd(true).0.eval().unwrap(), a.svd(true).2.eval().unwrap());
        assert_eq!((u.shape(), vh.shape()), (&[shape[0]; 2][..], &[shape[1]; 2][..]));
    }
}

#[test]
fn batches_and_narrow_dtypes() {
    let (a, b) = (matrices::random(4, 3, 8), matrices::random(4, 3, 9));
    let both = Tensor::stack(&[&a.tensor(), &b.tensor()], 0);
    for (part, single) in [(0, &a), (1, &b)] {
        let whole = both.svd(false).1.index(0, part).eval().unwrap().to_f64();
        assert_eq!(whole, single.tensor().svd(false).1.eval().unwrap().to_f64());
        let x = both.lstsq(Tensor::ones(&[4], DType::F64), None).index(0, part).eval().unwrap().to_f64();
        assert_eq!(x, single.tensor().lstsq(Tensor::ones(&[4], DType::F64), None).eval().unwrap().to_f64());
    }
    let narrow = a.tensor().cast(DType::F32).svd(false).1.eval().unwrap();
    assert_eq!(narrow.dtype(), DType::F32);
}

/// A V = V diag(w) for every square matrix, as real parts beside imaginary ones.
#[test]
fn general_eigenvectors() {
    for m in matrices::all().into_iter().filter(|m| m.rows == m.columns) {
        let (w, v) = m.tensor().eig();
        let (left, right) = (m.tensor().matmul(v.real()), &v * w.expand_dims(-2));
        let parts = eval(&[&left, &right.real(), &m.tensor().matmul(v.imag()), &right.imag()]).unwrap();
        let size = largest(&m.data).max(f64::MIN_POSITIVE) * (m.rows * m.rows) as f64;
        for (a, b) in [(0, 1), (2, 3)] {
            let pairs = parts[a].to_f64().into_iter().zip(parts[b].to_f64());
            let off = pairs.fold(0.0f64, |d, (a, b)| d.max((a / size - b / size).abs()));
            assert!(off <= 10.0 * f64::EPSILON, "{}: {off:e}", m.name);
        }
    }
    // A rotation by a third of a turn: the cube roots of one.
    let (c, s) = (-0.5, 3f64.sqrt() / 2.0);
    let w = Tensor::from([[c, -s], [s, c]]).eig().0;
    let parts = eval(&[&w.real(), &w.imag()]).unwrap();
    assert!(parts[0].to_f64().iter().all(|x| (x + 0.5).abs() < 1e-15));
    assert!(parts[1].to_f64().iter().all(|x| (x.abs() - s).abs() < 1e-15));
    let jordan = Tensor::from([[2.0, 1.0], [0.0, 2.0]]).eig().1;
    let notes = gradus::eval_with_notes(&[&jordan.abs()]).unwrap().notes;
    assert!(notes.iter().any(|n| n.message.contains("defective")), "{notes:?}");
    let fine = gradus::eval_with_notes(&[&Tensor::from([[2.0, 1.0], [0.0, 3.0]]).eig().1.abs()]).unwrap();
    assert!(fine.notes.is_empty());
}
