//! The expression graph: tensors, nodes, the record that describes an op, the fold, and op-by-op evaluation. Knows no op.

mod attrs;
mod evaluate;
mod exact;
mod fold;
mod notes;
mod op;
mod origin;
mod outputs;
mod plan;
mod quick;
mod structure;
mod tensor;

pub use crate::array::arith::Instruction;
pub use attrs::Attrs;
pub use evaluate::{evaluate, evaluate_nodes, note_first_nan};
pub use exact::{Exact, WideArray, broadcast_places, lanes, product_places};
pub use fold::{fold, topological};
pub use notes::{Note, NoteKind};
pub use op::{
    Binary, Call, Compare, Cotangent, Derivative, Interval, Kernel, Lanes, Meta, Notation, OfComplex, Op, Promote,
    Reduce, Test, Unary, Vjp, common,
};
pub(crate) use origin::current as current_origin;
pub use origin::with_origin;
pub use outputs::{MatrixKind, Outputs};
pub use plan::{Numbers, Plan, evaluate_planned};
pub(crate) use quick::{QuickMap, QuickSet};
pub(crate) use structure::Structure;
pub use tensor::{Node, Tensor};
