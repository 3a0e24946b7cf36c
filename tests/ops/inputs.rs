//! Inputs at which every row can be differentiated.

use gradus::graph::{Attrs, Kernel, Op};
use gradus::{Array, DType};

use crate::accuracy::Point;

/// Inputs and attributes of one node.
pub struct Sample {
    pub inputs: Vec<Array>,
    pub attrs: Attrs,
}

fn array(values: &[f64], shape: &[usize]) -> Array {
    Array::from_vec(values.to_vec(), shape).unwrap()
}

fn indices(values: &[i64]) -> Array {
    Array::from_vec(values.to_vec(), &[values.len()]).unwrap()
}

/// Six different numbers as a matrix of two rows.
fn six() -> Array {
    array(&[0.7, -1.3, 2.1, 1.9, 0.4, -0.6], &[2, 3])
}

/// A matrix with a positive determinant, symmetric and positive definite.
fn definite() -> Array {
    array(&[4.0, 1.0, 0.5, 1.0, 3.0, -0.7, 0.5, -0.7, 2.0], &[3, 3])
}

/// Middling points of the reference, or plain ones.
fn elementwise(points: Option<&Vec<Point>>, inputs: usize) -> Vec<Array> {
    let size = |v: &f64| (0.04..30.0).contains(&v.abs());
    let good: Vec<&Point> =
        points.iter().flat_map(|p| p.iter()).filter(|p| p.x.iter().all(size)).step_by(3).take(3).collect();
    let plain = [[0.7, -1.3, 2.1], [0.4, 1.7, -0.6]];
    (0..inputs)
        .map(|i| match good.len() {
            0 => array(&plain[i], &[3]),
            n => array(&good.iter().map(|p| p.x[i]).collect::<Vec<_>>(), &[n]),
        })
        .collect()
}

/// A sample for a row; `None` for one without inputs that are numbers.
pub fn sample(op: &Op, points: Option<&Vec<Point>>) -> Option<Sample> {
    let last = || Attrs::Axes(vec![-1]);
    let slice = |start, count, step, length| Attrs::Slice { axis: -1, start, count, step, length };
    let condition = Array::from_vec(vec![true, false, true], &[3]).unwrap();
    let (inputs, attrs) = match op.name {
        "leaf" | "constant" | "iota" | "key" | "split_key" | "spectral" | "random_uniform" | "random_normal"
        | "random_gamma" | "random_poisson" | "random_binomial" => {
            return None;
        }
        "polygamma" => (vec![array(&[2.0; 3], &[3]), array(&[0.3, 2.5, 30.0], &[3])], Attrs::None),
        "direction" | "digamma_step" => (elementwise(points, 2), Attrs::None),
        "mills_excess" => (elementwise(points, 1), Attrs::None),
        "ndtri" | "ndtri_grad" => (vec![array(&[0.1, 0.3, 0.8], &[3])], Attrs::None),
        "gammaincinv" | "gammainccinv" => {
            (vec![array(&[0.7, 2.5, 20.0], &[3]), array(&[0.1, 0.6, 0.3], &[3])], Attrs::None)
        }
        "gammainc"
        | "gammaincc"
        | "log_gammainc"
        | "log_gammaincc"
        | "gamma_density"
        | "gammainc_slope"
        | "log_gammainc_slope"
        | "log_gammaincc_slope"
        | "gammainc_share"
        | "gammaincc_share"
        | "gamma_flow" => (vec![array(&[0.7, 2.5, 20.0], &[3]), array(&[0.4, 3.0, 15.0], &[3])], Attrs::None),
        "stdtr" | "log_stdtr" | "log_stdtr_slope" => {
            (vec![array(&[0.7, 2.5, 20.0], &[3]), array(&[-0.4, 3.0, -2.5], &[3])], Attrs::None)
        }
        "stdtrit" => (vec![array(&[0.7, 2.5, 20.0], &[3]), array(&[0.1, 0.6, 0.3], &[3])], Attrs::None),
        "poisson_quantile" => (vec![array(&[0.7, 2.5, 20.0], &[3]), array(&[0.1, 0.6, 0.3], &[3])], Attrs::None),
        "binomial_quantile" => {
            let n = [array(&[7.0, 20.0, 20.0], &[3]), array(&[0.3, 0.2, 0.6], &[3])];
            (n.into_iter().chain([array(&[0.1, 0.6, 0.3], &[3])]).collect(), Attrs::None)
        }
        "betainc" | "betaincc" | "log_betainc" | "log_betaincc" | "betaincinv" | "betainccinv" | "beta_density"
        | "betainc_slope" | "log_betainc_slope" | "betainc_share" | "beta_flow" => {
            let shapes = [array(&[0.7, 2.5, 15.0], &[3]), array(&[1.3, 0.4, 8.0], &[3])];
            let choice = matches!(op.name, "betainc_slope" | "log_betainc_slope" | "betainc_share" | "beta_flow");
            let attrs = if choice { Attrs::Int(1) } else { Attrs::None };
            (shapes.into_iter().chain([array(&[0.3, 0.7, 0.6], &[3])]).collect(), attrs)
        }
        "where" => (vec![condition, array(&[1.0, 2.0, 3.0], &[3]), six()], Attrs::None),
        "require" => (vec![array(&[1.0, 2.0, 3.0], &[3]), Array::scalar(true)], Attrs::Text("positive".into())),
        "cast" => (vec![six()], Attrs::DType(DType::F64)),
        "round_to" => (vec![six()], Attrs::Text("bf16".into())),
        "reshape" => (vec![six()], Attrs::Shape { core: 2, shape: vec![3, 2] }),
        "broadcast_to" => (vec![six()], Attrs::Shape { core: 2, shape: vec![4, 2, 3] }),
        "transpose" => (vec![six()], Attrs::Order(vec![-1, -2])),
        "slice" => (vec![six()], slice(2, 2, -1, 3)),
        "pad" => (vec![six()], slice(1, 3, 2, 7)),
        "concatenate" => (vec![six(), six()], last()),
        "take" => (vec![six(), indices(&[2, 0, 2])], last()),
        "scatter_add" => (vec![six(), indices(&[1, 4, 1])], slice(1, 0, 1, 5)),
        "linear_recurrence" => (vec![six(), array(&[1.0, 2.0, -0.5], &[3])], last()),
        "dot" => (vec![array(&[1.0, 2.0, 3.0], &[3]), array(&[0.5, -2.0, 0.3], &[3])], Attrs::Int(11)),
        "matvec" => (vec![six(), array(&[0.5, -2.0, 0.3], &[3])], Attrs::Int(21)),
        "vecmat" => (vec![array(&[0.5, -2.0], &[2]), six()], Attrs::Int(12)),
        "matmul" => (vec![six(), definite()], Attrs::Int(22)),
        "det" | "slogdet" | "adjugate" | "inv" | "cholesky" | "eigh" | "sqrtm" | "lu" | "pinv" | "eig"
        | "cond_estimate" => (vec![definite()], Attrs::None),
        "qr" | "qr_pivoted" | "svd" => (vec![six()], Attrs::Int(0)),
        "vander" => (vec![array(&[0.7, -1.3, 2.1], &[3])], Attrs::Int(-3)),
        "fit_powers" => {
            let y = array(&[1.0, 2.0, 0.5, -0.3], &[4, 1]);
            (vec![array(&[0.7, -1.3, 2.1, 0.2], &[4]), y], Attrs::Int(-3))
        }
        "lyapunov" => (vec![definite(), definite()], Attrs::None),
        "over_gap" => (vec![definite(), array(&[0.3, 1.1, 2.0], &[3]), definite()], Attrs::None),
        "solve_triangular" => (vec![definite(), array(&[1.0, 2.0, 3.0, -1.0, 0.5, 0.2], &[3, 2])], Attrs::Int(1)),
        "least_squares" => (vec![six(), array(&[1.0, 2.0], &[2, 1])], Attrs::None),
        "solve" => (vec![definite(), array(&[1.0, 2.0, 3.0, -1.0, 0.5, 0.2], &[3, 2])], Attrs::None),
        "sum" | "mean" | "prod" | "max" | "min" | "argmax" | "argmin" | "all" | "any" | "norm" | "scale" | "cumsum"
        | "cumprod" | "cumlogsumexp" | "prod_others" | "sort" | "logsumexp" | "softmax" | "log_softmax" => {
            (vec![six()], last())
        }
        "expand_dims" => (vec![six()], Attrs::Axes(vec![-2])),
        _ => match op.kernel {
            Kernel::Binary(_) | Kernel::Compare(_) => (elementwise(points, 2), Attrs::None),
            _ => (elementwise(points, 1), Attrs::None),
        },
    };
    Some(Sample { inputs, attrs })
}
