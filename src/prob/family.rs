//! The record of a family: everything known about it, each method a formula or the reason why there is none.

use super::{Distribution, Draw, Form, Observed, Support};
use crate::Tensor;
use crate::error::{Error, ErrorKind, Result};

/// A method: a formula, or why the family has none. There is no third way, and no default.
pub enum Fact<F> {
    /// The formula.
    Formula(F),
    /// Why there is none, as the end of a sentence: "the density is infinite at one point".
    Absent(&'static str),
}

/// A number of the distribution, such as its mean.
pub type Of = Fact<fn(&Distribution) -> Tensor>;
/// A function of a value, such as the density.
pub type At = Fact<fn(&Distribution, &Tensor) -> Tensor>;
/// Random values.
pub type Drawn = Fact<fn(&Distribution, &Draw) -> Tensor>;
/// The distribution of the family under which observations are most likely.
pub type Fitted = Fact<fn(&Observed) -> Result<Distribution>>;
/// The expectation of a function, where it is a finite sum.
pub type Expected = Fact<fn(&Distribution, &dyn Fn(&Tensor) -> Tensor) -> Tensor>;

/// A family of distributions. A fact that is missing does not compile.
pub struct Family {
    /// The name, as the formula language spells it.
    pub name: &'static str,
    /// One plain sentence.
    pub summary: &'static str,
    /// The density or mass as the book writes it.
    pub density: &'static str,
    /// Where it stands in the book or, if it does not, in which source.
    pub source: &'static str,
    /// The ways to give parameters; the formulas are about those of the first.
    pub forms: &'static [Form],
    /// True if it has a mass function, false if a density.
    pub discrete: bool,
    /// The shape of one value.
    pub event: fn(&Distribution) -> Vec<usize>,
    /// Where it is not 0.
    pub support: fn(&Distribution) -> Support,
    /// log p(x), −∞ outside of the support.
    pub log_prob: At,
    /// p(x), as the book writes it.
    pub prob: At,
    /// log P(X ≤ x).
    pub log_cdf: At,
    /// P(X ≤ x).
    pub cdf: At,
    /// log P(X > x).
    pub log_sf: At,
    /// The least x with P(X ≤ x) ≥ q.
    pub quantile: At,
    /// `E[X]`.
    pub mean: Of,
    /// `E[(X − E[X])²]`, element by element.
    pub variance: Of,
    /// The most probable value.
    pub mode: Of,
    /// −E[log p(X)] in nats.
    pub entropy: Of,
    /// E[f(X)] for any f, as a formula.
    pub expectation: Expected,
    /// Random values.
    pub sample: Drawn,
    /// Random values as a differentiable function of the parameters.
    pub rsample: Drawn,
    /// The fit by maximum likelihood.
    pub fit: Fitted,
}

impl<F: Copy> Fact<F> {
    /// The formula, or an error that says why there is none.
    pub(super) fn get(&self, family: &Family, method: &str) -> Result<F> {
        match self {
            Fact::Formula(f) => Ok(*f),
            Fact::Absent(why) => {
                Err(Error::new(ErrorKind::Argument, format!("`{}` has no `{method}`: {why}", family.name)))
            }
        }
    }

    /// Why there is no formula, if there is none.
    pub fn absent(&self) -> Option<&'static str> {
        match self {
            Fact::Formula(_) => None,
            Fact::Absent(why) => Some(why),
        }
    }
}

impl Family {
    /// Every method that the family has not, with the reason.
    ///
    /// ```
    /// let absent = gradus::prob::BERNOULLI.absent();
    /// assert_eq!(absent, [("rsample", "its values are whole numbers")]);
    /// ```
    pub fn absent(&self) -> Vec<(&'static str, &'static str)> {
        let methods = [
            ("log_prob", self.log_prob.absent()),
            ("prob", self.prob.absent()),
            ("log_cdf", self.log_cdf.absent()),
            ("cdf", self.cdf.absent()),
            ("log_sf", self.log_sf.absent()),
            ("quantile", self.quantile.absent()),
            ("mean", self.mean.absent()),
            ("variance", self.variance.absent()),
            ("mode", self.mode.absent()),
            ("entropy", self.entropy.absent()),
            ("expectation", self.expectation.absent()),
            ("sample", self.sample.absent()),
            ("rsample", self.rsample.absent()),
            ("fit", self.fit.absent()),
        ];
        methods.into_iter().filter_map(|(name, why)| Some((name, why?))).collect()
    }

    /// The distribution with parameters by name, in any of the family's forms; one that has no such form is poisoned.
    ///
    /// ```
    /// use gradus::{Tensor, prob::NORMAL};
    /// let d = NORMAL.of(&[("mu", Tensor::from(0.0)), ("precision", Tensor::from(4.0))]);
    /// assert_eq!(d.variance().eval()?.item()?, 0.25);
    /// assert_eq!(d.to_string(), "Normal(mu=0.0, precision=4.0)");
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn of(&'static self, parameters: &[(&str, Tensor)]) -> Distribution {
        let named = |form: &Form, name: &str| form.parameters.iter().position(|p| p.is(name));
        let fits = |form: &&Form| {
            form.parameters.len() == parameters.len() && parameters.iter().all(|(n, _)| named(form, n).is_some())
        };
        let Some(form) = self.forms.iter().position(|f| fits(&f)) else {
            let names: Vec<&str> = parameters.iter().map(|(n, _)| *n).collect();
            let known: Vec<String> = self.forms.iter().map(|f| f.to_string()).collect();
            let m = format!("`{}` takes {}, not ({})", self.name, known.join(" or "), names.join(", "));
            return Distribution::poisoned(self, Error::new(ErrorKind::Argument, m));
        };
        let given = self.forms[form].parameters.iter().map(|p| {
            let found = parameters.iter().find(|(n, _)| p.is(n));
            found.map_or_else(|| Tensor::from(f64::NAN), |(_, t)| t.clone())
        });
        let given = given.collect();
        Distribution::of_form(self, form, given)
    }

    /// The fit by maximum likelihood to values along the first axis, each with a weight if there are any.
    pub fn fit(&self, x: impl Into<Tensor>, weights: Option<&Tensor>) -> Result<Distribution> {
        (self.fit.get(self, "fit")?)(&Observed::new(x.into(), weights))
    }

    /// All parameters that some form has, under their first names, in order.
    pub fn parameters(&self) -> Vec<&'static str> {
        let mut names = vec![];
        for p in self.forms.iter().flat_map(|f| f.parameters) {
            if !names.contains(&p.names[0]) {
                names.push(p.names[0]);
            }
        }
        names
    }

    /// The first name of the parameter that another system calls so.
    pub fn parameter(&self, name: &str) -> Option<&'static str> {
        self.forms.iter().flat_map(|f| f.parameters).find(|p| p.is(name)).map(|p| p.names[0])
    }
}

impl PartialEq for Family {
    fn eq(&self, other: &Family) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
