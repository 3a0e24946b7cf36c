//! Distributions of every family that the driver walks: usual parameters and odd ones.

use gradus::prob::*;

/// At least one distribution of numbers of every family; a family without one fails the driver.
pub fn scalars() -> Vec<Distribution> {
    vec![
        normal(0.5, 2.0),
        normal_by_variance(-3.0, 0.25),
        normal_by_precision(100.0, 16.0),
        exponential(0.7),
        exponential(300.0),
        bernoulli(0.3),
        bernoulli(0.999),
        bernoulli_by_logits(-2.0),
        uniform(-1.0, 4.0),
        uniform(1e6, 1e6 + 1.0),
        discrete_uniform(1.0, 6.0),
        discrete_uniform(-40.0, 40.0),
        categorical([0.5, 0.25, 0.0, 0.125, 0.125]),
        categorical([1.0]),
        categorical_by_logits([0.0, 3.0, -2.0, 1.5]),
        laplace(0.0, 1.0),
        laplace(-20.0, 0.05),
        log_normal(0.3, 0.5),
        log_normal(-2.0, 0.1),
        gamma(2.5, 0.5),
        gamma(0.4, 3.0),
        gamma(30.0, 10.0),
        beta(2.0, 3.0),
        beta(0.5, 1.7),
        beta(20.0, 1.5),
        student_t(5.0, 0.5, 2.0),
        student_t(30.0, -1.0, 0.1),
        binomial(10.0, 0.3),
        binomial(100.0, 0.97),
        poisson(0.7),
        poisson(40.0),
        mixture([0.25, 0.75], &[normal(0.0, 1.0), laplace(5.0, 2.0)]),
        mixture([0.5, 0.0, 0.5], &[exponential(1.0), normal(0.0, 1.0), exponential(3.0)]),
        mixture([0.5, 0.5], &[bernoulli(0.25), discrete_uniform(0.0, 3.0)]),
        transformed(&normal(0.3, 0.5), &Map::named("exp").unwrap()),
        transformed(&normal(0.0, 1.0), &Map::named("sigmoid").unwrap()),
        transformed(&exponential(2.0), &Map::named("neg").unwrap()),
        dirac(1.5),
        empirical([3.0, -1.0, 4.0, 1.0, 5.0, -9.0]),
        EMPIRICAL.of(&[("values", [0.5, 2.5, 1.5].into()), ("weights", [0.5, 0.25, 0.25].into())]),
    ]
}
