//! Densities, distribution functions and samples beside statrs and rand_distr, element by element as they offer it.

use gradus::prob::{bernoulli, categorical, exponential, laplace, multivariate_normal_by_cholesky, normal};
use gradus::{Array, DType, Plan, Tensor, ops};
use rand_distr::weighted::WeightedAliasIndex;
use rand_distr::{Distribution as _, StandardNormal, StandardUniform};
use statrs::distribution::{Bernoulli, Continuous, ContinuousCDF, Discrete, Exp, Laplace, Normal};

use crate::rows::{Row, array, data};
use crate::timer::{compare, entry};

/// How many elements a row of densities has.
const N: usize = 1_000_000;

/// Every row; targets of distribution functions are half of the best peer's time, in samples and densities its time.
pub const ALL: &[Row] = &[
    ("normal log-density 1e6 f64", |n| {
        let d = Normal::new(0.3, 1.7).expect("parameters");
        each(n, |t| normal(0.3, 1.7).log_prob(t), &data(N), |x| d.ln_pdf(x), 1.0);
    }),
    ("laplace log-density 1e6 f64", |n| {
        let d = Laplace::new(0.3, 1.7).expect("parameters");
        each(n, |t| laplace(0.3, 1.7).log_prob(t), &data(N), |x| d.ln_pdf(x), 1.0);
    }),
    ("exponential log-density 1e6 f64", |n| {
        let d = Exp::new(1.7).expect("parameters");
        each(n, |t| exponential(1.7).log_prob(t), &positive(), |x| d.ln_pdf(x), 1.0);
    }),
    ("bernoulli log-mass 1e6 f64", |n| {
        let d = Bernoulli::new(0.3).expect("parameters");
        let x: Vec<f64> = data(N).iter().map(|v| f64::from(u8::from(*v > 0.5))).collect();
        each(n, |t| bernoulli(0.3).log_prob(t), &x, |x| d.ln_pmf(x as u64), 1.0);
    }),
    ("normal cdf 1e6 f64", |n| {
        let d = Normal::new(0.3, 1.7).expect("parameters");
        each(n, |t| normal(0.3, 1.7).cdf(t), &data(N), |x| d.cdf(x), 0.5);
    }),
    ("laplace cdf 1e6 f64", |n| {
        let d = Laplace::new(0.3, 1.7).expect("parameters");
        each(n, |t| laplace(0.3, 1.7).cdf(t), &data(N), |x| d.cdf(x), 0.5);
    }),
    ("exponential cdf 1e6 f64", |n| {
        let d = Exp::new(1.7).expect("parameters");
        each(n, |t| exponential(1.7).cdf(t), &positive(), |x| d.cdf(x), 0.5);
    }),
    ("1e7 normals f64", |n| {
        let plan = Plan::new(&[&Tensor::random_normal(&ops::key(1), &[10_000_000], DType::F64)], &[]).expect("a plan");
        samples::<f64>(n, 10_000_000, &plan, |rng| StandardNormal.sample(rng));
    }),
    ("1e7 normals f32", |n| {
        let plan = Plan::new(&[&Tensor::random_normal(&ops::key(1), &[10_000_000], DType::F32)], &[]).expect("a plan");
        samples::<f32>(n, 10_000_000, &plan, |rng| StandardNormal.sample(rng));
    }),
    ("1e7 uniforms f64", |n| {
        let plan = Plan::new(&[&Tensor::random_uniform(&ops::key(1), &[10_000_000], DType::F64)], &[]).expect("a plan");
        samples::<f64>(n, 10_000_000, &plan, |rng| StandardUniform.sample(rng));
    }),
    ("1e7 uniforms f32", |n| {
        let plan = Plan::new(&[&Tensor::random_uniform(&ops::key(1), &[10_000_000], DType::F32)], &[]).expect("a plan");
        samples::<f32>(n, 10_000_000, &plan, |rng| StandardUniform.sample(rng));
    }),
    ("categorical 1e6 of 100", |n| {
        let weights: Vec<f64> = data(100).iter().map(|v| v.abs()).collect();
        let total: f64 = weights.iter().sum();
        let shares: Vec<f64> = weights.iter().map(|w| w / total).collect();
        let plan = Plan::new(&[&categorical(shares).sample(&ops::key(1), &[1_000_000])], &[]).expect("a plan");
        let alias = WeightedAliasIndex::new(weights).expect("weights");
        samples(n, 1_000_000, &plan, |rng| alias.sample(rng));
    }),
    ("multivariate normal 1e5 x 50", gaussian_vectors),
];

fn positive() -> Vec<f64> {
    data(N).into_iter().map(f64::abs).collect()
}

/// A formula of a distribution over all of x, beside a function called for each element.
fn each(name: &str, formula: impl Fn(&Tensor) -> Tensor, x: &[f64], peer: impl Fn(f64) -> f64, target: f64) {
    let x: Array = array(x.to_vec(), &[x.len()], DType::F64);
    let values = x.as_slice::<f64>().expect("contiguous");
    let leaf = Tensor::from(&x);
    let plan = Plan::new(&[&formula(&leaf)], &[&leaf]).expect("a plan");
    let mut out = vec![0.0; values.len()];
    compare(
        name,
        vec![
            entry("gradus", || plan.run(&[&x])),
            entry("statrs", || out.iter_mut().zip(values).for_each(|(o, x)| *o = peer(*x))).at_most(target),
        ],
    );
}

/// Random numbers beside rand_distr over its own fast generator.
fn samples<T: Default + Clone>(
    name: &str,
    count: usize,
    plan: &Plan,
    mut peer: impl FnMut(&mut rand::rngs::SmallRng) -> T,
) {
    use rand::SeedableRng;
    let mut rng = rand::rngs::SmallRng::seed_from_u64(1);
    let mut out = vec![T::default(); count];
    compare(
        name,
        vec![
            entry("gradus", || plan.run(&[])),
            entry("rand_distr", || out.iter_mut().for_each(|o| *o = peer(&mut rng))).at_most(1.0),
        ],
    );
}

/// Vectors μ + L z beside normals of rand_distr and a loop over the lower triangle.
fn gaussian_vectors(name: &str) {
    use rand::SeedableRng;
    let (count, d) = (100_000, 50);
    let mut factor: Vec<f64> = data(d * d).iter().map(|v| 0.1 * v).collect();
    for i in 0..d {
        factor[i * d + i] = 1.0;
        factor[i * d + i + 1..(i + 1) * d].fill(0.0);
    }
    let cholesky = array(factor.clone(), &[d, d], DType::F64);
    let normal = multivariate_normal_by_cholesky(vec![0.0; d], &cholesky);
    let plan = Plan::new(&[&normal.sample(&ops::key(1), &[count])], &[]).expect("a plan");
    let mut rng = rand::rngs::SmallRng::seed_from_u64(1);
    let (mut out, mut z) = (vec![0.0; count * d], vec![0.0; d]);
    let peer = || {
        for row in out.chunks_mut(d) {
            z.iter_mut().for_each(|z| *z = StandardNormal.sample(&mut rng));
            for (i, o) in row.iter_mut().enumerate() {
                *o = factor[i * d..][..=i].iter().zip(&z).map(|(l, z): (&f64, &f64)| l * z).sum();
            }
        }
    };
    compare(name, vec![entry("gradus", || plan.run(&[])), entry("rand_distr and a loop", peer).at_most(1.0)]);
}
