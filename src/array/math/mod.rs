//! Elementwise functions: one algorithm each, the same bits for scalars, tails and every vector width.
//!
//! Every function is written once as branch-free scalar code with `mul_add` at fixed places. The slice kernels run it in
//! a loop that the compiler turns into vector instructions where the processor has AVX2 and FMA; elsewhere the same
//! code runs one element at a time, and as fused multiply-add is exactly rounded everywhere, to the same bits.
//! The accuracy of each is measured, and its bound stated, in `tests/math.rs`.

mod basic;
pub(crate) mod betainc;
pub(super) mod dispatch;
pub(super) mod exp;
pub(super) mod float;
mod gamma;
mod gammainc;
mod hyperbolic;
mod log;
mod polygamma;
mod power;
mod quadrature;
mod special;
pub(crate) mod student;
pub(super) mod trig;

pub use dispatch::set_plain;
pub(crate) use polygamma::BERNOULLI;
pub(super) use trig::quarter_turns;

use dispatch::kernels;

kernels! {
    unary {
        /// -x.
        neg neg_f64 neg_f32 = both basic::neg;
        /// |x|.
        abs abs_f64 abs_f32 = both basic::abs;
        /// -1, 0 or 1 by the sign of x.
        sign sign_f64 sign_f32 = both basic::sign;
        /// x².
        square square_f64 square_f32 = both basic::square;
        /// √x.
        sqrt sqrt_f64 sqrt_f32 = both power::sqrt;
        /// ∛x.
        cbrt cbrt_f64 cbrt_f32 = narrow power::cbrt;
        /// 1/x.
        reciprocal reciprocal_f64 reciprocal_f32 = both basic::reciprocal;
        /// e^x - 1.
        expm1 expm1_f64 expm1_f32 = both exp::expm1;
        /// log x.
        log log_f64 log_f32 = both log::log;
        /// log(1 + x).
        log1p log1p_f64 log1p_f32 = both log::log1p;
        /// log₂ x.
        log2 log2_f64 log2_f32 = narrow log::log2;
        /// log₁₀ x.
        log10 log10_f64 log10_f32 = narrow log::log10;
        /// log(1 - e^x) for x ≤ 0.
        log1mexp log1mexp_f64 log1mexp_f32 = both log::log1mexp;
        /// The inverse of sin.
        asin asin_f64 asin_f32 = narrow trig::asin;
        /// The inverse of cos.
        acos acos_f64 acos_f32 = narrow trig::acos;
        /// The inverse of tan.
        atan atan_f64 atan_f32 = narrow trig::atan;
        /// sinh x = (e^x - e^-x)/2.
        sinh sinh_f64 sinh_f32 = narrow hyperbolic::sinh;
        /// cosh x = (e^x + e^-x)/2.
        cosh cosh_f64 cosh_f32 = narrow hyperbolic::cosh;
        /// tanh x = (e^2x - 1)/(e^2x + 1).
        tanh tanh_f64 tanh_f32 = both hyperbolic::tanh;
        /// log(x + √(x² + 1)).
        asinh asinh_f64 asinh_f32 = narrow hyperbolic::asinh;
        /// log(x + √(x² - 1)).
        acosh acosh_f64 acosh_f32 = narrow hyperbolic::acosh;
        /// ½ log((1 + x)/(1 - x)).
        atanh atanh_f64 atanh_f32 = narrow hyperbolic::atanh;
        /// σ(x) = 1/(1 + e^-x).
        sigmoid sigmoid_f64 sigmoid_f32 = both exp::sigmoid;
        /// log σ(x).
        log_sigmoid log_sigmoid_f64 log_sigmoid_f32 = both log::log_sigmoid;
        /// log(1 + e^x).
        softplus softplus_f64 softplus_f32 = both log::softplus;
        /// erf(x) = 2/√π ∫₀ˣ e^(-t²) dt.
        erf erf_f64 erf_f32 = narrow special::erf;
        /// 1 - erf(x).
        erfc erfc_f64 erfc_f32 = narrow special::erfc;
        /// e^(x²)·erfc(x).
        erfcx erfcx_f64 erfcx_f32 = narrow special::erfcx;
        /// The inverse of erf.
        erfinv erfinv_f64 erfinv_f32 = narrow special::erfinv;
        /// Φ(x), the distribution function of the standard normal.
        ndtr ndtr_f64 ndtr_f32 = narrow special::ndtr;
        /// log Φ(x).
        log_ndtr log_ndtr_f64 log_ndtr_f32 = narrow special::log_ndtr;
        /// φ(x)/Φ(x), the derivative of log Φ.
        log_ndtr_grad log_ndtr_grad_f64 log_ndtr_grad_f32 = narrow special::log_ndtr_grad;
        /// Γ(x).
        gamma gamma_f64 gamma_f32 = narrow gamma::gamma;
        /// log |Γ(x)|.
        lgamma lgamma_f64 lgamma_f32 = narrow gamma::lgamma;
        /// ψ(x), the derivative of log Γ.
        digamma digamma_f64 digamma_f32 = narrow polygamma::digamma;
        /// ψ'(x).
        trigamma trigamma_f64 trigamma_f32 = narrow polygamma::trigamma;
        /// The largest whole number ≤ x.
        floor floor_f64 floor_f32 = both basic::Bits::floor;
        /// The smallest whole number ≥ x.
        ceil ceil_f64 ceil_f32 = both basic::Bits::ceil;
        /// The nearest whole number, the even one at a tie.
        round round_f64 round_f32 = both basic::Bits::round;
        /// x without its fraction.
        trunc trunc_f64 trunc_f32 = both basic::Bits::trunc;
        /// σ'(x) = σ(x)·σ(-x).
        sigmoid_grad sigmoid_grad_f64 sigmoid_grad_f32 = both exp::sigmoid_grad;
        /// tanh'(x) = 1/cosh²(x).
        tanh_grad tanh_grad_f64 tanh_grad_f32 = both exp::tanh_grad;
        /// (e^x - 1)/x, 1 at 0.
        expm1_over_x expm1_over_x_f64 expm1_over_x_f32 = both exp::expm1_over_x;
        /// log(1 + x)/x, 1 at 0.
        log1p_over_x log1p_over_x_f64 log1p_over_x_f32 = both log::log1p_over_x;
        /// log(1 + x) - x.
        log1p_minus_x log1p_minus_x_f64 log1p_minus_x_f32 = narrow log::log1p_minus_x;
        /// e^x - 1 - x.
        expm1_minus_x expm1_minus_x_f64 expm1_minus_x_f32 = narrow exp::expm1_minus_x;
        /// The distance from x to the next number away from 0, with the sign of x.
        spacing spacing_f64 spacing_f32 = both basic::Bits::spacing;
    }
    guarded {
        /// e^x.
        exp exp_f64 exp_f32 = exp::exp, exp::exp_normal, EXP_NORMAL;
    }
    circular {
        /// sin x.
        sin sin_f64 sin_f32 = sin_fast;
        /// cos x.
        cos cos_f64 cos_f32 = cos_fast;
        /// tan x.
        tan tan_f64 tan_f32 = tan_fast;
        /// 1 - cos x = 2 sin²(x/2).
        versin versin_f64 versin_f32 = versin_fast;
        /// x - sin x.
        x_minus_sin x_minus_sin_f64 x_minus_sin_f32 = x_minus_sin_fast;
        /// tan x - x.
        tan_minus_x tan_minus_x_f64 tan_minus_x_f32 = tan_minus_x_fast;
    }
    binary {
        /// a + b.
        add add_f64 add_f32 = both basic::add;
        /// a - b.
        sub sub_f64 sub_f32 = both basic::sub;
        /// a·b.
        mul mul_f64 mul_f32 = both basic::mul;
        /// a/b.
        div div_f64 div_f32 = both basic::div;
        /// The larger of a and b; NaN if either is.
        maximum maximum_f64 maximum_f32 = both basic::maximum;
        /// The smaller of a and b; NaN if either is.
        minimum minimum_f64 minimum_f32 = both basic::minimum;
        /// a^b; a^0 = 1.
        pow pow_f64 pow_f32 = narrow power::pow;
        /// √(a² + b²).
        hypot hypot_f64 hypot_f32 = narrow power::hypot;
        /// The angle of the point (b, a), in [-π, π].
        atan2 atan2_f64 atan2_f32 = narrow trig::atan2;
        /// The remainder with the sign of a.
        fmod fmod_f64 fmod_f32 = both basic::Bits::fmod;
        /// The remainder with the sign of b, as Python's `%`.
        floor_mod floor_mod_f64 floor_mod_f32 = both basic::Bits::floor_mod;
        /// floor(a/b), as Python's `//`.
        floor_div floor_div_f64 floor_div_f32 = both basic::Bits::floor_div;
        /// log(e^a + e^b).
        logaddexp logaddexp_f64 logaddexp_f32 = narrow log::logaddexp;
        /// log(e^a - e^b).
        logsubexp logsubexp_f64 logsubexp_f32 = narrow log::logsubexp;
        /// a·log b, 0 at a = 0.
        xlogy xlogy_f64 xlogy_f32 = narrow log::xlogy;
        /// a·log(1 + b), 0 at a = 0.
        xlog1py xlog1py_f64 xlog1py_f32 = narrow log::xlog1py;
        /// a·log(a/b), 0 at a = 0.
        xlog_ratio xlog_ratio_f64 xlog_ratio_f32 = narrow log::xlog_ratio;
        /// log(a/b).
        log_ratio log_ratio_f64 log_ratio_f32 = narrow log::log_ratio;
        /// log(a·b).
        log_product log_product_f64 log_product_f32 = narrow log::log_product;
        /// |a| with the sign of b.
        copysign copysign_f64 copysign_f32 = both basic::copysign;
        /// The next number after a on the way to b.
        nextafter nextafter_f64 nextafter_f32 = both basic::Bits::nextafter;
        /// log B(a, b).
        betaln betaln_f64 betaln_f32 = narrow gamma::betaln;
        /// The logarithm of a binomial coefficient.
        log_binomial log_binomial_f64 log_binomial_f32 = narrow gamma::log_binomial;
        /// ψ⁽ᵃ⁾(b), the ath derivative of digamma.
        polygamma polygamma_f64 polygamma_f32 = narrow polygamma::polygamma;
        /// P(a, x), the regularised lower incomplete gamma function.
        gammainc gammainc_f64 gammainc_f32 = narrow gammainc::gammainc;
        /// Q(a, x) = 1 - P(a, x).
        gammaincc gammaincc_f64 gammaincc_f32 = narrow gammainc::gammaincc;
        /// log P(a, x).
        log_gammainc log_gammainc_f64 log_gammainc_f32 = narrow gammainc::log_gammainc;
        /// log Q(a, x).
        log_gammaincc log_gammaincc_f64 log_gammaincc_f32 = narrow gammainc::log_gammaincc;
        /// The inverse of P in x.
        gammaincinv gammaincinv_f64 gammaincinv_f32 = narrow gammainc::gammaincinv;
        /// The inverse of Q in x.
        gammainccinv gammainccinv_f64 gammainccinv_f32 = narrow gammainc::gammainccinv;
        /// xᵃ⁻¹ e⁻ˣ/Γ(a).
        gamma_density gamma_density_f64 gamma_density_f32 = narrow gammainc::gamma_density;
        /// ∂P/∂a.
        gammainc_slope gammainc_slope_f64 gammainc_slope_f32 = narrow gammainc::gammainc_slope;
        /// ∂ log P/∂a.
        log_gammainc_slope log_gammainc_slope_f64 log_gammainc_slope_f32 = narrow gammainc::log_gammainc_slope;
        /// ∂ log Q/∂a.
        log_gammaincc_slope log_gammaincc_slope_f64 log_gammaincc_slope_f32 = narrow gammainc::log_gammaincc_slope;
        /// The weight xᵃ e⁻ˣ/Γ(a) over P.
        gammainc_share gammainc_share_f64 gammainc_share_f32 = narrow gammainc::gammainc_share;
        /// The weight xᵃ e⁻ˣ/Γ(a) over Q.
        gammaincc_share gammaincc_share_f64 gammaincc_share_f32 = narrow gammainc::gammaincc_share;
        /// P(T ≤ b) of Student's distribution with a degrees of freedom.
        stdtr stdtr_f64 stdtr_f32 = narrow student::stdtr;
        /// log P(T ≤ b).
        log_stdtr log_stdtr_f64 log_stdtr_f32 = narrow student::log_stdtr;
        /// ∂ log P(T ≤ b)/∂a.
        log_stdtr_slope log_stdtr_slope_f64 log_stdtr_slope_f32 = narrow student::log_stdtr_slope;
        /// The inverse of P(T ≤ b) in b.
        stdtrit stdtrit_f64 stdtrit_f32 = narrow student::stdtrit;
        /// The least k with P(K ≤ k) ≥ b for a Poisson K of mean a.
        poisson_quantile poisson_quantile_f64 poisson_quantile_f32 = narrow student::poisson_quantile;
        /// How a quantile of the gamma distribution moves with the shape.
        gamma_flow gamma_flow_f64 gamma_flow_f32 = narrow gammainc::gamma_flow;
    }
}
