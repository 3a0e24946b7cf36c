//! Which elements of a formula hang on which elements of x, and rows of a Jacobian that share one reverse pass.

use std::collections::HashMap;
use std::rc::Rc;

use crate::array::{Array, DType};
use crate::error::Result;
use crate::graph::{Call, Derivative, Kernel, QuickMap, Tensor, lanes, topological};

/// Jacobians of fewer rows are made of a pass a row.
const ROWS: usize = 16;
/// The most groups of rows, and the least number of rows that a group must have on average.
const GROUPS: usize = 64;
const SHARED: usize = 4;
/// How many elements of formulas are looked at.
const WORK: usize = 1 << 22;

/// Rows of a Jacobian in groups: no two rows of a group have an entry in the same column.
pub struct Groups {
    /// How many groups there are.
    pub count: usize,
    /// The group of every row.
    pub of: Vec<usize>,
    /// Where in the Jacobian every entry of the groups' sums belongs, group after group. Entries of no row are 0.
    pub places: Vec<i64>,
}

/// The rows of ∂y/∂x in groups, if y hangs on x so sparsely that few groups do.
///
/// Only shapes and the kinds of kernels are looked at, never data. Source: Curtis, Powell and Reid (1974).
pub fn groups(y: &Tensor, x: &Tensor) -> Option<Groups> {
    let (m, n) = (y.dims().iter().product::<usize>(), x.dims().iter().product::<usize>());
    if m < ROWS || n < ROWS {
        return None;
    }
    let mut sets = Sets::new(64 * (m + n));
    let Spread::Each(rows) = dependence(y, x, &mut sets)? else { return None };
    let rows: Vec<Rc<[u32]>> = rows.iter_f64().map(|id| sets.all[id as usize].clone()).collect();
    let most = GROUPS.min(m / SHARED);
    let (mut taken, mut of, mut count) = (vec![0u64; n], vec![], 0);
    for row in &rows {
        let group = row.iter().fold(0, |used, &j| used | taken[j as usize]).trailing_ones() as usize;
        if group >= most {
            return None;
        }
        row.iter().for_each(|&j| taken[j as usize] |= 1 << group);
        count = count.max(group + 1);
        of.push(group);
    }
    // An entry of no row goes where the first row of its group has a 0.
    let mut places = vec![-1i64; count * n];
    for (i, (row, group)) in rows.iter().zip(&of).enumerate() {
        row.iter().for_each(|&j| places[group * n + j as usize] = (i * n) as i64 + i64::from(j));
    }
    for (k, place) in places.iter_mut().enumerate().filter(|(_, p)| **p < 0) {
        let first = of.iter().position(|&g| g == k / n)?;
        *place = (first * n + k % n) as i64;
    }
    Some(Groups { count, of, places })
}

/// The sets of elements of x that the elements of a formula hang on, by numbers; set 0 is empty.
#[derive(Clone)]
enum Spread {
    /// The same set for all.
    All(u32),
    /// The number of a set for each element.
    Each(Array),
}

/// Sets that have been met.
struct Sets {
    all: Vec<Rc<[u32]>>,
    known: HashMap<Rc<[u32]>, u32>,
    unions: QuickMap<(u32, u32), u32>,
    /// How many members are held, and may be.
    held: usize,
    most: usize,
    work: usize,
}

impl Sets {
    fn new(most: usize) -> Sets {
        let empty: Rc<[u32]> = Rc::new([]);
        let known = HashMap::from([(empty.clone(), 0)]);
        Sets { all: vec![empty], known, unions: QuickMap::default(), held: 0, most, work: 0 }
    }

    fn add(&mut self, set: Vec<u32>) -> Option<u32> {
        if let Some(&id) = self.known.get(set.as_slice()) {
            return Some(id);
        }
        self.held += set.len();
        let (id, set): (_, Rc<[u32]>) = (self.all.len() as u32, set.into());
        self.all.push(set.clone());
        self.known.insert(set, id);
        (self.held <= self.most).then_some(id)
    }

    fn union(&mut self, a: u32, b: u32) -> Option<u32> {
        let pair = (a.min(b), a.max(b));
        if a == b || pair.0 == 0 {
            return Some(pair.1);
        }
        if let Some(&id) = self.unions.get(&pair) {
            return Some(id);
        }
        let mut set = [&self.all[a as usize][..], &self.all[b as usize][..]].concat();
        set.sort_unstable();
        set.dedup();
        let id = self.add(set)?;
        self.unions.insert(pair, id);
        Some(id)
    }

    /// The union of all sets of some operands.
    fn whole(&mut self, inputs: &[Spread]) -> Option<u32> {
        let mut total = 0;
        for input in inputs {
            match input {
                Spread::All(id) => total = self.union(total, *id)?,
                Spread::Each(ids) => {
                    self.spend(ids.len())?;
                    // One sort instead of a union for each.
                    let members = ids.iter_f64().flat_map(|id| self.all[id as usize].iter().copied());
                    let mut set: Vec<u32> = members.collect();
                    set.sort_unstable();
                    set.dedup();
                    let id = self.add(set)?;
                    total = self.union(total, id)?;
                }
            }
        }
        Some(total)
    }

    fn spend(&mut self, elements: usize) -> Option<()> {
        self.work += elements;
        (self.work <= WORK).then_some(())
    }
}

/// What the elements of y hang on; nothing where that is too much to hold.
fn dependence(y: &Tensor, x: &Tensor, sets: &mut Sets) -> Option<Spread> {
    let mut known: QuickMap<(u64, usize), Spread> = QuickMap::default();
    let n = x.dims().iter().product::<usize>();
    let own = (0..n as u32).map(|i| sets.add(vec![i]).map(f64::from)).collect::<Option<Vec<f64>>>()?;
    known.insert(x.key(), Spread::Each(Array::from_vec(own, x.dims()).ok()?));
    let cut = x.node().id();
    for t in topological(&[y], |t| t.node().id() != cut) {
        if t.node().id() == cut {
            continue;
        }
        let inputs = t.node().inputs().iter();
        let inputs: Vec<Spread> = inputs.map(|i| known.get(&i.key()).cloned().unwrap_or(Spread::All(0))).collect();
        if inputs.iter().any(|s| !matches!(s, Spread::All(0))) {
            let spread = step(&t, &inputs, sets)?;
            for k in 0..t.node().outs().as_ref().map_or(1, Vec::len) {
                known.insert((t.node().id(), k), spread.clone());
            }
        }
    }
    known.remove(&y.key())
}

/// What the elements of a node's outputs hang on.
fn step(t: &Tensor, inputs: &[Spread], sets: &mut Sets) -> Option<Spread> {
    if let Derivative::Zero = t.op().derivative {
        return Some(Spread::All(0));
    }
    match (&t.op().kernel, inputs) {
        (Kernel::Unary(_) | Kernel::Cast, [s]) => Some(s.clone()),
        (Kernel::Binary(_), [a, b]) | (Kernel::Select, [_, a, b]) => joined(a, b, t.dims(), sets),
        (Kernel::Same | Kernel::View(_) | Kernel::Move(_), _) => moved(t, inputs, sets),
        (Kernel::Reduce(_), [Spread::All(id)]) | (Kernel::Lanes(_), [Spread::All(id)]) => Some(Spread::All(*id)),
        (Kernel::Reduce(_), [Spread::Each(ids)]) => by_lane(t, ids, false, sets),
        (Kernel::Lanes(_), [Spread::Each(ids)]) => by_lane(t, ids, true, sets),
        _ => sets.whole(inputs).map(Spread::All),
    }
}

/// Unions element by element, of operands that broadcast.
fn joined(a: &Spread, b: &Spread, shape: &[usize], sets: &mut Sets) -> Option<Spread> {
    if let (Spread::All(a), Spread::All(b)) = (a, b) {
        return sets.union(*a, *b).map(Spread::All);
    }
    sets.spend(shape.iter().product())?;
    let (a, b) = (each(a, shape)?, each(b, shape)?);
    let pairs = a.iter_f64().zip(b.iter_f64());
    let ids = pairs.map(|(a, b)| sets.union(a as u32, b as u32).map(f64::from)).collect::<Option<Vec<f64>>>()?;
    Array::from_vec(ids, shape).ok().map(Spread::Each)
}

/// The numbers of sets, element by element of this shape.
fn each(s: &Spread, shape: &[usize]) -> Option<Array> {
    match s {
        Spread::All(id) => Array::scalar(f64::from(*id)).broadcast_to(shape),
        Spread::Each(ids) => ids.broadcast_to(shape),
    }
    .ok()
}

/// The numbers of sets, moved as the elements are: where the kernel puts a zero, it puts the empty set.
fn moved(t: &Tensor, inputs: &[Spread], sets: &mut Sets) -> Option<Spread> {
    let node = t.node();
    let out = node.outs().as_ref().ok()?.first()?;
    sets.spend(out.shape.iter().product())?;
    let numbered = inputs.iter().zip(node.inputs()).map(|(s, x)| each(s, x.dims()));
    let inputs = numbered.collect::<Option<Vec<_>>>()?;
    let outs = [crate::graph::Meta::new(DType::F64, out.shape.clone())];
    let made: Result<Array> = match &node.op().kernel {
        Kernel::View(f) => f(inputs.first()?, node.attrs(), &outs[0]),
        Kernel::Move(f) => {
            let (name, attrs, origin) = (node.op().name, node.attrs(), node.origin());
            let mut call = Call { name, inputs: &inputs, attrs, outs: &outs, origin, notes: &mut vec![] };
            f(&mut call).map(|mut outs| outs.swap_remove(0))
        }
        _ => inputs.first()?.reshape(&out.shape),
    };
    made.ok().map(Spread::Each)
}

/// The union of every lane, for the lane's one result or for each of its elements.
fn by_lane(t: &Tensor, ids: &Array, keeps: bool, sets: &mut Sets) -> Option<Spread> {
    sets.spend(ids.len())?;
    let ids = ids.to_f64();
    let mut spread = vec![0.0; if keeps { ids.len() } else { 0 }];
    for lane in lanes(t.node().inputs()[0].dims(), t.node().attrs().axes()) {
        let mut set: Vec<u32> = vec![];
        // Neighbours of one set count once.
        let mut last = 0;
        for id in lane.iter().map(|&k| ids[k] as u32) {
            if id != last {
                set.extend(self::members(sets, id));
                last = id;
            }
        }
        set.sort_unstable();
        set.dedup();
        let id = f64::from(sets.add(set)?);
        if keeps {
            lane.iter().for_each(|&k| spread[k] = id);
        } else {
            spread.push(id);
        }
    }
    Array::from_vec(spread, t.dims()).ok().map(Spread::Each)
}

fn members(sets: &Sets, id: u32) -> impl Iterator<Item = u32> + '_ {
    sets.all[id as usize].iter().copied()
}
