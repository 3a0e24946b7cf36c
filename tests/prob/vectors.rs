//! Normal vectors: closed forms beside one another, gradients, samples.

use gradus::ops::key;
use gradus::prob::{
    DIRICHLET, Distribution, MULTINOMIAL, dirichlet, kl, multinomial, multivariate_normal,
    multivariate_normal_by_cholesky, multivariate_normal_by_precision, normal,
};
use gradus::{Tensor, check_grad};

fn numbers(t: &Tensor) -> Vec<f64> {
    t.eval().unwrap_or_else(|e| panic!("{t}: {e}")).to_f64()
}

fn near(a: &Tensor, b: &Tensor, tolerance: f64) {
    let (a, b) = (numbers(a), numbers(b));
    assert_eq!(a.len(), b.len());
    let size = b.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() <= tolerance * size), "{a:?}, not {b:?}");
}

const SIGMA: [[f64; 3]; 3] = [[4.0, 2.0, 0.5], [2.0, 5.0, -1.0], [0.5, -1.0, 3.0]];
const MU: [f64; 3] = [1.0, -2.0, 0.5];

fn three() -> [Distribution; 3] {
    let sigma = Tensor::from(SIGMA);
    [
        multivariate_normal(MU, SIGMA),
        multivariate_normal_by_precision(MU, sigma.inv()),
        multivariate_normal_by_cholesky(MU, sigma.cholesky()),
    ]
}

#[test]
fn three_ways_to_give_it_are_one() {
    let x = Tensor::from([[0.0, 0.0, 0.0], [1.0, 5.0, -3.0]]);
    let [a, b, c] = three();
    for d in [b, c] {
        near(&d.log_prob(&x), &a.log_prob(&x), 1e-14);
        near(&d.prob(&x), &a.prob(&x), 1e-13);
        near(&d.entropy(), &a.entropy(), 1e-14);
        near(&d.covariance(), &a.covariance(), 1e-14);
        near(&d.variance(), &a.variance(), 1e-14);
        near(&d.mean(), &a.mean(), 0.0);
    }
}

#[test]
fn a_joint_density_is_a_marginal_times_a_conditional() {
    for d in three() {
        let x = Tensor::from([0.3, 4.0, -1.5]);
        let pick = |i: &[i64]| x.take(&Tensor::from(i.to_vec()), 0);
        for (a, b) in [(vec![0i64], vec![1i64, 2]), (vec![2, 0], vec![1]), (vec![1, 2], vec![0])] {
            let product = d.marginal(&a).log_prob(pick(&a)) + d.condition(&a, pick(&a)).log_prob(pick(&b));
            near(&product, &d.log_prob(&x), 1e-14);
        }
    }
}

#[test]
fn independent_elements_are_single_normals() {
    let d = multivariate_normal([1.0, -1.0], [[4.0, 0.0], [0.0, 0.25]]);
    let x = [0.5, 3.0];
    let sum = normal(1.0, 2.0).log_prob(x[0]) + normal(-1.0, 0.5).log_prob(x[1]);
    near(&d.log_prob(x), &sum, 1e-15);
}

#[test]
fn gradients_agree_with_differences() {
    let x = Tensor::from([[0.0, 0.1, -2.0], [1.0, 5.0, -3.0]]);
    let (mu, l) = (Tensor::from(MU), Tensor::from([[2.0, 0.0, 0.0], [1.0, 1.5, 0.0], [-0.5, 0.25, 3.0]]));
    let d = multivariate_normal_by_cholesky(&mu, &l);
    let y = d.log_prob(&x).sum(());
    for leaf in [&mu, &l, &x] {
        let found = check_grad(&y, leaf).unwrap();
        assert!(found.agrees, "{found:?}");
    }
    // A covariance is symmetric: as L Lᵀ it stays so.
    let y = multivariate_normal(&mu, l.matmul(l.mt())).log_prob(&x).sum(());
    for leaf in [&mu, &l] {
        let found = check_grad(&y, leaf).unwrap();
        assert!(found.agrees, "{found:?}");
    }
}

#[test]
fn samples_have_mean_and_covariance() {
    for d in three() {
        let n = 100_000;
        let x = Tensor::new(d.sample(&key(4), &[n]).eval().unwrap());
        assert_eq!(x.shape().unwrap(), [n, 3]);
        let (mean, cov) = (numbers(&x.mean(0)), numbers(&x.t().cov(1)));
        for i in 0..3 {
            let error = SIGMA[i][i].sqrt() / (n as f64).sqrt();
            assert!((mean[i] - MU[i]).abs() < 4.5 * error, "{mean:?}");
            for j in 0..3 {
                let error = ((SIGMA[i][i] * SIGMA[j][j] + SIGMA[i][j].powi(2)) / n as f64).sqrt();
                assert!((cov[3 * i + j] - SIGMA[i][j]).abs() < 4.5 * error, "{cov:?}");
            }
        }
        // What is left after whitening has the chi-squared distribution with 3 degrees of freedom: mean 3.
        let l = Tensor::from(SIGMA).cholesky();
        let z = l.solve_triangular((&x - Tensor::from(MU)).t(), true);
        let radius = numbers(&z.square().sum(0).mean(()))[0];
        assert!((radius - 3.0).abs() < 4.5 * (6.0 / n as f64).sqrt(), "{radius}");
    }
}

#[test]
fn a_batch_is_its_members() {
    let covariances = Tensor::stack(&[&Tensor::from(SIGMA), &Tensor::eye(3, 3, 0, gradus::DType::F64)], 0);
    let d = multivariate_normal(MU, covariances);
    assert_eq!(d.batch_shape().unwrap(), [2]);
    let x = [0.0, 1.0, 2.0];
    let ones = Tensor::stack(
        &[
            &multivariate_normal(MU, SIGMA).log_prob(x),
            &multivariate_normal(MU, Tensor::eye(3, 3, 0, gradus::DType::F64)).log_prob(x),
        ],
        0,
    );
    near(&d.log_prob(x), &ones, 1e-15);
    assert_eq!(d.sample(&key(0), &[5]).shape().unwrap(), [5, 2, 3]);
}

#[test]
fn what_is_no_covariance_is_a_named_error() {
    let bad = |sigma: [[f64; 2]; 2]| multivariate_normal([0.0, 0.0], sigma).log_prob([0.0, 0.0]).eval().unwrap_err();
    let message = bad([[1.0, 2.0], [2.0, 1.0]]).to_string();
    assert!(message.contains("not positive definite") && message.contains("pivot 1 is -3"), "{message}");
    assert!(bad([[1.0, 0.5], [0.4, 1.0]]).to_string().contains("symmetric"));
    // Only just not: no jitter makes it so.
    let edge = 1.0 + 2f64.powi(-50);
    assert!(bad([[1.0, edge], [edge, 1.0]]).is_singular());
    let l = multivariate_normal_by_cholesky([0.0, 0.0], [[1.0, 0.0], [1.0, -1.0]]);
    assert!(l.log_prob([0.0, 0.0]).eval().unwrap_err().to_string().contains("positive diagonal"));
}

#[test]
fn the_fit_is_the_sample_mean_and_covariance() {
    let x = Tensor::new(three()[0].sample(&key(2), &[50]).eval().unwrap());
    let fitted = gradus::prob::MULTIVARIATE_NORMAL.fit(&x, None).unwrap();
    near(&fitted.mean(), &x.mean(0), 1e-14);
    near(&fitted.covariance(), &x.t().cov(0), 1e-13);
}

#[test]
fn vectors_of_shares_and_counts() {
    let n = 20_000;
    let (d, e) = (dirichlet([0.05, 1.0, 5.0]), dirichlet([0.5, 2.0, 3.0]));
    let (c, b) = (multinomial(20, [0.2, 0.5, 0.3]), multinomial(20, [0.25, 0.25, 0.5]));
    for (p, q, total) in [(&d, &e, 1.0), (&c, &b, 20.0)] {
        let x = Tensor::new(p.sample(&key(3), &[n]).eval().unwrap());
        assert!(numbers(&x.sum(-1)).iter().all(|s| (s - total).abs() < 1e-12), "{p}");
        let (mean, variance) = (numbers(&p.mean()), numbers(&p.variance()));
        let (m, v) = (numbers(&x.mean(0)), numbers(&x.var(0, 0)));
        for i in 0..3 {
            let error = (variance[i] / n as f64).sqrt();
            assert!((m[i] - mean[i]).abs() < 5.0 * error, "{p}: mean {m:?}, not {mean:?}");
            assert!((v[i] / variance[i] - 1.0).abs() < 0.2, "{p}: variance {v:?}, not {variance:?}");
        }
        // The divergence is the mean of the log ratio, and so is the entropy of log p.
        let mut means = vec![("kl", kl(p, q), p.log_prob(&x) - q.log_prob(&x))];
        if p.family().entropy.absent().is_none() {
            means.push(("entropy", p.entropy(), -p.log_prob(&x)));
        }
        for (what, exact, each) in means {
            let (exact, each) = (numbers(&exact)[0], numbers(&each));
            let mean = each.iter().sum::<f64>() / n as f64;
            let spread = each.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64;
            assert!((mean - exact).abs() < 5.0 * (spread / n as f64).sqrt(), "{p}: {what} {exact}, not {mean}");
        }
    }
    // The slope of the mean along the paths of samples is that of the mean.
    let a = Tensor::from([0.3, 1.0, 5.0]);
    let first = |t: &Tensor| t.index(-1, 0);
    let exact = numbers(&gradus::grad(&first(&dirichlet(&a).mean()), &a));
    let path = numbers(&gradus::grad(&first(&dirichlet(&a).rsample(&key(4), &[n])).mean(()), &a));
    assert!(exact.iter().zip(&path).all(|(e, p)| (e - p).abs() < 0.01), "{path:?}, not {exact:?}");
    // A fit is at least as likely as what made the data.
    let x = Tensor::new(e.sample(&key(5), &[500]).eval().unwrap());
    let fitted = DIRICHLET.fit(&x, None).unwrap();
    let likelihood = |d: &Distribution| numbers(&d.log_prob(&x).mean(()))[0];
    assert!(likelihood(&fitted) >= likelihood(&e), "{fitted}");
    let counts = MULTINOMIAL.fit([[1.0, 3.0], [2.0, 2.0]], None).unwrap();
    assert_eq!(numbers(&counts.parameter(1).clone()), [0.375, 0.625]);
}
