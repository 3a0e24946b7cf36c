//! Variable elimination: the tables that hold a variable are multiplied and it is summed out, one variable after the
//! other, next the one whose neighbours lack the fewest links among themselves (min-fill).

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;
use crate::prob::joint::factor::{Factor, Weight};

/// Which variables stand in a table together.
struct Graph(BTreeMap<usize, BTreeSet<usize>>);

impl Graph {
    fn of<W>(factors: &[Factor<W>]) -> Graph {
        let mut links: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for f in factors {
            for &v in &f.vars {
                links.entry(v).or_default().extend(f.vars.iter().filter(|&&w| w != v));
            }
        }
        Graph(links)
    }

    /// How many links eliminating a variable adds.
    fn fill(&self, v: usize) -> usize {
        let near = &self.0[&v];
        let missing = |a: &usize| near.iter().filter(|b| *b > a && !self.0[a].contains(b)).count();
        near.iter().map(missing).sum()
    }

    /// Takes a variable out and links its neighbours to one another.
    fn remove(&mut self, v: usize) {
        let Some(near) = self.0.remove(&v) else { return };
        for &a in &near {
            if let Some(links) = self.0.get_mut(&a) {
                links.remove(&v);
                links.extend(near.iter().filter(|&&b| b != a));
            }
        }
    }

    /// The variable to eliminate next: least fill, then fewest neighbours, then lowest number.
    fn next(&self, keep: &[usize]) -> Option<usize> {
        let free = self.0.keys().copied().filter(|v| !keep.contains(v));
        free.min_by_key(|&v| (self.fill(v), self.0[&v].len(), v))
    }
}

/// The product of all tables summed over every variable that is not kept; the axes are those of `keep`.
pub(super) fn eliminate<W: Weight>(mut factors: Vec<Factor<W>>, keep: &[usize]) -> Result<Factor<W>> {
    let mut graph = Graph::of(&factors);
    while let Some(v) = graph.next(keep) {
        graph.remove(v);
        let (with, without): (Vec<_>, Vec<_>) = factors.into_iter().partition(|f| f.vars.contains(&v));
        factors = without;
        let all = product(with)?;
        let rest: Vec<usize> = all.vars.iter().copied().filter(|&w| w != v).collect();
        factors.push(all.onto(&rest));
    }
    Ok(product(factors)?.onto(keep))
}

/// The product of tables, small ones first.
fn product<W: Weight>(mut factors: Vec<Factor<W>>) -> Result<Factor<W>> {
    factors.sort_by_key(|f| f.table.len());
    factors.iter().try_fold(Factor::one(), |product, f| product.times(f))
}
