//! What the pass made of a formula, by structure: a formula built again, with other data, is not looked at again.

use std::sync::{Arc, Mutex};

use super::fired::Fired;
use crate::error::Origin;
use crate::graph::{Attrs, Op, QuickMap, Structure, Tensor, topological, with_origin};

/// How many recipes are kept.
const RECIPES: usize = 128;
/// Larger formulas are rewritten anew each time.
const NODES: usize = 4096;
/// Integer leaves up to this length count by their values, as they do in the matcher.
pub const INDICES: usize = 64;

/// A tensor of a recipe: a node of the formula or one that the pass made, and its output.
#[derive(Clone, Copy)]
enum Place {
    Old(usize, usize),
    New(usize, usize),
}

/// A node that the pass made.
enum Made {
    /// A constant.
    Leaf(Tensor),
    Node {
        op: &'static Op,
        attrs: Attrs,
        inputs: Vec<Place>,
        origin: Origin,
    },
}

/// How to make the same of a formula of the same structure.
struct Recipe {
    made: Vec<Made>,
    outputs: Vec<Place>,
    fired: Vec<(&'static str, Place, Place, Origin)>,
}

/// What the formulas are rewritten for.
#[derive(Clone, Copy, PartialEq)]
pub enum Purpose {
    /// To be differentiated, or looked at.
    Derive,
    /// To be evaluated.
    Evaluate,
}

/// A recipe and what it is for: the formula, and which of its nodes were not looked into.
struct Entry {
    structure: Structure,
    purpose: Purpose,
    opaque: Vec<usize>,
    recipe: Arc<Recipe>,
}

/// The recipes used last, the latest at the end.
static KNOWN: Mutex<Vec<Entry>> = Mutex::new(vec![]);

/// What `rewrite` makes of the formulas, from a recipe if their structure is known.
pub fn remembered(
    formulas: &[&Tensor],
    opaque: &[&Tensor],
    purpose: Purpose,
    rewrite: impl FnOnce() -> (Vec<Tensor>, Vec<Fired>),
) -> (Vec<Tensor>, Vec<Fired>) {
    let order = topological(formulas, |_| true);
    if order.len() > NODES {
        return rewrite();
    }
    let Ok(structure) = Structure::of(&order, formulas, INDICES) else { return rewrite() };
    let closed = |t: &Tensor| opaque.iter().any(|o| o.node().id() == t.node().id());
    let opaque: Vec<usize> = (0..order.len()).filter(|&k| closed(&order[k])).collect();
    let known = KNOWN.lock().ok().and_then(|mut entries| {
        let at = entries.iter().position(|e| e.purpose == purpose && e.structure == structure && e.opaque == opaque)?;
        let entry = entries.remove(at);
        let recipe = entry.recipe.clone();
        entries.push(entry);
        Some(recipe)
    });
    if let Some(recipe) = known {
        return recipe.follow(&order);
    }
    let (outputs, fired) = rewrite();
    let recipe = Arc::new(Recipe::of(&order, &outputs, &fired));
    if let Ok(mut entries) = KNOWN.lock() {
        if entries.len() >= RECIPES {
            entries.remove(0);
        }
        entries.push(Entry { structure, purpose, opaque, recipe });
    }
    (outputs, fired)
}

impl Recipe {
    /// How these outputs come from a formula with these nodes.
    fn of(order: &[Tensor], outputs: &[Tensor], fired: &[Fired]) -> Recipe {
        let old: QuickMap<u64, usize> = order.iter().enumerate().map(|(k, t)| (t.node().id(), k)).collect();
        let wanted: Vec<&Tensor> = outputs.iter().chain(fired.iter().flat_map(|f| [&f.before, &f.after])).collect();
        let mut new: QuickMap<u64, usize> = QuickMap::default();
        let place = |new: &QuickMap<u64, usize>, t: &Tensor| match old.get(&t.node().id()) {
            Some(&k) => Place::Old(k, t.output()),
            None => Place::New(new.get(&t.node().id()).copied().unwrap_or(0), t.output()),
        };
        let mut made = vec![];
        for t in topological(&wanted, |t| !old.contains_key(&t.node().id())) {
            let node = t.node();
            if old.contains_key(&node.id()) {
                continue;
            }
            made.push(if node.inputs().is_empty() {
                Made::Leaf(t.clone())
            } else {
                let inputs = node.inputs().iter().map(|i| place(&new, i)).collect();
                Made::Node { op: node.op(), attrs: node.attrs().clone(), inputs, origin: node.origin() }
            });
            new.insert(node.id(), made.len() - 1);
        }
        let told = |f: &Fired| (f.rule, place(&new, &f.before), place(&new, &f.after), f.origin);
        let fired = fired.iter().map(told).collect();
        Recipe { outputs: outputs.iter().map(|t| place(&new, t)).collect(), fired, made }
    }

    /// The same from a formula with these nodes.
    fn follow(&self, order: &[Tensor]) -> (Vec<Tensor>, Vec<Fired>) {
        let mut made: Vec<Tensor> = Vec::with_capacity(self.made.len());
        let at = |made: &[Tensor], place: &Place| match *place {
            Place::Old(k, output) => order[k].sibling(output),
            Place::New(k, output) => made[k].sibling(output),
        };
        for m in &self.made {
            let t = match m {
                Made::Leaf(t) => t.clone(),
                Made::Node { op, attrs, inputs, origin } => {
                    let inputs: Vec<Tensor> = inputs.iter().map(|p| at(&made, p)).collect();
                    with_origin(*origin, || op.call(&inputs.iter().collect::<Vec<_>>(), attrs.clone()))
                }
            };
            made.push(t);
        }
        let told = |(rule, before, after, origin): &(&'static str, Place, Place, Origin)| Fired {
            rule,
            before: at(&made, before),
            after: at(&made, after),
            origin: *origin,
        };
        (self.outputs.iter().map(|p| at(&made, p)).collect(), self.fired.iter().map(told).collect())
    }
}
