//! The three-way answer to A x = b, its reasons, and the predicates.

use gradus::linalg::{self, Options, Solutions, solutions};
use gradus::{Array, DType, Tensor};

use super::matrices;

fn matrix(rows: &[&[f64]]) -> Tensor {
    Tensor::from(Array::from_vec(rows.concat(), &[rows.len(), rows[0].len()]).unwrap())
}

fn ask(a: &Tensor, b: &[f64]) -> Solutions {
    let b = Tensor::from(Array::from_vec(b.to_vec(), &[b.len()]).unwrap());
    solutions(a, &b, Options::default()).unwrap()
}

#[test]
fn one_solution() {
    let a = matrix(&[&[2.0, 1.0], &[1.0, 3.0]]);
    let Solutions::One { x, condition, digits, .. } = ask(&a, &[3.0, 5.0]) else { panic!("not one") };
    assert_eq!(x.to_f64(), [0.8, 1.4]);
    assert!((condition - (3.618033988749895 / 1.381966011250105)).abs() < 1e-14 && digits == 15.0);
    // More equations than unknowns that agree.
    let a = matrix(&[&[1.0, 0.0], &[0.0, 1.0], &[1.0, 1.0]]);
    assert_eq!(ask(&a, &[2.0, 3.0, 5.0]).kind(), "one");
    let hilbert = &matrices::all()[0];
    let Solutions::One { condition, digits, .. } = ask(&hilbert.tensor(), &[1.0; 12]) else { return };
    assert!(condition > 1e15 && digits == 0.0);
}

#[test]
fn no_solution_and_the_proof() {
    let a = matrix(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 9.0]]);
    let Solutions::None { x, residual, witness, because } = ask(&a, &[1.0, 2.0, 4.0]) else { panic!("not none") };
    assert_eq!(because, "row 3 = 2*row 2 - row 1, but b[3] = 4 and 2*b[2] - b[1] = 3");
    // yᵀ A = 0 and yᵀ b = 1: no x can exist.
    assert_eq!(witness.unwrap().to_f64(), [1.0, -2.0, 1.0]);
    // Least squares: the residual is the part of b along y, |yᵀb| / |y|.
    assert!((residual - 1.0 / 6f64.sqrt()).abs() < 1e-14);
    assert_eq!(x.shape(), [3]);
    let tall = matrix(&[&[1.0], &[2.0]]);
    assert_eq!(ask(&tall, &[1.0, 3.0]).because(), "row 2 = 2*row 1, but b[2] = 3 and 2*b[1] = 2");
    let zero = Tensor::zeros(&[2, 2], DType::F64);
    assert_eq!(ask(&zero, &[0.0, 1.0]).because(), "row 2 = 0, but b[2] = 1");
}

#[test]
fn many_solutions() {
    let a = 0.1 * matrix(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 9.0]]);
    let Solutions::Many { x, null_space, because } = ask(&a, &[1.0, 2.0, 3.0]) else { panic!("not many") };
    assert_eq!(because, "row 3 = 2*row 2 - row 1");
    assert_eq!(null_space.shape(), [3, 1]);
    let moved = Tensor::from(&x) + 7.0 * Tensor::from(&null_space).flatten();
    for t in [Tensor::from(&x), moved] {
        let b = a.matmul(t).eval().unwrap().to_f64();
        assert!(b.iter().zip([1.0, 2.0, 3.0]).all(|(b, w)| (b - w).abs() < 1e-14), "{b:?}");
    }
    // The shortest one is orthogonal to the null space.
    let dot: f64 = x.to_f64().iter().zip(null_space.to_f64()).map(|(a, b)| a * b).sum();
    assert!(dot.abs() < 1e-14);
    let wide = matrix(&[&[1.0, 2.0, 2.0]]);
    let Solutions::Many { x, null_space, because } = ask(&wide, &[9.0]) else { panic!("not many") };
    assert_eq!((because.as_str(), null_space.shape()), ("more unknowns than equations", &[3, 2][..]));
    assert!(x.to_f64().iter().zip([1.0, 2.0, 2.0]).all(|(x, w)| (x - w).abs() < 1e-15));
    let tall = matrix(&[&[1.0, 2.0], &[2.0, 4.0], &[3.0, 6.0]]);
    assert_eq!(ask(&tall, &[1.0, 2.0, 3.0]).because(), "column 2 = 2*column 1");
    let thirds = matrix(&[&[3.0, 1.0], &[1.0, 1.0 / 3.0]]);
    assert_eq!(ask(&thirds, &[3.0, 1.0]).because(), "row 2 = 1/3*row 1");
}

/// Random systems of a rank that is known: the answer must be the one that they were made to have.
#[test]
fn systems_of_known_rank() {
    for seed in 0..60u64 {
        let (m, n) = (1 + seed as usize % 6, 1 + (seed / 6) as usize % 6);
        let rank = 1 + seed as usize % m.min(n);
        let a = matrices::random(m, rank, seed).tensor().matmul(matrices::random(rank, n, seed + 100).tensor());
        let inside = a.matmul(matrices::random(n, 1, seed + 200).tensor()).flatten();
        let kind = if rank == n { "one" } else { "many" };
        let found = solutions(&a, &inside, Options::default()).unwrap();
        assert_eq!(found.kind(), kind, "{m}x{n} of rank {rank}: {found}");
        if rank < m {
            let outside = &inside + matrices::random(m, 1, seed + 300).tensor().flatten();
            let found = solutions(&a, &outside, Options::default()).unwrap();
            assert_eq!(found.kind(), "none", "{m}x{n} of rank {rank}: {found}");
            if let Solutions::None { witness: Some(y), .. } = &found {
                let y = Tensor::from(y);
                let zero = y.matmul(&a).abs().max(()).eval().unwrap().item().unwrap();
                let size = y.abs().sum(()).eval().unwrap().item().unwrap();
                assert!(zero < 1e-12 * size, "the witness of {m}x{n}: {zero:e}");
            }
        }
    }
}

#[test]
fn over_the_rationals() {
    let exact = Options { exact: true, ..Options::default() };
    let b = Tensor::from([1.0, 2.0, 3.0]);
    // Tenths are binary fractions that break the relation in the last bit.
    let tenths = Tensor::from([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]]);
    assert_eq!(solutions(&tenths, &b, exact).unwrap().kind(), "one");
    let whole = matrix(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 9.0]]);
    assert_eq!(solutions(&whole, &b, exact).unwrap().kind(), "many");
    // Hilbert's matrix of order 12, rounded: regular, and the solution is right in every digit.
    let h = matrices::all().remove(0);
    let x = solutions(&h.tensor(), &Tensor::ones(&[12], DType::F64), exact).unwrap();
    assert_eq!(x.kind(), "one");
    let big = Tensor::ones(&[60, 60], DType::F64);
    let e = solutions(&big, &Tensor::ones(&[60], DType::F64), exact).unwrap_err();
    assert!(e.to_string().contains("at most 50"), "{e}");
}

#[test]
fn systems_that_are_no_systems() {
    let message = |a: Tensor, b: Tensor| solutions(&a, &b, Options::default()).unwrap_err().to_string();
    let a = || matrix(&[&[1.0, 2.0]]);
    assert!(message(a(), Tensor::from([1.0, 2.0])).contains("(1, 2)"));
    assert!(message(Tensor::from([1.0]), Tensor::from([1.0])).contains("one matrix"));
    assert!(message(a(), Tensor::from([f64::NAN])).contains("NaN"));
    assert!(message(matrix(&[&[f64::INFINITY, 0.0]]), Tensor::from([1.0])).contains("inf"));
}

#[test]
fn predicates_and_ranks() {
    let yes = |t: Tensor| t.eval().unwrap().to_vec::<bool>().unwrap()[0];
    let (c, s) = (0.3f64.cos(), 0.3f64.sin());
    let turn = matrix(&[&[c, -s], &[s, c]]);
    assert!(yes(linalg::is_orthogonal(&turn, None)) && !yes(linalg::is_symmetric(&turn, None)));
    assert!(!yes(linalg::is_orthogonal(&(2.0 * &turn), None)));
    let inverse = (turn.inv() - turn.mt()).abs().max(()).eval().unwrap().item().unwrap();
    assert!(inverse < 1e-15);
    let definite = matrix(&[&[2.0, 1.0], &[1.0, 2.0]]);
    let semi = matrix(&[&[1.0, 1.0], &[1.0, 1.0]]);
    assert!(yes(linalg::is_positive_definite(&definite, None)) && !yes(linalg::is_positive_definite(&semi, None)));
    assert!(yes(linalg::is_positive_semidefinite(&semi, None)));
    assert!(!yes(linalg::is_positive_semidefinite(&-&definite, None)));
    let lower = matrix(&[&[1.0, 0.0], &[5.0, 2.0]]);
    assert!(yes(linalg::is_triangular(&lower, true, None)) && !yes(linalg::is_triangular(&lower, false, None)));
    assert!(
        yes(linalg::is_diagonal(&matrix(&[&[1.0, 0.0], &[0.0, 2.0]]), None)) && !yes(linalg::is_diagonal(&lower, None))
    );
    for m in matrices::all() {
        let rank = linalg::matrix_rank(&m.tensor(), None).eval().unwrap().item().unwrap() as usize;
        match m.name.as_str() {
            "rank one" | "all ones" => assert_eq!(rank, 1, "{}", m.name),
            "rank two" => assert_eq!(rank, 2),
            "zero" => assert_eq!(rank, 0),
            _ => {}
        }
        let (z, q) = (linalg::null_space(&m.tensor(), None).unwrap(), linalg::orth(&m.tensor(), None).unwrap());
        assert_eq!((z.shape(), q.shape()), (&[m.columns, m.columns - rank][..], &[m.rows, rank][..]), "{}", m.name);
    }
}

/// The three axioms of a norm, on random vectors and matrices.
#[test]
fn norms_are_norms() {
    let number = |t: Tensor| t.eval().unwrap().item().unwrap();
    type Norm = (&'static str, fn(&Tensor) -> Tensor);
    let norms: &[Norm] = &[
        ("L1", |a| a.norm_of_order(1.0, ())),
        ("L1.5", |a| a.norm_of_order(1.5, ())),
        ("L2", |a| a.norm(())),
        ("L3", |a| a.norm_of_order(3.0, ())),
        ("max", |a| a.norm_of_order(f64::INFINITY, ())),
        ("fro", |a| linalg::matrix_norm(a, "fro")),
        ("nuc", |a| linalg::matrix_norm(a, "nuc")),
        ("spectral", |a| linalg::matrix_norm(a, "2")),
        ("1", |a| linalg::matrix_norm(a, "1")),
        ("inf", |a| linalg::matrix_norm(a, "inf")),
    ];
    for (name, norm) in norms {
        assert_eq!(number(norm(&Tensor::zeros(&[3, 2], DType::F64))), 0.0, "{name} of zeros");
        for seed in 0..8 {
            let (a, b) = (matrices::random(3, 2, seed).tensor(), matrices::random(3, 2, seed + 90).tensor());
            let (na, nb, sum) = (number(norm(&a)), number(norm(&b)), number(norm(&(&a + &b))));
            assert!(na > 0.0 && sum <= (na + nb) * (1.0 + 1e-15), "{name}: the triangle inequality");
            for c in [-3.0, 1e-200, 1e200] {
                let scaled = number(norm(&(c * &a)));
                assert!((scaled / f64::abs(c) - na).abs() <= 1e-14 * na, "{name} of {c} times a matrix");
            }
        }
    }
}
