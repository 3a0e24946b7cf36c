//! Formulas looked at as cheaply as their data allow: wide numbers only where running error bounds leave doubt.

use super::bound::certify;
use super::finding::Finding;
use super::part::at_elements;
use super::shadow::Shadow;
use super::{faults, ranked, remarks};
use crate::array::unravel;
use crate::array::wide::Wide;
use crate::graph::{Tensor, topological};

/// Formulas of fewer numbers are looked at in wide numbers at once.
const FEW: usize = 10_000;

/// What was found in formulas, and what is known of their truth.
pub struct Examined {
    /// The findings.
    pub findings: Vec<Finding>,
    parts: Vec<Part>,
}

/// Some of the formulas, or elements of them, in wide numbers.
struct Part {
    shadow: Shadow,
    outputs: Vec<Tensor>,
    /// Which of the formulas they are.
    which: Vec<usize>,
    /// The elements that were looked at, and the shape that they are of, if not all were.
    elements: Option<(Vec<usize>, Vec<usize>)>,
}

impl Examined {
    /// Looks at formulas as they are written; `gradients` says which of them are derivatives.
    pub fn of(written: &[&Tensor], gradients: &[bool]) -> Examined {
        let numbers = |t: &Tensor| t.shape().map_or(0, |s| s.iter().product::<usize>());
        let nodes = topological(written, |_| true);
        let many = nodes.iter().map(numbers).sum::<usize>() >= FEW;
        // At a kink nothing is wrong that a bound could tell.
        let certified = if many && !gradients.contains(&true) { certify(written).ok() } else { None };
        let Some(certified) = certified else { return Examined::whole(written, gradients) };
        let (mut parts, mut rest) = (vec![], vec![]);
        for (k, doubtful) in certified.doubtful.iter().enumerate().filter(|(_, d)| !d.is_empty()) {
            let few = doubtful.len() <= numbers(written[k]) / 4;
            match few.then(|| at_elements(&written[k..=k], doubtful)).flatten() {
                Some(outputs) => {
                    let shape = written[k].shape().map(<[usize]>::to_vec).unwrap_or_default();
                    parts.push(Part::new(outputs, vec![k], Some((doubtful.clone(), shape))));
                }
                None => rest.push(k),
            }
        }
        if !rest.is_empty() {
            parts.push(Part::new(rest.iter().map(|&k| written[k].clone()).collect(), rest, None));
        }
        let mut findings: Vec<Finding> = vec![];
        for f in parts.iter().flat_map(Part::faults) {
            super::merge(&mut findings, f);
        }
        remarks(&mut findings, &certified.notes, &nodes);
        Examined { findings: ranked(findings), parts }
    }

    fn whole(written: &[&Tensor], gradients: &[bool]) -> Examined {
        let outputs: Vec<Tensor> = written.iter().map(|t| (*t).clone()).collect();
        let part = Part::new(outputs, (0..written.len()).collect(), None);
        let findings = super::examine(&part.shadow, written, gradients);
        Examined { findings, parts: vec![part] }
    }

    /// The truth of an element of a formula, where it was looked at.
    pub fn truth(&self, output: usize, element: usize) -> Option<Wide> {
        let part = self.parts.iter().find(|p| p.which.contains(&output))?;
        let place = match &part.elements {
            Some((elements, _)) => elements.binary_search(&element).ok()?,
            None => element,
        };
        let at = part.which.iter().position(|k| *k == output)?;
        part.shadow.of_tensor(&part.outputs[at])?.exact.get(place).copied()
    }
}

impl Part {
    fn new(outputs: Vec<Tensor>, which: Vec<usize>, elements: Option<(Vec<usize>, Vec<usize>)>) -> Part {
        let shadow = Shadow::of(&outputs.iter().collect::<Vec<_>>());
        Part { shadow, outputs, which, elements }
    }

    /// What is wrong, told of the formulas and elements that the part is of.
    fn faults(&self) -> Vec<Finding> {
        let mut found = faults(&self.shadow, &self.outputs.iter().collect::<Vec<_>>(), &[]);
        for f in &mut found {
            f.output = self.which.get(f.output).copied().unwrap_or(f.output);
            let Some((elements, shape)) = &self.elements else { continue };
            let original = |i: usize| elements.get(i).copied().unwrap_or(i);
            f.element = original(f.element);
            if let [i] = f.index[..] {
                f.index = unravel(original(i), shape);
            }
        }
        found
    }
}
