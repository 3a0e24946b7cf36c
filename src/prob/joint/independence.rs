//! Independence: whether P(a, b | c) = P(a | c) P(b | c) for all states, where it fails most, and how much one tells of
//! the other.

use super::factor::{Factor, Weight};
use super::table::{Table, ask};
use super::variable::{argument, assignment};
use super::{Joint, factor};
use crate::array::sums::Compensated;
use crate::error::Result;

/// The answer to whether a and b are independent given c. Source: section 3.7.
#[derive(Clone, Debug, PartialEq)]
pub struct Independence {
    /// True where the product rule holds for all states: exactly of fractions, within their rounding of f64.
    pub independent: bool,
    /// I(a; b | c) in nats; 0 where they are independent.
    pub information: f64,
    /// Where the product rule fails most, or that it holds.
    pub because: String,
}

impl Independence {
    /// `"independent"` or `"dependent"`.
    pub fn kind(&self) -> &'static str {
        if self.independent { "independent" } else { "dependent" }
    }
}

/// The four tables that the product rule is about, over the same entries a, b, c.
struct Rule<W> {
    /// P(a, b, c).
    abc: Factor<W>,
    /// P(a, c), P(b, c) and P(c) at the entries of a, b, c.
    ac: Vec<W>,
    bc: Vec<W>,
    c: Vec<W>,
}

impl<W: Weight> Rule<W> {
    fn new(table: &Factor<W>, a: &[usize], b: &[usize], c: &[usize]) -> Result<Rule<W>> {
        let abc = table.onto(&[a, b, c].concat());
        // A product with ones spreads a smaller table over all entries.
        let ones = Factor { table: vec![W::one(); abc.table.len()], ..abc.clone() };
        let spread = |keep: &[&[usize]]| Ok::<_, crate::Error>(ones.times(&abc.onto(&keep.concat()))?.table);
        Ok(Rule { ac: spread(&[a, c])?, bc: spread(&[b, c])?, c: spread(&[c])?, abc })
    }

    /// For every entry, P(a, b, c) P(c) and P(a, c) P(b, c).
    fn sides(&self, i: usize) -> (W, W) {
        (self.abc.table[i].times(&self.c[i]), self.ac[i].times(&self.bc[i]))
    }

    /// The entry at which the sides lie furthest apart beyond rounding.
    fn worst(&self) -> Option<usize> {
        let tolerance = W::tolerance(self.abc.table.len());
        let apart = |i: usize| {
            let (joint, product) = self.sides(i);
            joint.apart(&product)
        };
        let failing = (0..self.abc.table.len()).filter(|&i| apart(i) > tolerance);
        // Among those that fail, the one of the largest mass says most.
        let size = |i: usize| {
            let (joint, product) = self.sides(i);
            (joint.to_f64() - product.to_f64()).abs()
        };
        failing.min_by(|&i, &j| size(j).total_cmp(&size(i)))
    }

    /// Σ p log(p / q) with p = P(a, b, c) and q = P(a, c) P(b, c) / P(c), each term with q − p added: none is negative.
    fn information(&self) -> f64 {
        let mut sum = Compensated::default();
        for i in 0..self.abc.table.len() {
            let (joint, product) = self.sides(i);
            let Some(ratio) = joint.over(&product) else { continue };
            let q = product.over(&self.c[i]).map_or(0.0, |q| q.to_f64());
            let p = self.abc.table[i].to_f64();
            sum.add(term(p, q, ratio.to_f64() - 1.0, ratio.ln()));
        }
        sum.value()
    }
}

/// p log(p / q) − p + q, where p / q = 1 + r; near r = 0 by its series, since the terms cancel.
fn term(p: f64, q: f64, r: f64, log: f64) -> f64 {
    if r.abs() > 0.05 {
        return if p == 0.0 { q } else { p * log - p + q };
    }
    // (1 + r) log(1 + r) − r = Σ (−r)ᵏ / (k (k − 1)) from k = 2.
    let (mut sum, mut power) = (0.0, r * r);
    for k in 2..14 {
        sum += power / (k * (k - 1)) as f64;
        power *= -r;
    }
    q * sum
}

impl Joint {
    /// Whether P(a, b | c) = P(a | c) P(b | c) for all states; with an empty `given`, whether P(a, b) = P(a) P(b).
    ///
    /// ```
    /// use gradus::prob::{Joint, Variable};
    /// let xy = [Variable::numbered("x", 2)?, Variable::numbered("y", 2)?];
    /// assert!(Joint::new(&xy, [0.06, 0.14, 0.24, 0.56])?.independent(&["x"], &["y"], &[])?.independent);
    /// let answer = Joint::new(&xy, [0.5, 0.0, 0.0, 0.5])?.independent(&["x"], &["y"], &[])?;
    /// assert_eq!(answer.because, "P(x=0, y=0) = 0.5, but P(x=0) P(y=0) = 0.25");
    /// assert!((answer.information - 2f64.ln()).abs() < 1e-15);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn independent<S: AsRef<str>>(&self, a: &[S], b: &[S], given: &[S]) -> Result<Independence> {
        let names: Vec<&str> = [a, b, given].iter().flat_map(|n| n.iter().map(AsRef::as_ref)).collect();
        let joint = self.marginal(&names)?;
        if a.is_empty() || b.is_empty() {
            return Err(argument("independence is a question about two groups of variables"));
        }
        let at = |from: usize, n: usize| (from..from + n).collect::<Vec<_>>();
        let (a, b, c) = (at(0, a.len()), at(a.len(), b.len()), at(a.len() + b.len(), given.len()));
        match &joint.table {
            Table::Float(f) => Ok(answer(&joint, &Rule::new(f, &a, &b, &c)?, [&a, &b, &c])),
            Table::Exact(f) => Ok(answer(&joint, &Rule::new(f, &a, &b, &c)?, [&a, &b, &c])),
        }
    }

    /// How much a tells of b once c is known, I(a; b | c) = Σ P(a, b, c) log(P(a, b | c) / (P(a | c) P(b | c))), in nats.
    pub fn mutual_information<S: AsRef<str>>(&self, a: &[S], b: &[S], given: &[S]) -> Result<f64> {
        Ok(self.independent(a, b, given)?.information)
    }

    /// The entropy −Σ P log P of some variables together, in nats. Source: section 3.13.
    pub fn entropy<S: AsRef<str>>(&self, names: &[S]) -> Result<f64> {
        let joint = self.marginal(names)?;
        let mut sum = Compensated::default();
        ask!(&joint.table, f => f.table.iter().filter(|w| !w.is_zero()).for_each(|w| sum.add(-w.to_f64() * w.ln())));
        Ok(sum.value())
    }
}

fn answer<W: Weight>(joint: &Joint, rule: &Rule<W>, [a, b, c]: [&[usize]; 3]) -> Independence {
    let Some(i) = rule.worst() else {
        let because = "the product rule holds for all states".into();
        return Independence { independent: true, information: 0.0, because };
    };
    let at = factor::states(&rule.abc.sizes, i);
    let text = |which: &[usize]| assignment(which.iter().map(|&v| (&joint.variables[v], at[v])));
    let (ta, tb, tc) = (text(a), text(b), text(c));
    let bar = if c.is_empty() { String::new() } else { format!(" | {tc}") };
    let share = |w: &W| {
        let w = w.over(&rule.c[i]).unwrap_or_else(|| w.clone());
        w.fraction().map_or_else(|| short(w.to_f64()), |f| f.to_string())
    };
    let product = rule.ac[i].times(&rule.bc[i]).over(&rule.c[i]).unwrap_or_else(W::one);
    let (p, q) = (share(&rule.abc.table[i]), share(&product));
    let because = format!("P({ta}, {tb}{bar}) = {p}, but P({ta}{bar}) P({tb}{bar}) = {q}");
    Independence { independent: false, information: rule.information(), because }
}

/// A number in at most 6 digits.
fn short(x: f64) -> String {
    let text = format!("{x:.5e}").parse::<f64>().unwrap_or(x);
    text.to_string()
}
