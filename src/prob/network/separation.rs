//! d-separation: which variables are independent given others by the shape of the graph alone, whatever the numbers.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};

use super::Network;
use crate::error::Result;
use crate::prob::joint::variable::{argument, find_all};

/// Whether all paths between two groups of variables are blocked.
#[derive(Clone, Debug, PartialEq)]
pub struct Separation {
    /// True where the graph makes them independent given the others.
    pub separated: bool,
    /// An open path, such as `asia → tub → either ← lung`, or why there is none.
    pub because: String,
}

/// A step of a walk: a variable, and whether it was entered from a child (upwards).
type Step = (usize, bool);

impl Network {
    /// Whether a and b are d-separated by `given`: then they are independent given it, for any tables.
    ///
    /// The ball of Shachter walks along paths; a collider lets it through where it or a descendant of it is given.
    ///
    /// ```
    /// use gradus::prob::Network;
    /// let asia = Network::read_bif("datasets/asia.bif", false)?;
    /// assert!(asia.d_separated(&["asia"], &["smoke"], &[])?.separated);
    /// let open = asia.d_separated(&["asia"], &["smoke"], &["dysp"])?;
    /// assert_eq!(open.because, "asia → tub → either ← lung ← smoke is open");
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn d_separated<S: AsRef<str>>(&self, a: &[S], b: &[S], given: &[S]) -> Result<Separation> {
        let names: Vec<&str> = [a, b, given].iter().flat_map(|n| n.iter().map(AsRef::as_ref)).collect();
        let all = find_all(&self.variables, &names)?;
        let (a, rest) = all.split_at(a.len());
        let (b, given) = rest.split_at(b.len());
        if a.is_empty() || b.is_empty() {
            return Err(argument("separation is a question about two groups of variables"));
        }
        Ok(match self.open_path(a, b, given) {
            Some(path) => Separation { separated: false, because: format!("{} is open", self.arrows(&path)) },
            None => Separation { separated: true, because: "every path between them is blocked".into() },
        })
    }

    /// The shortest path along which something known of a tells something of b.
    fn open_path(&self, a: &[usize], b: &[usize], given: &[usize]) -> Option<Vec<usize>> {
        let above = self.ancestors(given);
        let mut from: BTreeMap<Step, Option<Step>> = a.iter().map(|&v| ((v, true), None)).collect();
        let mut pending: VecDeque<Step> = from.keys().copied().collect();
        while let Some(step) = pending.pop_front() {
            let (v, up) = step;
            if b.contains(&v) && !given.contains(&v) {
                let mut path = vec![v];
                let mut at = step;
                while let Some(before) = from.get(&at).copied().flatten() {
                    path.push(before.0);
                    at = before;
                }
                path.reverse();
                return Some(path);
            }
            let blocked = given.contains(&v);
            let to_parents = if up { !blocked } else { above.contains(&v) };
            let mut next: Vec<Step> = vec![];
            if to_parents {
                next.extend(self.parents[v].iter().map(|&p| (p, true)));
            }
            if !blocked {
                next.extend((0..self.parents.len()).filter(|&c| self.parents[c].contains(&v)).map(|c| (c, false)));
            }
            for n in next {
                if let Entry::Vacant(new) = from.entry(n) {
                    new.insert(Some(step));
                    pending.push_back(n);
                }
            }
        }
        None
    }

    /// A path with its arrows.
    fn arrows(&self, path: &[usize]) -> String {
        let mut text = self.variables[path[0]].name().to_string();
        for pair in path.windows(2) {
            let arrow = if self.parents[pair[1]].contains(&pair[0]) { "→" } else { "←" };
            text += &format!(" {arrow} {}", self.variables[pair[1]].name());
        }
        text
    }
}
