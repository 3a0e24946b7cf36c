//! `Program::minimize`: the last result of a script as a loss, some of its names as what to minimise over.

use super::program::Program;
use super::show::line_and_column;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::topological;
use crate::optim::{Minimize, Minimum, minimize};
use crate::text::{json_array, json_number, json_string};
use crate::{Array, Tensor};

impl Program {
    /// Minimises the last result of the script over the given names; their values are the start.
    ///
    /// `set` says how: the method, bounds by the place of a name, when to stop.
    ///
    /// ```
    /// use gradus::formula::Program;
    /// let program = Program::formula("x = [-1.2, 1]; 100*(x[1] - x[0]**2)**2 + (1 - x[0])**2")?;
    /// let found = program.minimize(&["x"], |m| m.method("bfgs"))?;
    /// assert!((found.at("x").unwrap().get(&[1])? - 1.0).abs() < 1e-6);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn minimize<'a>(&self, over: &[&str], set: impl FnOnce(Minimize<'a>) -> Minimize<'a>) -> Result<Minimum> {
        self.within(|p| {
            let (loss, leaves) = p.loss_over(over)?;
            set(minimize(&loss, &leaves.iter().collect::<Vec<_>>())).run()
        })
    }

    /// The loss as a formula, and the leaves that the names are in it.
    fn loss_over(&self, over: &[&str]) -> Result<(Tensor, Vec<Tensor>)> {
        let mut fixed = self.clone();
        for (name, value) in over.iter().zip(self.start(over)?) {
            fixed.bind_array(name, value);
        }
        let text = self.loss()?;
        let built = fixed.build(self.is_as_written())?;
        let none = || Error::new(ErrorKind::Argument, "the script gives no loss back");
        // The result as the script has it, so that what is found in it points at its place.
        let result = built.formulas.iter().rev().find(|f| f.text == text).ok_or_else(none)?;
        result.pending.as_ref().map_err(Clone::clone)?;
        let tensors = result.tensors();
        let loss = *tensors.first().ok_or_else(none)?;
        let nodes = topological(&[loss], |_| true);
        let leaf = |name: &&str| {
            let found = nodes.iter().find(|t| t.data().is_some() && t.label() == Some(name));
            let message = || Error::new(ErrorKind::Name, format!("the loss does not depend on `{name}`"));
            found.cloned().ok_or_else(message)
        };
        let leaves = over.iter().map(leaf).collect::<Result<_>>()?;
        Ok((if self.is_as_written() { loss.as_written() } else { loss.clone() }, leaves))
    }
}

impl Minimum {
    /// The minimum as one JSON object.
    pub fn json(&self) -> String {
        let x = |(name, a): &(String, Array)| format!("{}: {}", json_string(name), json_array(a));
        let x: Vec<String> = self.x.iter().map(x).collect();
        let cause = match &self.finding {
            None => "null".to_string(),
            Some(f) => format!(
                "{{\"kind\": \"{}\", \"op\": {}, {}, \"because\": {}}}",
                f.kind.word(),
                json_string(f.op),
                line_and_column(f.origin),
                json_string(&f.because)
            ),
        };
        let (eigenvalues, margin) = match &self.curvature {
            Some(c) => (c.eigenvalues.iter().map(|w| json_number(*w)).collect(), json_number(c.margin)),
            None => (vec![], "null".into()),
        };
        format!(
            "{{\"minimum\": {{\"value\": {}, \"x\": {{{}}}, \"kind\": \"{}\", \"gradient_norm\": {}, \"stopped\": \"{}\", \
             \"iterations\": {}, \"method\": \"{}\", \"condition\": {}, \"eigenvalues\": [{}], \"margin\": {margin}, \"cause\": {cause}}}}}",
            json_number(self.value),
            x.join(", "),
            self.kind.word(),
            json_number(self.gradient_norm),
            self.stopped.word(),
            self.iterations,
            self.method,
            json_number(self.condition()),
            eigenvalues.join(", ")
        )
    }
}
