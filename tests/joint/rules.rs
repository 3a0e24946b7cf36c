//! Sum rule, product rule, chain rule, Bayes' rule, independence and moments, against sums over all states.

use gradus::array::Rational;
use gradus::prob::{Conditional, Given, Joint, Masses, Variable, bayes};
use gradus::{Array, Tensor};

use super::{Stream, assert_near, random, variables};

const SIZES: [usize; 3] = [2, 3, 4];

/// The entry of a 2 × 3 × 4 table.
fn at(table: &[f64], a: usize, b: usize, c: usize) -> f64 {
    table[(a * 3 + b) * 4 + c]
}

fn fraction(text: &str) -> Rational {
    text.parse().unwrap()
}

#[test]
fn marginals_are_sums_over_the_other_states() {
    let (joint, p) = random(&SIZES, 1);
    let c_a = joint.marginal(&["c", "a"]).unwrap();
    let want: Vec<f64> =
        (0..4).flat_map(|c| (0..2).map(move |a| (a, c))).map(|(a, c)| (0..3).map(|b| at(&p, a, b, c)).sum()).collect();
    assert_eq!(c_a.table().unwrap().shape(), [4, 2]);
    assert_near(&c_a.table().unwrap().to_f64(), &want, 1e-15);
    assert_eq!(c_a.variables()[0].name(), "c");
}

#[test]
fn conditionals_are_quotients() {
    let (joint, p) = random(&SIZES, 2);
    let b_given_c = joint.conditional(&["b"], &["c"]).unwrap();
    let mut want = vec![];
    for c in 0..4 {
        let column = |b: usize| (0..2).map(|a| at(&p, a, b, c)).sum::<f64>();
        let total: f64 = (0..3).map(column).sum();
        want.extend((0..3).map(|b| column(b) / total));
    }
    assert_near(&b_given_c.table().unwrap().to_f64(), &want, 1e-15);
    let row = b_given_c.row(&[("c", "2")]).unwrap().known().unwrap();
    assert_near(&row.table().unwrap().to_f64(), &want[6..9], 0.0);
    let posterior = joint.query(&["b"], &[("c", "2")]).unwrap().known().unwrap();
    assert_near(&posterior.joint.table().unwrap().to_f64(), &want[6..9], 1e-15);
    let total: f64 = (0..2).flat_map(|a| (0..3).map(move |b| (a, b))).map(|(a, b)| at(&p, a, b, 2)).sum();
    assert_near(&[posterior.evidence.value, posterior.evidence.log], &[total, total.ln()], 1e-15);
}

#[test]
fn the_chain_rule_gives_the_table_back_in_every_order() {
    let (joint, p) = random(&SIZES, 3);
    for order in [["a", "b", "c"], ["a", "c", "b"], ["b", "a", "c"], ["b", "c", "a"], ["c", "a", "b"], ["c", "b", "a"]]
    {
        let factors = joint.chain(&order).unwrap();
        assert_eq!(factors[2].to_string(), format!("P({} | {}, {})", order[2], order[0], order[1]));
        for (a, b, c) in (0..24).map(|i| (i / 12, i / 4 % 3, i % 4)) {
            let state = |n: &str| match n {
                "a" => a,
                "b" => b,
                _ => c,
            };
            // Axes of a factor are those of the names before it, then its own.
            let entry = |k: usize| {
                let index: Vec<usize> = order[..=k].iter().map(|n| state(n)).collect();
                factors[k].table().unwrap().get(&index).unwrap()
            };
            assert_near(&[entry(0) * entry(1) * entry(2)], &[at(&p, a, b, c)], 1e-15);
        }
    }
}

#[test]
fn independence_of_fractions_is_exact() {
    let xy = variables(&[2, 2]);
    let product: Vec<Rational> = ["1/21", "2/21", "2/7", "4/7"].map(fraction).into();
    assert!(Joint::new(&xy, product).unwrap().independent(&["a"], &["b"], &[]).unwrap().independent);
    // Off by 10⁻⁴⁰: no f64 table shows it.
    let off: Vec<Rational> = ["1/21", "2/21", "2/7", "4/7"].map(fraction).into();
    let tiny = fraction("1e-40");
    let minus = fraction("-1e-40");
    let off = vec![off[0].plus(&tiny), off[1].plus(&minus), off[2].plus(&minus), off[3].plus(&tiny)];
    let answer = Joint::new(&xy, off).unwrap().independent(&["a"], &["b"], &[]).unwrap();
    assert_eq!((answer.independent, answer.kind()), (false, "dependent"));
    assert!(answer.because.starts_with("P(a=") && answer.because.contains("but P(a="), "{}", answer.because);
}

#[test]
fn conditional_independence_holds_where_the_table_was_built_so() {
    // P(a, b, c) = P(c) P(a | c) P(b | c): dependent, but independent once c is known.
    let mut s = Stream(4);
    let mut p = vec![0.0; 24];
    for c in 0..4 {
        let (pc, a0) = (0.1 + s.next(), s.next());
        let b: Vec<f64> = (0..3).map(|_| s.next()).collect();
        for (i, p) in p.iter_mut().enumerate().filter(|(i, _)| i % 4 == c) {
            *p = pc * if i / 12 == 0 { a0 } else { 1.0 - a0 } * b[i / 4 % 3] / b.iter().sum::<f64>();
        }
    }
    let joint = Joint::normalized(&variables(&SIZES), p).unwrap();
    assert!(!joint.independent(&["a"], &["b"], &[]).unwrap().independent);
    let answer = joint.independent(&["a"], &["b"], &["c"]).unwrap();
    assert!(answer.independent && answer.information == 0.0, "{answer:?}");
    assert!(!joint.independent(&["a"], &["c"], &["b"]).unwrap().independent);
}

#[test]
fn mutual_information_is_a_difference_of_entropies() {
    let (joint, _) = random(&SIZES, 5);
    let h = |names: &[&str]| joint.entropy(names).unwrap();
    let i = joint.mutual_information(&["a"], &["b"], &[]).unwrap();
    assert!((i - (h(&["a"]) + h(&["b"]) - h(&["a", "b"]))).abs() < 1e-14);
    let i = joint.mutual_information(&["a"], &["b"], &["c"]).unwrap();
    assert!((i - (h(&["a", "c"]) + h(&["b", "c"]) - h(&["a", "b", "c"]) - h(&["c"]))).abs() < 1e-14);
    // Of a table that is nearly a product the difference has no digit left; the sum of squares has: I = 8 d² + ….
    let d = 1e-9;
    let near = Joint::new(&variables(&[2, 2]), [0.25 + d, 0.25 - d, 0.25 - d, 0.25 + d]).unwrap();
    let i = near.mutual_information(&["a"], &["b"], &[]).unwrap();
    assert!((i / (8.0 * d * d) - 1.0).abs() < 1e-6, "{i}");
}

#[test]
fn masses_far_below_f64_are_compared_by_their_logarithms() {
    let ab = variables(&[2, 2]);
    let logs = vec![0.0, -2000.0, -2001.0, f64::NEG_INFINITY];
    let joint = Joint::normalized(&ab, Masses::Log(Array::from(logs))).unwrap();
    let posterior = joint.given(&[("b", "1")]).unwrap().known().unwrap();
    assert_eq!(posterior.joint.table().unwrap().to_f64(), [1.0, 0.0]);
    assert_eq!(posterior.evidence.value, 0.0);
    assert_near(&[posterior.evidence.log], &[-2000.0], 1e-15);
    let one = joint.query(&["b"], &[("a", "0")]).unwrap().known().unwrap();
    assert_near(&one.joint.log_table().unwrap().to_f64()[1..], &[-2000.0], 1e-15);
    assert!(joint.given(&[("a", "1"), ("b", "1")]).unwrap().is_impossible());
}

#[test]
fn impossible_evidence_is_an_answer_that_says_why() {
    let joint = Joint::new(&variables(&[2, 2]), [0.5, 0.0, 0.0, 0.5]).unwrap();
    let because = |answer: Given<_>| match answer {
        Given::Impossible { because } => because,
        Given::Known(p) => panic!("{p:?}"),
    };
    assert_eq!(because(joint.given(&[("a", "0"), ("b", "1")]).unwrap()), "P(b=1 | a=0) = 0");
    let one_sided = Joint::new(&variables(&[2, 2]), [0.5, 0.5, 0.0, 0.0]).unwrap();
    assert_eq!(because(one_sided.given(&[("a", "1")]).unwrap()), "P(a=1) = 0");
    let table = one_sided.conditional(&["b"], &["a"]).unwrap();
    assert_eq!(table.impossible(), ["a=1"]);
    assert_eq!(table.table().unwrap().to_f64(), [0.5, 0.5, 0.0, 0.0]);
    assert!(table.row(&[("a", "1")]).unwrap().is_impossible());
    let e = one_sided.prob("b=0 | a=1").unwrap().known().unwrap_err();
    assert!(e.is_domain() && e.message() == "the evidence is impossible: P(a=1) = 0", "{e}");
}

#[test]
fn bayes_rule_takes_observations_one_by_one_or_together() {
    let names = ["fair", "bent", "two-headed"];
    let (heads, tails): (Masses, Masses) = ([0.5, 0.7, 1.0].into(), [0.5, 0.3, 0.0].into());
    let together =
        bayes(&names, [0.9, 0.09, 0.01], &[heads.clone(), heads.clone(), tails.clone()]).unwrap().known().unwrap();
    let weights = [0.9 * 0.125, 0.09 * 0.7 * 0.7 * 0.3, 0.0];
    let total: f64 = weights.iter().sum();
    assert_near(&together.joint.table().unwrap().to_f64(), &weights.map(|w| w / total), 1e-15);
    assert_near(&[together.evidence.value], &[total], 1e-15);
    let prior = Joint::new(&[Variable::new("coin", &names).unwrap()], [0.9, 0.09, 0.01]).unwrap();
    let first = prior.update(std::slice::from_ref(&heads)).unwrap().known().unwrap().joint;
    let second = first.update(std::slice::from_ref(&heads)).unwrap().known().unwrap().joint;
    let third = second.update(std::slice::from_ref(&tails)).unwrap().known().unwrap().joint;
    assert_near(&third.table().unwrap().to_f64(), &together.joint.table().unwrap().to_f64(), 1e-15);
    // 5000 throws: the likelihoods underflow, their ratio does not.
    let many = vec![heads; 5000];
    let p = bayes(&names[..2], [0.5, 0.5], &many.iter().map(|_| [0.5, 0.7].into()).collect::<Vec<_>>())
        .unwrap()
        .known()
        .unwrap();
    let log_ratio = p.joint.log_table().unwrap().to_f64()[0];
    assert_near(&[log_ratio], &[5000.0 * (0.5f64 / 0.7).ln()], 1e-13);
    let Given::Impossible { because } = bayes(&["two-headed"], [1.0], &[[1.0].into(), [0.0].into()]).unwrap() else {
        panic!("possible")
    };
    assert_eq!(because, "no hypothesis that is left gives observation 2 a probability above 0");
}

#[test]
fn bayes_rule_over_fractions_is_exact() {
    let exact = |t: &[&str]| Masses::Exact(t.iter().map(|t| fraction(t)).collect());
    let p = bayes(&["ill", "healthy"], exact(&["1/1000", "999/1000"]), &[exact(&["99/100", "1/20"])])
        .unwrap()
        .known()
        .unwrap();
    assert_eq!(p.joint.fractions().unwrap()[0], fraction("11/566"));
    assert_eq!(p.evidence.fraction.unwrap(), fraction("2547/50000"));
}

#[test]
fn moments_are_sums_over_the_table_and_expectation_is_linear() {
    let (joint, p) = random(&SIZES, 6);
    let [a, b, c] = ["a", "b", "c"].map(|n| joint.values(n).unwrap());
    let f = &a * 3.0 + b.square();
    let g = (&c * 0.5).exp();
    let value = |t: gradus::Result<Tensor>| t.unwrap().eval().unwrap().item().unwrap();
    let naive = |h: &dyn Fn(f64, f64, f64) -> f64| -> f64 {
        (0..24).map(|i| p[i] * h((i / 12) as f64, (i / 4 % 3) as f64, (i % 4) as f64)).sum()
    };
    let (nf, ng) = (|a: f64, b: f64, _: f64| 3.0 * a + b * b, |_: f64, _: f64, c: f64| (0.5 * c).exp());
    let (ef, eg) = (naive(&nf), naive(&ng));
    assert_near(&[value(joint.expectation(&f)), value(joint.expectation(&g))], &[ef, eg], 1e-14);
    let both = value(joint.expectation(&(&f * 2.0 - &g * 7.0)));
    assert_near(&[both], &[2.0 * ef - 7.0 * eg], 1e-14);
    let cov = naive(&|a, b, c| (nf(a, b, c) - ef) * (ng(a, b, c) - eg));
    let var = naive(&|a, b, c| (nf(a, b, c) - ef).powi(2));
    assert_near(&[value(joint.variance(&f)), value(joint.covariance(&f, &g))], &[var, cov], 1e-13);
    let matrix = joint.covariance_matrix(&[f, g]).unwrap().eval().unwrap();
    assert_eq!(matrix.shape(), [2, 2]);
    assert_near(&matrix.to_f64()[..3], &[var, cov, cov], 1e-13);
    // What has probability 0 does not count, whatever the function is there.
    let half = Joint::new(&variables(&[2]), [0.0, 1.0]).unwrap();
    assert_eq!(value(half.expectation(&half.values("a").unwrap().log())), 0.0);
}

#[test]
fn expectations_differentiate() {
    let joint = Joint::new(&variables(&[3]), [0.2, 0.3, 0.5]).unwrap();
    let t = Tensor::from(Array::scalar(0.7));
    let mgf = joint.expectation(&(joint.values("a").unwrap() * &t).exp()).unwrap();
    let slope = gradus::grad(&mgf, &t).eval().unwrap().item().unwrap();
    assert_near(&[slope], &[0.3 * 0.7f64.exp() + 0.5 * 2.0 * 1.4f64.exp()], 1e-15);
}

#[test]
fn sums_are_checked_by_dtype() {
    // 3 · f32(1/3) misses 1 by more than f64 rounds, and by less than f32 does.
    let third = f64::from(1.0f32 / 3.0);
    let wide = Array::from(vec![third; 3]);
    assert!(Joint::new(&variables(&[3]), Masses::Plain(wide.clone())).is_err());
    let narrow = wide.cast(gradus::DType::F32).unwrap();
    assert!(Joint::new(&variables(&[3]), Masses::Plain(narrow)).is_ok());
    let thirds = |n: usize| Masses::Exact(vec![fraction("1/3"); n]);
    assert!(Joint::new(&variables(&[3]), thirds(3)).is_ok() && Joint::new(&variables(&[2]), thirds(2)).is_err());
}

#[test]
fn conditional_tables_are_built_from_rows() {
    let [rain, wet] = [Variable::numbered("rain", 2).unwrap(), Variable::numbered("wet", 2).unwrap()];
    let counts =
        Conditional::normalized(std::slice::from_ref(&wet), std::slice::from_ref(&rain), [9.0, 1.0, 1.0, 3.0]).unwrap();
    assert_eq!(counts.table().unwrap().to_f64(), [0.9, 0.1, 0.25, 0.75]);
    let e = Conditional::new(&[wet], &[rain], [0.9, 0.1, 0.2, 0.7]).unwrap_err();
    assert!(e.message().starts_with("the row at rain=1 sums to 0.8999999999999999, not to 1"), "{e}");
}

#[test]
fn data_is_tested_for_independence() {
    for line in include_str!("../reference/g_test.csv").lines().filter(|l| !l.starts_with('#')) {
        let cells: Vec<&str> = line.split(';').collect();
        let (rows, strata): (usize, usize) = (cells[0].parse().unwrap(), cells[1].parse().unwrap());
        let counts: Vec<usize> = cells[2].split(' ').map(|c| c.parse().unwrap()).collect();
        let columns = counts.len() / rows / strata;
        let [mut x, mut y, mut z] = [vec![], vec![], vec![]];
        for (i, &n) in counts.iter().enumerate() {
            x.extend(vec![(i / columns % rows) as f64; n]);
            y.extend(vec![(i % columns) as f64; n]);
            z.extend(vec![(i / columns / rows) as f64; n]);
        }
        let [x, y, z] = [x, y, z].map(Array::from);
        let found = gradus::prob::independence_test(&x, &y, (strata > 1).then_some(&z)).unwrap();
        let want: Vec<f64> = cells[3..].iter().map(|c| c.parse().unwrap()).collect();
        assert_eq!(found.degrees as f64, want[1], "{line}");
        // A small G is a difference of frequencies that were rounded.
        assert!((found.statistic - want[0]).abs() <= 1e-11 * want[0].max(1.0), "{line}: {found:?}");
        assert!((found.p_value - want[2]).abs() <= 1e-10 * want[2], "{line}: {found:?}");
    }
    let column = Array::from(vec![0.0, 1.0]);
    let e = gradus::prob::independence_test(&column, &Array::from(vec![0.0]), None).unwrap_err();
    assert!(e.message().contains("columns of one length"), "{e}");
}
