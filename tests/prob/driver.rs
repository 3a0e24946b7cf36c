//! Every family passes the same tests: facts about one method that another method, a quadrature or a difference knows.

use gradus::formula::Program;
use gradus::prob::{Distribution, FAMILIES, Family, Need, Support};
use gradus::{Tensor, check_grad, grad};

use super::examples::scalars;
use super::quadrature::{centre, expect, points};

fn item(t: &Tensor) -> f64 {
    t.eval().unwrap_or_else(|e| panic!("{t}: {e}")).item().unwrap()
}

fn numbers(t: &Tensor) -> Vec<f64> {
    t.eval().unwrap_or_else(|e| panic!("{t}: {e}")).to_f64()
}

/// Equal to within a tolerance relative to the larger of the two and a size.
fn close(a: f64, b: f64, tolerance: f64, size: f64) -> bool {
    a == b || (a.is_finite() && b.is_finite() && (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(size))
}

/// The ends of an interval that are no infinities.
fn ends(d: &Distribution) -> Vec<f64> {
    match d.support() {
        Support::Interval(lo, hi) => [item(&lo), item(&hi)].into_iter().filter(|x| x.is_finite()).collect(),
        _ => vec![],
    }
}

/// Values inside the support, from one tail to the other.
pub fn inside(d: &Distribution) -> Vec<f64> {
    if d.family().quantile.absent().is_some() {
        // Of a mixture those of its components.
        let mut x: Vec<f64> = d.parts().iter().flat_map(inside).collect();
        x.sort_by(f64::total_cmp);
        x.dedup();
        // Where the density is 0, or jumps since a component begins or ends, there is no slope.
        let ends: Vec<f64> = d.parts().iter().flat_map(ends).collect();
        x.retain(|x| !ends.contains(x) && item(&d.prob(*x)) > 0.0);
        return x;
    }
    let q = [1e-9, 1e-3, 0.1, 0.3, 0.5, 0.8, 0.99, 1.0 - 1e-6];
    let mut x = numbers(&d.quantile(q.to_vec()));
    x.dedup();
    x
}

#[test]
fn every_family_has_examples() {
    let seen = scalars();
    let of_numbers =
        |f: &&&Family| !["MultivariateNormal", "Independent", "Dirichlet", "Multinomial"].contains(&f.name);
    for family in FAMILIES.iter().filter(of_numbers) {
        assert!(seen.iter().any(|d| d.family() == *family), "{family:?} has no example");
    }
}

#[test]
fn what_families_have_not_has_a_reason() {
    println!("{:<20} {:<12} why", "family", "has no");
    for family in FAMILIES {
        for (method, why) in family.absent() {
            println!("{:<20} {method:<12} {why}", family.name);
            assert!(why.len() > 10 && why.is_ascii(), "{family:?}: {method}: {why}");
        }
    }
    for d in scalars() {
        for (method, why) in d.family().absent() {
            let error = match method {
                "mean" => d.mean(),
                "variance" => d.variance(),
                "mode" => d.mode(),
                "entropy" => d.entropy(),
                "log_prob" => d.log_prob(0.5),
                "prob" => d.prob(0.5),
                "cdf" => d.cdf(0.5),
                "log_cdf" => d.log_cdf(0.5),
                "log_sf" => d.log_sf(0.5),
                "quantile" => d.quantile(0.5),
                "expectation" => d.expectation(|x| x.clone()),
                "rsample" => d.rsample(&gradus::ops::key(0), &[]),
                "sample" => d.sample(&gradus::ops::key(0), &[]),
                _ => continue,
            };
            let error = error.eval().expect_err(method).to_string();
            assert!(error.contains(why) && error.contains(d.family().name) && error.contains(method), "{error}");
        }
    }
}

#[test]
fn probabilities_sum_to_one_and_moments_are_integrals() {
    for d in scalars().iter().filter(|d| d.family().log_prob.absent().is_none()) {
        let total = expect(d, |_, _| 1.0);
        assert!(close(total, 1.0, 1e-11, 1.0), "{d}: sums to {total}");
        if d.family().mean.absent().is_none() {
            let (mean, by_sum) = (item(&d.mean()), expect(d, |x, _| x));
            assert!(close(mean, by_sum, 1e-10, centre(d).1), "{d}: mean {mean}, not {by_sum}");
            let by_sum = expect(d, |x, _| (x - mean).powi(2));
            let variance = item(&d.variance());
            assert!(close(variance, by_sum, 1e-9, 0.0), "{d}: variance {variance}, not {by_sum}");
        }
        if d.family().entropy.absent().is_none() {
            let by_sum = expect(d, |_, l| -l);
            let entropy = item(&d.entropy());
            assert!(close(entropy, by_sum, 1e-10, 1.0), "{d}: entropy {entropy}, not {by_sum}");
        }
        let sums = d.family().expectation.absent().is_none();
        if sums && d.parts().iter().all(|p| p.family().expectation.absent().is_none()) {
            let (e, by_sum) = (item(&d.expectation(|x| x.square().sin() + x)), expect(d, |x, _| (x * x).sin() + x));
            assert!(close(e, by_sum, 1e-10, 1.0), "{d}: expectation {e}, not {by_sum}");
        }
    }
}

#[test]
fn distribution_functions_agree_with_densities() {
    for d in scalars().iter().filter(|d| d.family().cdf.absent().is_none()) {
        let x = inside(d);
        let t = Tensor::from(x.clone());
        let cdf = numbers(&d.cdf(&t));
        if d.is_discrete() {
            let points = points(d);
            for (x, c) in x.iter().zip(&cdf) {
                let below: Vec<f64> = points.iter().map(|p| p.0).filter(|p| p <= x).collect();
                let sum: f64 = numbers(&d.prob(below)).iter().sum();
                assert!(close(*c, sum, 1e-11, 0.0), "{d}: cdf({x}) is {c}, not {sum}");
            }
        } else if d.family().prob.absent().is_none() {
            let (slope, p) = (numbers(&grad(&d.cdf(&t).sum(()), &t)), numbers(&d.prob(&t)));
            for i in 0..x.len() {
                assert!(close(slope[i], p[i], 1e-12, 0.0), "{d}: cdf'({}) is {}, not {}", x[i], slope[i], p[i]);
            }
        }
        let (log_cdf, log_sf, sf) = (numbers(&d.log_cdf(&t)), numbers(&d.log_sf(&t)), numbers(&d.sf(&t)));
        for i in 0..x.len() {
            assert!(close(log_cdf[i].exp(), cdf[i], 1e-12, 0.0), "{d}: log_cdf({}) is {}", x[i], log_cdf[i]);
            assert!(close(cdf[i] + sf[i], 1.0, 1e-13, 1.0), "{d}: at {}: cdf {} and sf {}", x[i], cdf[i], sf[i]);
            assert!(close(log_sf[i].exp(), sf[i], 1e-12, 0.0), "{d}: log_sf({}) is {}", x[i], log_sf[i]);
        }
    }
}

#[test]
fn quantiles_undo_distribution_functions() {
    for d in scalars().iter().filter(|d| d.family().quantile.absent().is_none()) {
        let spread = centre(d).1;
        let x = inside(d);
        for x in x {
            let q = item(&d.cdf(x));
            // Of a mass the cdf is a step: the quantile just below its height is the same value.
            let q = if d.is_discrete() { q * (1.0 - 1e-9) } else { q };
            let back = item(&d.quantile(q));
            // Near 1 the rounding of q is what is left.
            let slack = if d.is_discrete() || d.family().prob.absent().is_some() {
                0.0
            } else {
                4.0 * f64::EPSILON / item(&d.prob(x))
            };
            assert!((back - x).abs() <= 1e-11 * x.abs().max(spread) + slack, "{d}: quantile(cdf({x})) is {back}");
        }
        assert!(item(&d.quantile(1.5)).is_nan() && item(&d.quantile(-0.1)).is_nan(), "{d}: quantile outside of [0, 1]");
    }
}

#[test]
fn outside_of_the_support_there_is_nothing() {
    for d in scalars() {
        for x in [-1e3, -0.5, 0.5, 1e3] {
            let outside = d.support().contains(&Tensor::from(x)).map(|t| item(&t) == 0.0);
            if outside == Some(true) && d.family().log_prob.absent().is_none() {
                assert_eq!(item(&d.log_prob(x)), f64::NEG_INFINITY, "{d} at {x}");
                assert_eq!(item(&d.prob(x)), 0.0, "{d} at {x}");
            }
        }
    }
}

#[test]
fn log_of_prob_as_written_is_as_good_as_log_prob() {
    for d in scalars().iter().filter(|d| d.family().log_prob.absent().is_none()) {
        let mut x = inside(d);
        if !d.is_discrete() {
            let (middle, size) = centre(d);
            let far = [-1e5, -40.0, 40.0, 1e5].map(|s| middle + s * size);
            x.extend(far.iter().filter(|x| item(&d.log_prob(**x)).is_finite()));
        }
        let t = Tensor::from(x.clone());
        let (stable, written) = (numbers(&d.log_prob(&t)), numbers(&d.prob(&t).log()));
        for i in 0..x.len() {
            let size = centre(d).1.ln().abs();
            assert!(close(stable[i], written[i], 1e-14, size), "{d} at {}: {} and {}", x[i], stable[i], written[i]);
        }
        if d.is_discrete() {
            continue;
        }
        let slopes = [d.log_prob(&t), d.prob(&t).log()].map(|y| numbers(&grad(&y.sum(()), &t)));
        for i in 0..x.len() {
            let (a, b) = (slopes[0][i], slopes[1][i]);
            assert!(close(a, b, 1e-13, 1e-13 / centre(d).1), "{d}: slopes at {}: {a} and {b}", x[i]);
        }
    }
}

/// A leaf with these numbers, and what is made of it.
fn free(numbers: Tensor, make: impl Fn(&Tensor) -> Tensor) -> (Tensor, Tensor) {
    let leaf = Tensor::new(numbers.eval().unwrap());
    let made = make(&leaf);
    (leaf, made)
}

#[test]
fn gradients_agree_with_differences_in_wide_numbers() {
    for d in scalars().iter().filter(|d| !d.family().forms.is_empty()) {
        let family = d.family();
        // Where the support hangs on parameters, a difference leaves it: that slope is tested by itself.
        let needs: Vec<Need> = family.forms[d.form()].parameters.iter().map(|p| p.need).collect();
        if needs.iter().any(|n| matches!(n, Need::Above | Need::Finite | Need::WholeFrom)) {
            continue;
        }
        let x = inside(d);
        for (i, (name, value)) in d.given().into_iter().enumerate() {
            // In a free number that the parameter is made of, so that no difference leaves what it may be.
            let need = family.forms[d.form()].parameters[i].need;
            if matches!(need, Need::Whole(_)) {
                continue;
            }
            let (leaf, made) = match need {
                Need::Positive => free(value.log(), Tensor::exp),
                Need::Share => free(value.logit(), Tensor::sigmoid),
                Need::Shares => free(value.log().maximum(-50.0), |z| z.softmax(-1)),
                _ => free(value, Tensor::clone),
            };
            let with: Vec<(&str, Tensor)> =
                d.given().into_iter().map(|(n, t)| (n, if n == name { made.clone() } else { t })).collect();
            let y = family.of(&with).log_prob(x.clone()).sum(());
            if family.log_prob.absent().is_some() || !item(&y).is_finite() {
                continue;
            }
            let found = check_grad(&y, &leaf).unwrap_or_else(|e| panic!("{d}: {name}: {e}"));
            assert!(found.agrees, "{d}: d log_prob / d {name}: {found:?}");
        }
    }
}

#[test]
fn the_slope_of_a_uniform_density_in_its_ends() {
    let (a, b) = (Tensor::new(Tensor::from(-1.0).eval().unwrap()), Tensor::new(Tensor::from(4.0).eval().unwrap()));
    let y = gradus::prob::uniform(&a, &b).log_prob([0.0, 1.0]).sum(());
    assert_eq!((item(&grad(&y, &a)), item(&grad(&y, &b))), (2.0 / 5.0, -2.0 / 5.0));
}

#[test]
fn a_batch_is_its_members() {
    for d in scalars().iter().filter(|d| !d.family().forms.is_empty()) {
        let given: Vec<(&str, Tensor)> =
            d.given().into_iter().map(|(n, t)| (n, Tensor::new(t.eval().unwrap()))).collect();
        let d = &d.family().of(&given);
        // Batches of parameters whose own axes stay behind.
        let two: Vec<(&str, Tensor)> = given.iter().map(|(n, t)| (*n, Tensor::stack(&[t, t], 0))).collect();
        let batch = d.family().of(&two);
        assert_eq!(batch.batch_shape().unwrap(), [2], "{d}");
        let mut checks: Vec<(&str, Tensor, Tensor)> = vec![];
        for x in inside(d) {
            if d.family().log_prob.absent().is_none() {
                checks.push(("log_prob", batch.log_prob(x), d.log_prob(x)));
            }
            checks.push(("cdf", batch.cdf(x), d.cdf(x)));
        }
        let family = d.family();
        if family.mean.absent().is_none() {
            checks.push(("mean", batch.mean(), d.mean()));
            checks.push(("variance", batch.variance(), d.variance()));
        }
        if family.entropy.absent().is_none() {
            checks.push(("entropy", batch.entropy(), d.entropy()));
        }
        for (what, many, one) in checks {
            let (many, one) = (many.eval().unwrap(), item(&one));
            assert_eq!(many.shape(), [2], "{batch}: {what}");
            assert!(many.iter_f64().all(|v| v.to_bits() == one.to_bits()), "{d}: {what}: {many}, not {one}");
        }
    }
}

#[test]
fn what_is_printed_reads_back() {
    for d in scalars() {
        let text = d.to_string();
        assert!(text.starts_with(&format!("{}(", d.family().name)), "{text}");
        let x = *inside(&d).last().unwrap();
        if d.family().forms.is_empty() || d.family().log_prob.absent().is_some() {
            continue;
        }
        let outcome = Program::formula(&format!("{text}.log_prob({x:?})")).and_then(|p| p.run());
        let value = outcome.unwrap_or_else(|e| panic!("{text}: {e}")).results.remove(0).value.unwrap().to_f64();
        assert!(close(value[0], item(&d.log_prob(x)), 1e-15, 1.0), "{text}: {value:?}");
        assert!(!d.log_prob(Tensor::from(x)).to_string().is_empty());
    }
}

#[test]
fn fits_are_most_likely() {
    for d in scalars().iter().filter(|d| d.family().fit.absent().is_none() && d.family().log_prob.absent().is_none()) {
        let x = Tensor::new(d.sample(&gradus::ops::key(5), &[400]).eval().unwrap());
        let fitted = d.family().fit(&x, None).unwrap_or_else(|e| panic!("{d}: {e}"));
        // Parameters that may not be, such as ends that are no whole numbers, are not likely.
        let likelihood = |d: &Distribution| match d.log_prob(&x).mean(()).eval() {
            Ok(a) => a.item().unwrap(),
            Err(e) => {
                assert!(e.is_domain(), "{d}: {e}");
                f64::NEG_INFINITY
            }
        };
        let best = likelihood(&fitted);
        assert!(best.is_finite() && best >= likelihood(d) - 1e-12 * best.abs(), "{d}: {fitted} is worse");
        let numbers_only = fitted.given().iter().all(|(_, t)| t.shape().unwrap().is_empty());
        for (name, _) in fitted.given().into_iter().filter(|_| numbers_only) {
            for change in [0.999, 1.001] {
                let other: Vec<(&str, Tensor)> = fitted
                    .given()
                    .into_iter()
                    .map(|(n, t)| (n, if n == name { Tensor::from(item(&t) * change) } else { Tensor::from(item(&t)) }))
                    .collect();
                let moved = likelihood(&d.family().of(&other));
                assert!(!(moved > best + 1e-12 * best.abs()), "{fitted}: better with another {name}: {moved} > {best}");
            }
        }
        // A weight of 2 is the value twice.
        let half = Tensor::from(vec![1.0; 200]);
        let weights = Tensor::concatenate(&[&(2.0 * &half), &(0.0 * &half)], 0);
        let first = d.family().fit(&x, Some(&weights)).unwrap();
        let alone = d.family().fit(x.slice(0, Some(0), Some(200), 1), None).unwrap();
        for ((name, a), (_, b)) in first.given().iter().zip(alone.given()) {
            if *name == "values" || *name == "weights" {
                continue;
            }
            for (a, b) in numbers(a).into_iter().zip(numbers(&b)) {
                assert!(close(a, b, 1e-10, 0.0), "{d}: weighted {name}");
            }
        }
    }
}
