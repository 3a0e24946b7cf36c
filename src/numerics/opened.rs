//! Nodes seen through: their meanings, and sums and products in which those are written out, made once at a place.

use std::rc::Rc;

use super::algebra::{Product, Sum, product_of, sum_of};
use super::matcher::Matcher;
use super::pattern::{meaning, unfold};
use crate::graph::Tensor;

impl Matcher {
    /// Forgets what was made of nodes while rules were tried at a place: at the next it is made anew, and so is new.
    pub fn forget(&mut self) {
        self.algebra.forget();
        self.meant.clear();
        self.open_sums.clear();
        self.open_products.clear();
    }

    /// The node written by its op's meaning.
    pub(super) fn unfolded(&mut self, t: &Tensor) -> Option<Tensor> {
        if self.plain || self.makes == Some(t.op()) {
            return None;
        }
        let meaning = meaning(t.op())?;
        if let Some(known) = self.meant.get(&t.key()) {
            return known.clone();
        }
        let meant = unfold(t, meaning, &mut self.algebra);
        self.meant.insert(t.key(), meant.clone());
        meant
    }

    /// What a memory of opened sums or products is kept by: the node, and the op not to be seen through if it is in it.
    fn opened_key<'a>(&self, t: &Tensor, mut parts: impl Iterator<Item = &'a Tensor>) -> (u64, usize, usize) {
        let (id, output) = t.key();
        let shut = self.makes.filter(|op| parts.any(|t| t.op() == *op)).map_or(0, |op| std::ptr::from_ref(op) as usize);
        (id, output, shut)
    }

    /// `open_terms` of the sum of t, remembered.
    pub(super) fn opened_sum(&mut self, t: &Tensor, sum: &Sum) -> Option<Rc<Sum>> {
        if self.plain {
            return None;
        }
        let key = self.opened_key(t, sum.terms.iter().map(|(_, t)| t));
        if let Some(known) = self.open_sums.get(&key) {
            return known.clone();
        }
        let open = self.open_terms(sum).map(Rc::new);
        self.open_sums.insert(key, open.clone());
        open
    }

    /// `open_factors` of the product of t, remembered.
    pub(super) fn opened_product(&mut self, t: &Tensor, product: &Product) -> Option<Rc<Product>> {
        if self.plain {
            return None;
        }
        let key = self.opened_key(t, product.factors.iter().map(|(t, _)| t));
        if let Some(known) = self.open_products.get(&key) {
            return known.clone();
        }
        let open = self.open_factors(product).map(Rc::new);
        self.open_products.insert(key, open.clone());
        open
    }

    /// The sum with every term that means a sum written out, if there is one.
    fn open_terms(&mut self, sum: &Sum) -> Option<Sum> {
        let mut open = Sum { constant: sum.constant, terms: vec![] };
        let mut opened = false;
        for (c, t) in &sum.terms {
            let meant = self.unfolded(t).map(|u| sum_of(&u)).filter(|s| s.terms.len() > 1 || s.constant != 0.0);
            opened |= meant.is_some();
            open = open.plus(*c, meant.unwrap_or(Sum { terms: vec![(1.0, t.clone())], constant: 0.0 }));
        }
        opened.then_some(open)
    }

    /// The product with every factor that means a product written out, if there is one.
    fn open_factors(&mut self, product: &Product) -> Option<Product> {
        let mut open = Product { coefficient: product.coefficient, factors: vec![] };
        let mut opened = false;
        for (t, p) in &product.factors {
            let meant = self
                .unfolded(t)
                .map(|u| product_of(&u))
                .filter(|u| u.factors.len() > 1 || u.factors.first().is_some_and(|f| f.1 != 1.0));
            match meant {
                Some(u) if p.fract() == 0.0 => {
                    opened = true;
                    open.coefficient *= u.coefficient.powf(*p);
                    open.factors.extend(u.factors.into_iter().map(|(t, q)| (t, p * q)));
                }
                _ => open.factors.push((t.clone(), *p)),
            }
        }
        opened.then(|| self.algebra.merged(open))
    }
}
