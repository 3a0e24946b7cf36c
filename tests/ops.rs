//! One walk over all rows: accuracy of values and derivatives, both modes, batches, bad input, facts that are there.

#[path = "ops/accuracy.rs"]
mod accuracy;
#[path = "ops/inputs.rs"]
mod inputs;
#[path = "ops/modes.rs"]
mod modes;
#[path = "ops/robust.rs"]
mod robust;

use gradus::DType;

#[test]
fn every_row() {
    let reference = accuracy::reference();
    let hook = std::panic::take_hook();
    for op in gradus::ops::all() {
        if let Some(points) = reference.get(op.name) {
            let (wide, narrow) = (accuracy::measure(op, points, DType::F64), accuracy::measure(op, points, DType::F32));
            println!("{:16} {:?} {:?}  at {:?}   {:?}", op.name, wide.ulp, narrow.ulp, wide.at, narrow.at);
        }
        if let Some(sample) = inputs::sample(op, reference.get(op.name)) {
            let r = std::panic::catch_unwind(|| modes::agree(op, &sample));
            match r { Ok(Some(a)) => println!("MODE {} {:.1e} {:.1e}", op.name, a.modes, a.differences), Ok(None) => {}, Err(_) => println!("MODE {} PANIC", op.name) }
        }
        std::panic::set_hook(Box::new(|_| {}));
        let bad = robust::panics(op);
        let _ = std::panic::take_hook();
        println!("ROB {} {}", op.name, bad.len());
        for b in bad.iter().take(3) { println!("    {b}"); }
    }
    std::panic::set_hook(hook);
}
