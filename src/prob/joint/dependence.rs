//! Whether data speaks against independence: the G-test, 2 n times the mutual information of what was seen.

use super::Joint;
use crate::error::{Error, ErrorKind, Result};
use crate::{Array, Tensor};

/// What data says of the independence of two variables, perhaps given others.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependence {
    /// I(x; y | z) of the observed frequencies, in nats.
    pub information: f64,
    /// G = 2 n I(x; y | z), about χ² distributed where they are independent.
    pub statistic: f64,
    /// The degrees of freedom, (|x| − 1) (|y| − 1) |z|.
    pub degrees: usize,
    /// The probability of a G of at least this where they are independent.
    pub p_value: f64,
}

/// Tests whether two columns of states 0, 1, … are independent, given a third if there is one: the G-test.
///
/// The p-value is that of χ² for large samples; states of z that were never seen do not count.
///
/// ```
/// use gradus::{Array, prob::independence_test};
/// let x = Array::from([0.0, 0.0, 1.0, 1.0].repeat(25));
/// let same = independence_test(&x, &x, None)?;
/// assert!(same.degrees == 1 && same.p_value < 1e-30);
/// let other = Array::from([0.0, 1.0, 0.0, 1.0].repeat(25));
/// assert_eq!(independence_test(&x, &other, None)?.p_value, 1.0);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn independence_test(x: &Array, y: &Array, z: Option<&Array>) -> Result<Dependence> {
    let columns: Vec<Vec<f64>> = [Some(x), Some(y), z].into_iter().flatten().map(Array::to_f64).collect();
    let n = columns[0].len();
    if n == 0 || columns.iter().any(|c| c.len() != n) {
        return Err(Error::new(ErrorKind::Shape, "a test of independence is of columns of one length, above 0"));
    }
    let k = columns.len();
    let rows = (0..n).flat_map(|i| columns.iter().map(move |c| c[i])).collect::<Vec<f64>>();
    let names = &["x", "y", "z"][..k];
    let joint = Joint::from_samples(names, &Array::from_vec(rows, &[n, k])?)?;
    let information = joint.mutual_information(&["x"], &["y"], &names[2..])?;
    let seen = |i: usize| -> Result<usize> {
        Ok(joint.marginal(&[names[i]])?.table()?.iter_f64().filter(|p| *p > 0.0).count())
    };
    let strata = if k > 2 { seen(2)? } else { 1 };
    let degrees = (seen(0)? - 1) * (seen(1)? - 1) * strata;
    let statistic = 2.0 * n as f64 * information;
    Ok(Dependence { information, statistic, degrees, p_value: tail(statistic, degrees)? })
}

/// P(χ² > g) for this many degrees of freedom.
fn tail(g: f64, degrees: usize) -> Result<f64> {
    if g <= 0.0 || degrees == 0 {
        return Ok(1.0);
    }
    Tensor::from(0.5 * degrees as f64).gammaincc(0.5 * g).eval()?.item()
}
