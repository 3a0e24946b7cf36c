//! The one way to walk a graph: every node once, inputs first, without recursion.

use super::{QuickMap, QuickSet, Tensor};

/// Every node that `outputs` need, once, inputs before what uses them; `enter` says whether to go below a node.
pub fn topological(outputs: &[&Tensor], mut enter: impl FnMut(&Tensor) -> bool) -> Vec<Tensor> {
    let mut seen = QuickSet::default();
    let mut found: Vec<Tensor> = vec![];
    let mut pending: Vec<Tensor> = outputs.iter().map(|t| t.sibling(0)).collect();
    while let Some(t) = pending.pop() {
        if !seen.insert(t.node().id()) {
            continue;
        }
        if enter(&t) {
            pending.extend(t.node().inputs().iter().map(|i| i.sibling(0)));
        }
        found.push(t);
    }
    // Ids grow from inputs to outputs, so this is a topological order, and the same one every time.
    found.sort_unstable_by_key(|t| t.node().id());
    found
}

/// Interprets a graph differently: gives every node a value from the values of its inputs, and returns those of `outputs`.
///
/// `V` is the value of a whole node; what a single output means is up to the caller.
pub fn fold<V: Clone>(outputs: &[&Tensor], mut f: impl FnMut(&Tensor, &[V]) -> V) -> Vec<V> {
    let mut values: QuickMap<u64, V> = QuickMap::default();
    let mut inputs = vec![];
    for t in topological(outputs, |_| true) {
        inputs.clear();
        inputs.extend(t.node().inputs().iter().filter_map(|i| values.get(&i.node().id()).cloned()));
        let v = f(&t, &inputs);
        values.insert(t.node().id(), v);
    }
    outputs.iter().filter_map(|t| values.get(&t.node().id()).cloned()).collect()
}
