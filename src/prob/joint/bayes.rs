//! Bayes' rule: what observations make of the probabilities of hypotheses.

use super::factor::Weight;
use super::table::{Masses, Table, ask};
use super::variable::Variable;
use super::{Given, Joint, Posterior};
use crate::error::{Error, Result};

/// P(H | x) = P(x | H) P(H) / P(x) for named hypotheses, after a list of observations. Source: section 3.11.
///
/// Every row of `likelihoods` holds P(observation | hypothesis) for all hypotheses; several observations are taken to be
/// independent once the hypothesis is known. The prior sums to 1; the result says P(observations) too.
///
/// ```
/// use gradus::prob::bayes;
/// // A test that finds 99 of 100 ill people, and 5 of 100 healthy ones; one in a thousand is ill.
/// let posterior = bayes(&["ill", "healthy"], [0.001, 0.999], &[[0.99, 0.05].into()])?.known()?;
/// assert!((posterior.joint.table()?.to_f64()[0] - 0.00099 / 0.05094).abs() < 1e-16);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn bayes<S: AsRef<str>>(
    hypotheses: &[S],
    prior: impl Into<Masses>,
    likelihoods: &[Masses],
) -> Result<Given<Posterior>> {
    Joint::new(&[Variable::new("hypothesis", hypotheses)?], prior)?.update(likelihoods)
}

impl Joint {
    /// The distribution after observations whose likelihoods are known for every entry of the table.
    ///
    /// Likelihoods are 0 or more; they need not sum to 1.
    pub fn update(&self, likelihoods: &[Masses]) -> Result<Given<Posterior>> {
        let mut rows = vec![];
        for (k, row) in likelihoods.iter().enumerate() {
            let (row, _) = Table::new(self.variables(), row.clone()).map_err(|e| {
                Error::new(e.kind(), format!("the likelihoods of observation {}: {}", k + 1, e.message()))
            })?;
            rows.push(row);
        }
        let mut table = self.weights().clone();
        for (k, row) in rows.iter().enumerate() {
            table = product(&table, row)?;
            if ask!(&table, f => f.total().is_zero()) {
                return Ok(Given::Impossible { because: self.contradicted(k, rows.len()) });
            }
        }
        let evidence = table.total();
        let joint = Joint::made(self.variables().to_vec(), table.normalized()?);
        Ok(Given::Known(Posterior { joint, evidence }))
    }

    fn contradicted(&self, k: usize, n: usize) -> String {
        match n {
            1 => "every hypothesis gives the observation probability 0".into(),
            _ => format!("no hypothesis that is left gives observation {} a probability above 0", k + 1),
        }
    }
}

/// The product of two tables over the same variables; exact where both are.
fn product(a: &Table, b: &Table) -> Result<Table> {
    Ok(match (a, b) {
        (Table::Exact(a), Table::Exact(b)) => Table::Exact(a.times(b)?),
        (a, b) => Table::Float(a.rounded().times(&b.rounded())?),
    })
}
