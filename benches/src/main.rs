//! Sets Gradus beside its peers: one line per row and peer, the ratio of the medians of interleaved runs on one thread.
//!
//! An argument picks the rows whose names contain it.

mod dense;
mod descents;
mod doctor;
mod hand;
mod mixture;
mod planning;
mod probability;
mod rows;
mod start;
mod timer;

fn main() {
    let argument = std::env::args().nth(1).unwrap_or_default();
    if let Some(child) = start::child(&argument) {
        return child();
    }
    let pool = match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool,
        Err(e) => return eprintln!("no pool of one thread: {e}"),
    };
    println!("{:<48} {:>11} {:>11} {:>7}  target", "row / peer", "gradus", "peer", "ratio");
    let chosen = |name: &str| name.contains(&argument);
    let tables = [rows::ALL, probability::ALL, mixture::ALL, descents::ALL, dense::ALL, doctor::ALL, planning::ALL];
    for rows in tables {
        pool.install(|| rows.iter().filter(|(name, _)| chosen(name)).for_each(|(name, row)| row(name)));
    }
    if chosen(start::NAME) {
        start::row();
    }
}
