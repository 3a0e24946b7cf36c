//! Times Gradus beside its peers: one line per row of the targets, medians of interleaved runs on one thread.

mod hand;
mod rows;
mod timer;

fn main() {
    let filter = std::env::args().nth(1).unwrap_or_default();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    println!("{:<52} {:>11} {:>11} {:>7}  target", "row", "gradus", "peer", "ratio");
    let run = || rows::ALL.iter().filter(|(name, _)| name.contains(&filter)).for_each(|(name, row)| row(name));
    match pool {
        Ok(pool) => pool.install(run),
        Err(e) => eprintln!("no pool of one thread: {e}"),
    }
}
