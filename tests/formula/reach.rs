//! Every op and composite is reached from Rust and from the language, and both give what NumPy or mpmath gives.

use std::collections::{BTreeMap, BTreeSet};

use gradus::formula::{Program, function, functions};
use gradus::ops::{einsum, finfo, key, pad, polygamma, zeros_like};
use gradus::{Array, DType, Tensor};

/// The data that the formulas are about.
struct Data<'d> {
    x: &'d Tensor,
    y: &'d Tensor,
    b: &'d Tensor,
    a: &'d Tensor,
    m: &'d Tensor,
}

/// A formula of the language and the same in Rust.
type Pair = (&'static str, fn(&Data) -> Tensor);

/// One row for every op and composite, in the order of tests/reference/language.txt.
#[rustfmt::skip]
const TABLE: &[Pair] = &[
    ("x + y", |v| v.x + v.y),
    ("x - y", |v| v.x - v.y),
    ("x * y", |v| v.x * v.y),
    ("x / y", |v| v.x / v.y),
    ("x // y", |v| v.x.floor_divide(v.y)),
    ("x % y", |v| v.x.modulo(v.y)),
    ("y ** x", |v| v.y.pow(v.x)),
    ("-x", |v| -v.x),
    ("abs(x)", |v| v.x.abs()),
    ("sign(x)", |v| v.x.sign()),
    ("reciprocal(x)", |v| v.x.reciprocal()),
    ("maximum(x, y)", |v| v.x.maximum(v.y)),
    ("minimum(x, y)", |v| v.x.minimum(v.y)),
    ("exp(x)", |v| v.x.exp()),
    ("exp2(x)", |v| v.x.exp2()),
    ("expm1(x)", |v| v.x.expm1()),
    ("log(y)", |v| v.y.log()),
    ("log2(y)", |v| v.y.log2()),
    ("log10(y)", |v| v.y.log10()),
    ("log1p(y)", |v| v.y.log1p()),
    ("log1mexp(-y)", |v| (-v.y).log1mexp()),
    ("sqrt(y)", |v| v.y.sqrt()),
    ("cbrt(x)", |v| v.x.cbrt()),
    ("square(x)", |v| v.x.square()),
    ("hypot(x, y)", |v| v.x.hypot(v.y)),
    ("sin(x)", |v| v.x.sin()),
    ("cos(x)", |v| v.x.cos()),
    ("tan(x)", |v| v.x.tan()),
    ("arcsin(x/3)", |v| (v.x / 3).arcsin()),
    ("arccos(x/3)", |v| (v.x / 3).arccos()),
    ("arctan(x)", |v| v.x.arctan()),
    ("arctan2(x, y)", |v| v.x.arctan2(v.y)),
    ("sinh(x)", |v| v.x.sinh()),
    ("cosh(x)", |v| v.x.cosh()),
    ("tanh(x)", |v| v.x.tanh()),
    ("arcsinh(x)", |v| v.x.arcsinh()),
    ("arccosh(y + 1)", |v| (v.y + 1).arccosh()),
    ("arctanh(x/3)", |v| (v.x / 3).arctanh()),
    ("sigmoid(x)", |v| v.x.sigmoid()),
    ("log_sigmoid(x)", |v| v.x.log_sigmoid()),
    ("softplus(x)", |v| v.x.softplus()),
    ("logaddexp(x, y)", |v| v.x.logaddexp(v.y)),
    ("logsubexp(y + x + 1, y)", |v| (v.y + v.x + 1).logsubexp(v.y)),
    ("erf(x)", |v| v.x.erf()),
    ("erfc(x)", |v| v.x.erfc()),
    ("erfcx(x)", |v| v.x.erfcx()),
    ("erfinv(x/3)", |v| (v.x / 3).erfinv()),
    ("ndtr(x)", |v| v.x.ndtr()),
    ("log_ndtr(x)", |v| v.x.log_ndtr()),
    ("gamma(y)", |v| v.y.gamma()),
    ("lgamma(x)", |v| v.x.lgamma()),
    ("digamma(y)", |v| v.y.digamma()),
    ("polygamma(2, y)", |v| polygamma(2, v.y)),
    ("betaln(y, 2)", |v| v.y.betaln(2)),
    ("xlogy(x, y)", |v| v.x.xlogy(v.y)),
    ("xlog1py(x, y)", |v| v.x.xlog1py(v.y)),
    ("relu(x)", |v| v.x.relu()),
    ("silu(x)", |v| v.x.silu()),
    ("gelu(x)", |v| v.x.gelu()),
    ("logit(y/2)", |v| (v.y / 2).logit()),
    ("floor(x)", |v| v.x.floor()),
    ("ceil(x)", |v| v.x.ceil()),
    ("round(x)", |v| v.x.round()),
    ("trunc(x)", |v| v.x.trunc()),
    ("x == 1", |v| v.x.equal(1)),
    ("x != 1", |v| v.x.not_equal(1)),
    ("x < y", |v| v.x.less(v.y)),
    ("x <= y", |v| v.x.less_equal(v.y)),
    ("x > y", |v| v.x.greater(v.y)),
    ("x >= y", |v| v.x.greater_equal(v.y)),
    ("logical_and(b, x > 0)", |v| v.b.logical_and(v.x.greater(0))),
    ("logical_or(b, x > 0)", |v| v.b.logical_or(v.x.greater(0))),
    ("logical_xor(b, x > 0)", |v| v.b.logical_xor(v.x.greater(0))),
    ("logical_not(b)", |v| v.b.logical_not()),
    ("isnan(x/0)", |v| (v.x / 0).isnan()),
    ("isinf(log(y - 0.3))", |v| (v.y - 0.3).log().isinf()),
    ("isfinite(x)", |v| v.x.isfinite()),
    ("isclose(x, x + 1e-9)", |v| v.x.isclose(&(v.x + 1e-9), 1e-5, 1e-8)),
    ("allclose(x, y)", |v| v.x.isclose(v.y, 1e-5, 1e-8).all(())),
    ("where(x > 0, x, y)", |v| Tensor::select(&v.x.greater(0), v.x, v.y)),
    ("clip(x, 0, 2)", |v| v.x.clip(0, 2)),
    ("cast(x/3, 'f32')", |v| (v.x / 3).cast(DType::F32)),
    ("cast(x, 'i64')", |v| v.x.cast(DType::I64)),
    ("round_to(x/3, 'bf16')", |v| (v.x / 3).round_to("bf16")),
    ("round_to(x/3, 'f16')", |v| (v.x / 3).round_to("f16")),
    ("stop_gradient(x)", |v| v.x.stop_gradient()),
    ("require(y, y > 0, 'positive')", |v| v.y.require(&v.y.greater(0), "positive")),
    ("spacing(x)", |v| v.x.spacing()),
    ("nextafter(x, y)", |v| v.x.nextafter(v.y)),
    ("finfo(float32).eps", |_| Tensor::from(finfo(DType::F32).unwrap().eps)),
    ("finfo(float64).max", |_| Tensor::from(finfo(DType::F64).unwrap().max)),
    ("sum(M, axis=1)", |v| v.m.sum(1)),
    ("prod(M)", |v| v.m.prod(())),
    ("mean(M, axis=0)", |v| v.m.mean(0)),
    ("max(M, axis=1)", |v| v.m.max(1)),
    ("min(M)", |v| v.m.min(())),
    ("argmax(M, axis=0)", |v| v.m.argmax(0)),
    ("argmin(M)", |v| v.m.argmin(())),
    ("any(M > 5, axis=1)", |v| v.m.greater(5).any(1)),
    ("all(M > -4)", |v| v.m.greater(-4).all(())),
    ("norm(x)", |v| v.x.norm(())),
    ("norm(x, 1)", |v| v.x.norm_of_order(1.0, ())),
    ("norm(x, ord=3)", |v| v.x.norm_of_order(3.0, ())),
    ("norm(x, ord=inf)", |v| v.x.norm_of_order(f64::INFINITY, ())),
    ("norm(x, ord=-inf)", |v| v.x.norm_of_order(f64::NEG_INFINITY, ())),
    ("norm(x, ord=0)", |v| v.x.norm_of_order(0.0, ())),
    ("norm(x, ord=0.5)", |v| v.x.norm_of_order(0.5, ())),
    ("norm(M)", |v| v.m.norm(())),
    ("norm(M, 'fro')", |v| v.m.norm(())),
    ("norm(M, ord=1)", |v| v.m.matrix_norm(1.0)),
    ("norm(M, ord=-1)", |v| v.m.matrix_norm(-1.0)),
    ("norm(M, ord=inf)", |v| v.m.matrix_norm(f64::INFINITY)),
    ("norm(M, ord=3, axis=1)", |v| v.m.norm_of_order(3.0, 1)),
    ("count_nonzero(M > 1)", |v| v.m.greater(1).count_nonzero(())),
    ("logsumexp(M, axis=1)", |v| v.m.logsumexp(1)),
    ("softmax(M, axis=0)", |v| v.m.softmax(0)),
    ("log_softmax(M)", |v| v.m.log_softmax(-1)),
    ("cumsum(M, axis=1)", |v| v.m.cumsum(1)),
    ("cumsum(M)", |v| v.m.flatten().cumsum(-1)),
    ("cumprod(x)", |v| v.x.cumprod(-1)),
    ("cumlogsumexp(x)", |v| v.x.cumlogsumexp(-1)),
    ("var(M)", |v| v.m.var((), 0)),
    ("var(M, axis=1, ddof=1)", |v| v.m.var(1, 1)),
    ("std(M, axis=0)", |v| v.m.std(0, 0)),
    ("median(M)", |v| v.m.flatten().median(-1)),
    ("median(M, axis=1)", |v| v.m.median(1)),
    ("quantile(M, 0.3)", |v| v.m.flatten().quantile(0.3, -1)),
    ("quantile(M, [0.25, 0.5], axis=1)", |v| Tensor::stack(&[&v.m.quantile(0.25, 1), &v.m.quantile(0.5, 1)], 0)),
    ("percentile(M, 30)", |v| v.m.flatten().quantile(0.3, -1)),
    ("cov(M)", |v| v.m.cov(1)),
    ("cov(x, y)", |v| Tensor::vstack(&[v.x, v.y]).cov(1)),
    ("cov(M, rowvar=False)", |v| v.m.t().cov(1)),
    ("corrcoef(M)", |v| v.m.corrcoef()),
    ("corrcoef(x, y)", |v| Tensor::vstack(&[v.x, v.y]).corrcoef()),
    ("sort(M)", |v| v.m.sort(-1)),
    ("argsort(x)", |v| v.x.argsort(-1)),
    ("diff(M)", |v| v.m.diff(-1)),
    ("reshape(M, (3, 2))", |v| v.m.reshape(&[3, 2])),
    ("ravel(M)", |v| v.m.flatten()),
    ("transpose(M)", |v| v.m.t()),
    ("swapaxes(M, 0, 1)", |v| v.m.swapaxes(0, 1)),
    ("moveaxis(M, 0, 1)", |v| v.m.moveaxis(0, 1)),
    ("broadcast_to(x, (2, 3))", |v| v.x.broadcast_to(&[2, 3])),
    ("expand_dims(x, 0)", |v| v.x.expand_dims(0)),
    ("squeeze(M[0:1])", |v| v.m.slice(0, Some(0), Some(1), 1).squeeze(())),
    ("concatenate((x, y))", |v| Tensor::concatenate(&[v.x, v.y], 0)),
    ("concatenate((M, M), axis=1)", |v| Tensor::concatenate(&[v.m, v.m], 1)),
    ("stack((x, y), axis=1)", |v| Tensor::stack(&[v.x, v.y], 1)),
    ("hstack((x, y))", |v| Tensor::hstack(&[v.x, v.y])),
    ("vstack((x, M))", |v| Tensor::vstack(&[v.x, v.m])),
    ("column_stack((x, y))", |v| Tensor::stack(&[v.x, v.y], -1)),
    ("M[1, 0:2]", |v| v.m.index(0, 1).slice(0, Some(0), Some(2), 1)),
    ("M[:, -1]", |v| v.m.index(1, -1)),
    ("x[::-1]", |v| v.x.slice(0, None, None, -1)),
    ("take(x, [2, 0])", |v| v.x.take(&Tensor::from([2i64, 0]), 0)),
    ("take(M, [0, 2], axis=1)", |v| v.m.take(&Tensor::from([0i64, 2]), 1)),
    ("take_along_axis(M, [[1], [0]], axis=1)", |v| v.m.take_along_axis(&Tensor::from([[1i64], [0]]), 1)),
    ("scatter_add(x, [0, 2, 0], 3)", |v| v.x.scatter_add(&Tensor::from([0i64, 2, 0]), 3)),
    ("pad(x, (1, 2))", |v| pad(v.x, 0, 1, 2)),
    ("flip(x)", |v| v.x.flip(())),
    ("roll(x, 1)", |v| v.x.roll(1, 0)),
    ("repeat(x, 2)", |v| v.x.repeat(2, 0)),
    ("tile(x, 2)", |v| v.x.tile(2, 0)),
    ("split(x, 3)[1]", |v| v.x.split(3, 0).unwrap().remove(1)),
    ("one_hot([2, 0], 3)", |_| Tensor::from([2i64, 0]).one_hot(3, DType::F64)),
    ("diag(x)", |v| v.x.diag()),
    ("diag(A)", |v| v.a.diag()),
    ("diagonal(A)", |v| v.a.diagonal()),
    ("tril(A)", |v| v.a.tril(0)),
    ("triu(A, 1)", |v| v.a.triu(1)),
    ("arange(2, 8, 2)", |_| Tensor::arange(2.0, 8.0, 2.0)),
    ("linspace(0, 1, 5)", |_| Tensor::linspace(0.0, 1.0, 5)),
    ("eye(3)", |_| Tensor::eye(3, 3, 0, DType::F64)),
    ("full((2, 2), 7)", |_| Tensor::full(&[2, 2], 7, DType::F64)),
    ("zeros((2, 3))", |_| Tensor::zeros(&[2, 3], DType::F64)),
    ("ones(3)", |_| Tensor::ones(&[3], DType::F64)),
    ("zeros_like(x)", |v| zeros_like(v.x)),
    ("ones_like(M)", |_| Tensor::ones(&[2, 3], DType::F64)),
    ("dot(x, y)", |v| v.x.dot(v.y)),
    ("dot(M, x)", |v| v.m.dot(v.x)),
    ("matmul(M, A)", |v| v.m.matmul(v.a)),
    ("M @ A @ x", |v| v.m.matmul(v.a).matmul(v.x)),
    ("outer(x, y)", |v| v.x.outer(v.y)),
    ("inner(M, A)", |v| v.m.inner(v.a)),
    ("vdot(M, M)", |v| v.m.vdot(v.m)),
    ("tensordot(M, A, axes=1)", |v| v.m.tensordot(v.a, &[-1], &[0])),
    ("tensordot(M, M, axes=([0, 1], [0, 1]))", |v| v.m.tensordot(v.m, &[0, 1], &[0, 1])),
    ("kron(x, y)", |v| v.x.kron(v.y)),
    ("kron(M, A)", |v| v.m.kron(v.a)),
    ("einsum('ij,jk->ik', M, A)", |v| einsum("ij,jk->ik", &[v.m, v.a])),
    ("einsum('ii', A)", |v| einsum("ii", &[v.a])),
    ("einsum('i,i->i', x, y)", |v| einsum("i,i->i", &[v.x, v.y])),
    ("einsum('ij->j', M)", |v| einsum("ij->j", &[v.m])),
    ("trace(A)", |v| v.a.trace()),
    ("det(A)", |v| v.a.det()),
    ("inv(A)", |v| v.a.inv()),
    ("solve(A, x)", |v| v.a.solve(v.x)),
    ("cholesky(A)", |v| v.a.cholesky()),
    ("slogdet(A)[1]", |v| v.a.slogdet().1),
    ("logdet(A)", |v| v.a.slogdet().1),
    ("adjugate(A)", |v| v.a.adjugate()),
    ("cond_estimate(A)", |v| v.a.cond_estimate()),
    ("solve(A, x, refine=True)", |v| v.a.solve_refined(v.x)),
];

/// Random numbers are pure in their key, but no other system draws the same ones; their streams are tested elsewhere.
const RANDOM: &[Pair] = &[
    ("random_uniform(key(3), (4,))", |_| Tensor::random_uniform(&key(3), &[4], DType::F64)),
    ("random_normal(split_key(key(3))[1], (4,))", |_| {
        Tensor::random_normal(&key(3).split_key(2).index(0, 1), &[4], DType::F64)
    }),
];

/// The truth by formula: shape and numbers.
fn reference() -> BTreeMap<&'static str, (Vec<usize>, Vec<f64>)> {
    let lines = include_str!("../reference/language.csv").lines().filter(|l| !l.starts_with('#'));
    let read = |line: &'static str| {
        let fields: Vec<&str> = line.split(';').collect();
        let shape = fields[1].split('x').filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect();
        let number = |n: &str| n.parse::<f64>().unwrap();
        (fields[0], (shape, fields[2].split(' ').filter(|n| !n.is_empty()).map(number).collect()))
    };
    lines.map(read).collect()
}

/// A formula evaluated by the language over arrays.
fn evaluated(formula: &str, arrays: &[(&str, Array)]) -> Array {
    let mut program = Program::formula(formula).unwrap();
    for (name, array) in arrays {
        program.bind_array(name, array.clone());
    }
    let result = program.run().unwrap_or_else(|e| panic!("{formula}: {e}")).results.remove(0);
    result.value.unwrap_or_else(|e| panic!("{formula}: {e}")).array().unwrap().clone()
}

#[test]
fn every_op_and_composite_is_reached_from_both_sides() {
    let (x, y) = (Array::from([1.0, 2.5, -0.5]), Array::from([0.3, 1.5, 0.7]));
    let a = Array::from([[2.0, 1.0, 0.5], [1.0, 3.0, -0.7], [0.5, -0.7, 4.0]]);
    let m = Array::from([[1.0, 2.0, 4.0], [-3.0, 0.5, 6.0]]);
    let b = Array::from([true, false, true]);
    let t = [&x, &y, &b, &a, &m].map(Tensor::from);
    let data = Data { x: &t[0], y: &t[1], b: &t[2], a: &t[3], m: &t[4] };
    let arrays = [("x", x), ("y", y), ("b", b), ("A", a), ("M", m)];
    let reference = reference();
    let formulas: BTreeSet<&str> = TABLE.iter().map(|row| row.0).collect();
    assert!(reference.keys().copied().eq(formulas.iter().copied()), "the table and the reference differ");
    for (formula, in_rust) in TABLE.iter().chain(RANDOM) {
        let (language, rust) = (evaluated(formula, &arrays), in_rust(&data).eval().unwrap());
        let bits = |a: &Array| a.iter_f64().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(&language), bits(&rust), "{formula}: {language} from the language, {rust} from Rust");
        let Some((shape, truth)) = reference.get(formula) else { continue };
        assert_eq!(language.shape(), shape, "{formula}");
        let size = truth.iter().filter(|v| v.is_finite()).fold(0.0, |m: f64, v| m.max(v.abs()));
        for (g, w) in language.iter_f64().zip(truth) {
            assert!(g == *w || (g - w).abs() <= 4e-15 * size, "{formula}: {g}, not {w}");
        }
    }
}

/// Public functions of `src/ops` that the language writes in another way or leaves out, and how or why.
const OTHERWISE: &[(&str, &str)] = &[
    ("require_of", "internal: a requirement about another tensor"),
    ("t", "written x.T"),
    ("mt", "written x.mT"),
    ("select", "called where"),
    ("modulo", "called mod, written %"),
    ("index", "written x[i]"),
    ("slice", "written x[a:b:c]"),
    ("new", "a literal, data bound to a name, or load(...)"),
    ("norm_of_order", "norm(x, ord=3)"),
    ("matrix_norm", "norm(A, ord=1)"),
    ("solve_refined", "solve(A, b, refine=True)"),
    ("broadcast_like", "broadcast_to(x, y.shape)"),
    ("arange_int", "arange(3)"),
    ("format_info", "finfo('bf16')"),
    ("complex", "2 + 3j"),
    ("keep", "keepdims=True"),
    ("negative_axis", "internal: how an axis is counted"),
    ("resolve", "internal: how axes are counted"),
    ("python_slice", "internal: how a slice is counted"),
    ("sum_to", "internal: the reverse of broadcasting"),
    ("cotangent_times", "internal: a cotangent times a derivative"),
    ("zeros_batched", "internal: a cotangent of zeros"),
    ("traced", "internal: recognises a trace"),
];

/// The names of public functions in one file of `src/ops`.
fn public(source: &str) -> Vec<&str> {
    let is_name =
        |n: &&str| !n.is_empty() && n.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let declared = source.lines().filter_map(|l| l.trim().strip_prefix("pub fn ")?.split(['(', '<']).next());
    // Lines of the tables of methods: `name ROW "sentence";`.
    let listed = source.lines().filter_map(|l| match l.trim().splitn(3, ' ').collect::<Vec<_>>()[..] {
        [name, row, doc] if doc.starts_with('"') && row.chars().all(|c| !c.is_lowercase()) => Some(name),
        _ => None,
    });
    declared.chain(listed).filter(is_name).collect()
}

#[test]
fn every_public_composite_has_a_name_in_the_language() {
    let mut checked = 0;
    let mut missing = vec![];
    let mut stale: BTreeSet<&str> = OTHERWISE.iter().map(|row| row.0).collect();
    for entry in std::fs::read_dir("src/ops").unwrap() {
        let path = entry.unwrap().path();
        // Constructors of rows, and the list of them, are no functions of numbers.
        if path.ends_with("row.rs") || path.ends_with("mod.rs") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for name in public(&source) {
            checked += 1;
            if !stale.remove(name) && !OTHERWISE.iter().any(|row| row.0 == name) && function(name).is_none() {
                missing.push(format!("{} in {}", name, path.display()));
            }
        }
    }
    println!("{checked} public functions; of these the language writes otherwise or leaves out:");
    OTHERWISE.iter().for_each(|(name, how)| println!("  {name:16} {how}"));
    assert!(missing.is_empty(), "the language has no name for {missing:#?}");
    assert!(stale.is_empty() && checked > 150, "{stale:?} are not there any more; {checked} checked");
}

/// Functions of the language that stand for no op, or draw numbers that no other system draws.
#[rustfmt::skip]
const APART: &[&str] = &[
    "load", "grad", "jacobian", "hessian", "hvp", "vjp", "jvp", "shape", "ndim", "size", "gather", "array", "full_like", "float",
    "int", "rand", "uniform", "normal", "randn", "check_grad", "condition", "cpu",
];

#[test]
fn every_function_of_the_language_is_compared_a_row_or_tested_apart() {
    let called: BTreeSet<String> = TABLE.iter().chain(RANDOM).flat_map(|(f, _)| names(f)).collect();
    let rows: BTreeSet<&str> = gradus::ops::all().map(|op| op.name).collect();
    // The examples of the lecture are compared by a test of their own.
    let lecture: BTreeSet<String> = include_str!("../../docs/lecture.md").split('`').flat_map(names).collect();
    let called = &called | &lecture;
    let elsewhere = [include_str!("values.rs"), include_str!("scripts.rs"), include_str!("mistakes.rs")].concat();
    for f in functions() {
        let known = f.names.iter().any(|n| called.contains(*n) || rows.contains(n));
        let apart = APART.contains(&f.names[0]) && elsewhere.contains(&format!("{}(", f.names[0]));
        assert!(known || apart, "`{}` is compared with nothing", f.names[0]);
    }
}

/// The words of a formula that are followed by a bracket.
fn names(formula: &str) -> Vec<String> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    formula.split('(').map(|part| part.rsplit(|c| !word(c)).next().unwrap_or("").to_string()).collect()
}
