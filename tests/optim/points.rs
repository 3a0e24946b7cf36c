//! Critical points of functions whose sets of them are known.

use gradus::Tensor;
use gradus::optim::{CriticalPoints, PointKind, critical_points};

/// A function of x, the region, how many minima, maxima, saddles and degenerate points it holds, if the list is to be
/// proven complete, and known points.
struct Known {
    name: &'static str,
    f: fn(&[Tensor]) -> Tensor,
    n: usize,
    region: (f64, f64),
    counts: [usize; 4],
    complete: bool,
    points: &'static [&'static [f64]],
}

/// Himmelblau's minima and the six-hump camel's are published; the others follow from the factors of the gradient.
/// The stationary points of Styblinski and Tang are the products of the roots of 4x³ − 32x + 5.
const KNOWN: &[Known] = &[
    Known {
        name: "Rosenbrock",
        f: |x| (1.0 - &x[0]).square() + 100.0 * (&x[1] - x[0].square()).square(),
        n: 2,
        region: (-2.0, 2.0),
        counts: [1, 0, 0, 0],
        complete: true,
        points: &[&[1.0, 1.0]],
    },
    Known {
        name: "Himmelblau",
        f: |x| (x[0].square() + &x[1] - 11.0).square() + (&x[0] + x[1].square() - 7.0).square(),
        n: 2,
        region: (-5.0, 5.0),
        counts: [4, 1, 4, 0],
        complete: true,
        points: &[
            &[3.0, 2.0],
            &[-2.805118086952745, 3.131312518250573],
            &[-3.779310253377747, -3.283185991286170],
            &[3.584428340330492, -1.848126526964404],
            &[-0.270844590667347, -0.923038556479981],
        ],
    },
    Known {
        name: "monkey saddle",
        f: |x| x[0].pow(3.0) - 3.0 * &x[0] * x[1].square(),
        n: 2,
        region: (-1.0, 1.0),
        counts: [0, 0, 0, 1],
        complete: false,
        points: &[&[0.0, 0.0]],
    },
    Known {
        name: "six-hump camel",
        f: |x| {
            let (a, b) = (x[0].square(), x[1].square());
            (4.0 - 2.1 * &a + a.square() / 3.0) * &a + &x[0] * &x[1] + (-4.0 + 4.0 * &b) * &b
        },
        n: 2,
        region: (-2.0, 2.0),
        counts: [6, 2, 7, 0],
        complete: true,
        points: &[&[0.089842013, -0.712656403], &[-0.089842013, 0.712656403], &[0.0, 0.0]],
    },
    Known {
        name: "Styblinski and Tang",
        f: |x| x.iter().map(|x| 0.5 * (x.pow(4.0) - 16.0 * x.square() + 5.0 * x)).reduce(|a, b| a + b).unwrap(),
        n: 2,
        region: (-5.0, 5.0),
        counts: [4, 1, 4, 0],
        complete: true,
        points: &[&[-2.903534027771177, -2.903534027771177], &[0.156731250000, 0.156731250000]],
    },
    Known {
        name: "double well",
        f: |x| (x[0].square() - 1.0).square(),
        n: 1,
        region: (-2.0, 2.0),
        counts: [2, 1, 0, 0],
        complete: true,
        points: &[&[-1.0], &[0.0], &[1.0]],
    },
    Known {
        name: "saddle of the book",
        f: |x| x[0].square() - x[1].square(),
        n: 2,
        region: (-1.0, 1.0),
        counts: [0, 0, 1, 0],
        complete: true,
        points: &[&[0.0, 0.0]],
    },
    Known {
        name: "egg box",
        f: |x| x[0].sin() * x[1].sin(),
        n: 2,
        region: (-2.0, 2.0),
        counts: [2, 2, 1, 0],
        complete: true,
        points: &[&[0.0, 0.0], &[std::f64::consts::FRAC_PI_2, std::f64::consts::FRAC_PI_2]],
    },
    Known {
        name: "quartic, which is flat at its minimum",
        f: |x| x[0].pow(4.0),
        n: 1,
        region: (-1.0, 1.0),
        counts: [0, 0, 0, 1],
        complete: false,
        points: &[&[0.0]],
    },
    Known {
        name: "bell",
        f: |x| (-(x[0].square() + x[1].square() + x[2].square())).exp(),
        n: 3,
        region: (-0.6, 0.7),
        counts: [0, 1, 0, 0],
        complete: true,
        points: &[&[0.0, 0.0, 0.0]],
    },
    Known {
        name: "cubic with a minimum and a saddle",
        f: |x| x[0].pow(3.0) - 3.0 * &x[0] + x[1].square() + x[2].square(),
        n: 3,
        region: (-2.0, 2.0),
        counts: [1, 0, 1, 0],
        complete: true,
        points: &[&[1.0, 0.0, 0.0], &[-1.0, 0.0, 0.0]],
    },
    Known {
        name: "McCormick",
        f: |x| (&x[0] + &x[1]).sin() + (&x[0] - &x[1]).square() - 1.5 * &x[0] + 2.5 * &x[1] + 1.0,
        n: 2,
        region: (-2.0, 2.0),
        counts: [1, 0, 1, 0],
        complete: true,
        points: &[&[-0.547197551196598, -1.547197551196598]],
    },
    Known {
        name: "line, which has none",
        f: |x| &x[0] + 0.1 * x[0].sin(),
        n: 1,
        region: (-10.0, 10.0),
        counts: [0, 0, 0, 0],
        complete: true,
        points: &[],
    },
    Known {
        name: "four variables, more than the interval test takes",
        f: |x| x.iter().map(|x| (x.square() - 1.0).square()).reduce(|a, b| a + b).unwrap(),
        n: 4,
        region: (-1.5, 1.5),
        counts: [16, 1, 64, 0],
        complete: false,
        points: &[&[1.0, -1.0, 1.0, -1.0]],
    },
];

fn points(k: &Known) -> CriticalPoints {
    let x = Tensor::from(vec![0.3; k.n]).named("x");
    let parts: Vec<Tensor> = (0..k.n as i64).map(|i| x.index(0, i)).collect();
    critical_points(&(k.f)(&parts), &x, k.region.0, k.region.1).unwrap()
}

/// `cargo test --test optim points -- --nocapture` prints the lists.
#[test]
fn critical_points_of_known_functions_are_found_and_classified() {
    let mut wrong = vec![];
    for k in KNOWN {
        let found = points(k);
        println!(
            "{}: {} points, {}: {}",
            k.name,
            found.points.len(),
            if found.complete { "complete" } else { "only found" },
            found.because
        );
        let kinds = [PointKind::Minimum, PointKind::Maximum, PointKind::Saddle, PointKind::Degenerate];
        let counts = kinds.map(|kind| found.points.iter().filter(|p| p.kind == kind).count());
        if counts != k.counts || counts.iter().sum::<usize>() != found.points.len() || found.complete != k.complete {
            wrong.push(format!("{}: {counts:?}, not {:?}; complete: {}\n{found}", k.name, k.counts, found.complete));
        }
        for want in k.points {
            let near =
                |p: &gradus::optim::CriticalPoint| p.x.iter_f64().zip(want.iter()).all(|(a, b)| (a - b).abs() <= 1e-8);
            if !found.points.iter().any(near) {
                wrong.push(format!("{}: {want:?} is missing\n{found}", k.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_saddle_says_where_it_falls() {
    let x = Tensor::from([0.2, 0.1]);
    let (a, b) = (x.index(0, 0), x.index(0, 1));
    let found = critical_points(&(a.square() - 4.0 * b.square()), &x, -1.0, 1.0).unwrap();
    let c = &found.points[0].curvature;
    assert_eq!((c.eigenvalues.as_slice(), c.inertia()), ([-8.0, 2.0].as_slice(), (1, 0, 1)));
    let escape: Vec<&[f64]> = c.escapes().collect();
    assert_eq!((escape.len(), escape[0][0].abs(), escape[0][1].abs()), (1, 0.0, 1.0));
}

#[test]
fn a_region_without_an_end_is_refused() {
    let x = Tensor::from([0.2]);
    let e = critical_points(&x.square().sum(()), &x, 0.0, f64::INFINITY).unwrap_err();
    assert!(e.is_argument() && e.message().contains("inf"), "{e}");
}
