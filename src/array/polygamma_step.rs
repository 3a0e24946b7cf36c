//! ψ⁽ⁿ⁾(a + b) − ψ⁽ⁿ⁾(a) as a sum of differences, none of which cancels.

use super::math::BERNOULLI;

/// From here on the asymptotic series has all its digits.
const FAR: f64 = 16.0;

/// x⁻ʲ − (x + b)⁻ʲ.
fn fall(j: f64, x: f64, b: f64) -> f64 {
    let relative = -(-j * (b / x).ln_1p()).exp_m1();
    // Whole powers by multiplication where they stay in range.
    relative / x.powf(j)
}

/// ψ⁽ⁿ⁾(a + b) − ψ⁽ⁿ⁾(a) for positive a and b ≥ 0, by the recurrence up to where the asymptotic series holds.
pub(crate) fn polygamma_step(n: u32, a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() || a < 0.0 || b < 0.0 {
        return f64::NAN;
    }
    let factorial = |k: u32| (1..=k).map(f64::from).product::<f64>();
    let order = f64::from(n);
    let (mut x, mut near) = (a, 0.0);
    while x < FAR + order {
        near += fall(order + 1.0, x, b);
        x += 1.0;
    }
    // ψ⁽ⁿ⁾(x) = ±((n−1)!/xⁿ + n!/(2xⁿ⁺¹) + Σ B₂ₖ (2k+n−1)!/((2k)! x²ᵏ⁺ⁿ)), with log x for the first term of ψ.
    let mut far = if n == 0 { (b / x).ln_1p() } else { factorial(n - 1) * fall(order, x, b) };
    far += 0.5 * factorial(n) * fall(order + 1.0, x, b);
    for (i, bernoulli) in BERNOULLI.iter().enumerate() {
        let k = 2 * (i as u32 + 1);
        let ratio: f64 = if n == 0 { 1.0 / f64::from(k) } else { (k + 1..k + n).map(f64::from).product() };
        far += bernoulli * ratio * fall(f64::from(k + n), x, b);
    }
    let sum = factorial(n) * near + far;
    if n.is_multiple_of(2) { sum } else { -sum }
}
