//! An example of every function, for `gradus ops NAME`: that of its row, one of its own, or one made from its parameters.

use super::Function;
use crate::ops;

/// Examples of functions that no list of typical arguments suits.
const OWN: &[(&str, &str)] = &[
    ("qr", "qr([[3, 1], [4, 2]]).R"),
    ("svd", "svd([[3, 0], [4, 5]]).S"),
    ("solve_triangular", "solve_triangular([[2, 0], [1, 3]], [4, 5], lower=True)"),
    ("least_squares", "least_squares([[1, 0], [1, 1], [1, 2]], [1, 3, 5])"),
    ("fit_powers", "fit_powers([0, 1, 2], [1, 3, 5], 2)"),
    ("spectral", "spectral(diag([4, 9]), [4, 9], eye(2), [2, 3], [0.25, 1 / 6], [2, 3])"),
    ("over_gap", "over_gap([[1, 2], [3, 4]], [1, 3], eye(2))"),
    ("lyapunov", "lyapunov([[2, 0], [0, 1]], [[4, 3], [3, 2]])"),
    ("lstsq", "lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5]).x"),
    ("solutions", "solutions([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [1, 2, 4])"),
    ("is_orthogonal", "is_orthogonal([[0.6, -0.8], [0.8, 0.6]])"),
    ("vander", "vander([1, 2, 3])"),
    ("distance", "distance([1, 1], [4, 5])"),
    ("unit", "unit([3, 4])"),
    ("grad", "x = [1, 2, 3]; grad(sum(x**2), x)"),
    ("jacobian", "x = [1, 2]; jacobian(x**2, x)"),
    ("hessian", "x = [1, 2]; hessian(sum(x**3), x)"),
    ("condition", "x = 3; condition(x**5, x)"),
    ("check_grad", "x = [0.5, 2]; check_grad(sum(log(x)), x).agrees"),
    ("derivative", "x = 2; derivative(x**3, x)"),
    ("partial", "x = [1, 2]; partial(x[0] * x[1]**2, x, 1)"),
    ("directional_derivative", "x = [1, 2]; directional_derivative(sum(x**2), x, [0.6, 0.8])"),
    ("second_derivative", "x = [1, 2]; second_derivative(sum(x**3), x, [1, 1])"),
    ("curvature", "x = [1, 2]; curvature(sum(x**3), x, [1, 1])"),
    ("laplacian", "x = [1, 2]; laplacian(sum(x**3), x)"),
    ("taylor", "x = 0; taylor(exp(x), x, 1, 3)"),
    ("taylor_step", "x = [1, 1]; taylor_step(x[0]**2 + 9 * x[1]**2, x).best"),
    ("minimize", "x = [-1.2, 1]; minimize(100 * (x[1] - x[0]**2)**2 + (1 - x[0])**2, x).x"),
    ("critical_points", "x = [0, 0]; critical_points(x[0]**2 - x[1]**2, x, -1, 1).kinds"),
    ("einsum", "einsum('ij,kj->ik', [[1, 2], [3, 4]], [[1, 2], [3, 4]])"),
    ("inner", "inner([1, 2], [3, 4])"),
    ("vdot", "vdot([[1, 2], [3, 4]], [[1, 2], [3, 4]])"),
    ("tensordot", "tensordot([[1, 2], [3, 4]], [[1, 2], [3, 4]], axes=1)"),
    ("kron", "kron([1, 10], [1, 2])"),
    ("quantile", "quantile([1, 2, 3, 4], 0.25)"),
    ("percentile", "percentile([1, 2, 3, 4], [25, 75])"),
    ("cov", "cov([[1, 2, 3], [3, 2, 1]])"),
    ("corrcoef", "corrcoef([[1, 2, 3], [3, 2, 2]])"),
    ("logical_xor", "logical_xor([True, True], [True, False])"),
    ("allclose", "allclose([1, 2], [1, 2.0000001])"),
    ("isclose", "isclose([1, 2], [1, 2.1])"),
    ("diff", "diff([1, 4, 9])"),
    ("vstack", "vstack(([1, 2], [3, 4]))"),
    ("hstack", "hstack(([1, 2], [3, 4]))"),
    ("trunc", "trunc([-1.5, 1.5])"),
    ("hvp", "x = [1, 2]; hvp(sum(x**3), x, [1, 0])"),
    ("vjp", "x = [1, 2]; vjp(x**2, x, [1, 1])"),
    ("jvp", "x = [1, 2]; jvp(x**2, x, [1, 0])"),
    ("load", "load('datasets/iris.csv', '0-3').shape"),
    ("matmul", "matmul([[1, 2], [3, 4]], [5, 6])"),
    ("dot", "dot([1, 2], [3, 4])"),
    ("outer", "outer([1, 2], [3, 4])"),
    ("where", "where([1, -1] > 0, [1, 2], 0)"),
    ("trace", "trace([[1, 2], [3, 4]])"),
    ("diagonal", "diagonal([[1, 2], [3, 4]])"),
    ("tril", "tril([[1, 2], [3, 4]])"),
    ("triu", "triu([[1, 2], [3, 4]])"),
    ("swapaxes", "swapaxes([[1, 2], [3, 4]], 0, 1)"),
    ("moveaxis", "moveaxis([[1, 2], [3, 4]], 0, 1)"),
    ("stack", "stack(([1, 2], [3, 4]), axis=1)"),
    ("column_stack", "column_stack(([1, 2], [3, 4]))"),
    ("squeeze", "squeeze([[1, 2]])"),
    ("take_along_axis", "take_along_axis([[1, 2], [3, 4]], [[1], [0]], axis=1)"),
    ("gather", "gather([[1, 2], [3, 4]], 1, [[1], [0]])"),
    ("one_hot", "one_hot([0, 2], 3)"),
    ("norm", "norm([3e200, 4e200])"),
    ("clip", "clip([1, 2, 3], 1.5, 2.5)"),
    ("full", "full((2, 3), 7)"),
    ("finfo", "finfo('bf16').eps"),
    ("Uniform", "Uniform(2, 4).prob(3)"),
    ("DiscreteUniform", "DiscreteUniform(1, 6).mean()"),
    ("Categorical", "Categorical([0.5, 0.25, 0.25]).entropy()"),
    ("MultivariateNormal", "MultivariateNormal([0, 0], [[2, 1], [1, 2]]).log_prob([1, -1])"),
    ("Laplace", "Laplace(0, 1).log_cdf(-1000)"),
    ("Dirac", "Dirac(3).cdf([2, 3])"),
    ("Empirical", "Empirical([1, 2, 2, 5]).prob(2)"),
    ("Mixture", "Mixture([0.25, 0.75], [Normal(0, 1), Laplace(5, 2)]).mean()"),
    ("Independent", "Independent(Normal([0, 0], 1)).log_prob([1, 2])"),
    ("Transformed", "Transformed(Normal(0, 1), exp).log_prob(2)"),
    ("responsibilities", "responsibilities(Mixture([0.5, 0.5], [Normal(-1, 1), Normal(1, 1)]), 0)"),
    ("fit_kl", "fit_kl(Mixture([0.5, 0.5], [Normal(-5, 1), Normal(5, 1)]), Normal, 'reverse').best"),
    ("fit_mixture", "fit_mixture([-5.1, -4.9, 4.8, 5.1], Normal, 2, key(0)).log_likelihood"),
    ("kl_estimate", "kl_estimate(Laplace(0, 1), Mixture([0.5, 0.5], [Normal(-1, 1), Normal(1, 1)])).value"),
    ("self_information", "self_information(0.25, 2)"),
    ("entropy", "entropy([0.5, 0.5, 0])"),
    ("kl", "kl(Normal(0, 1), Normal(1, 2))"),
    ("cross_entropy", "cross_entropy([0.5, 0.5], [0.25, 0.75])"),
    ("jensen_shannon", "jensen_shannon([1.0, 0], [0, 1.0])"),
    ("perplexity", "perplexity([0.25, 0.25, 0.25, 0.25])"),
    ("mutual_information", "mutual_information([[0.5, 0], [0, 0.5]])"),
    ("conditional_entropy", "conditional_entropy([[0.25, 0.25], [0, 0.5]])"),
    ("Normal", "Normal(0, 1).log_prob(40)"),
    ("Exponential", "Exponential(2).cdf(1e-20)"),
    ("Bernoulli", "Bernoulli(logits=[1000.0]).log_prob(0)"),
    ("sort", "sort([3, 1, 2])"),
    ("argsort", "argsort([3, 1, 2])"),
];

/// Typical arguments by the name of the parameter.
const TYPICAL: &[(&str, &str)] = &[
    ("x", "[1, 2, 3]"),
    ("a", "3"),
    ("b", "4"),
    ("p", "0.5"),
    ("n", "3"),
    ("A", "[[2, 1], [1, 3]]"),
    ("shape", "(2, 3)"),
    ("start", "0"),
    ("stop", "3"),
    ("low", "0"),
    ("high", "1"),
    ("loc", "0"),
    ("scale", "1"),
    ("value", "7"),
    ("by", "1"),
    ("count", "2"),
    ("parts", "3"),
    ("seed", "0"),
    ("dtype", "'f32'"),
];

impl Function {
    /// A formula that shows the function.
    pub fn example(&self) -> String {
        let name = self.names[0];
        if let Some((_, own)) = OWN.iter().find(|(n, _)| *n == name) {
            return own.to_string();
        }
        if let Some(op) = ops::all().find(|op| op.name == name && !op.example.is_empty()) {
            return op.example.to_string();
        }
        let required = self.signature.split(", ").filter(|p| !p.is_empty() && !p.contains('=') && !p.starts_with('*'));
        let typical = |p: &str| TYPICAL.iter().find(|(n, _)| *n == p).map_or("1", |(_, v)| v);
        format!("{name}({})", required.map(typical).collect::<Vec<_>>().join(", "))
    }
}
