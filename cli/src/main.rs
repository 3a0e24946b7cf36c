//! The binary `gradus`: reads the command line and hands over to one short file per verb.

fn main() {
    println!("gradus");
}
