//! `suspects`: how old the lines are at which a check found something, by the history that git keeps of their file.

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Origin;
use crate::numerics::check::{Age, Report, sort_causes_first};

/// Gives every finding the age of its line, and ranks the findings: by severity, then causes before what they lead
/// into; of equals in both the newest line comes first, for what changed last is the first suspect.
///
/// `script` is the file of findings with a place in a script; those with a place in a Rust program know their file,
/// which is looked for from the current folder on. Lines of a file that is in no git repository, or of a machine
/// without git, have no age, and the order stays.
///
/// ```
/// use gradus::{Tensor, check, suspects};
/// let x = Tensor::from(1000.0);
/// let mut report = check(&x.exp().log())?;
/// suspects(&mut report, None);
/// assert_eq!(report.findings[0].op, "exp");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn suspects(report: &mut Report, script: Option<&Path>) {
    let mut files: Vec<(String, Vec<Age>)> = vec![];
    for f in &mut report.findings {
        let (file, line) = match f.origin {
            Origin::Script(span) => (script.map(|p| p.display().to_string()), span.line),
            Origin::Rust(l) => (Some(l.file().to_string()), l.line() as usize),
            Origin::Unknown => (None, 0),
        };
        let Some(file) = file else { continue };
        let known = files.iter().position(|(name, _)| *name == file);
        let k = known.unwrap_or_else(|| {
            let ages = blame(Path::new(&file));
            files.push((file, ages));
            files.len() - 1
        });
        f.age = line.checked_sub(1).and_then(|i| files[k].1.get(i)).cloned();
    }
    sort_causes_first(&mut report.findings, |f| f.age.as_ref().map_or(i64::MIN, |a| a.time));
}

/// The age of every line of a file; nothing where git does not know it.
fn blame(file: &Path) -> Vec<Age> {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = file.file_name() else { return vec![] };
    let git = Command::new("git").arg("-C").arg(folder).args(["blame", "--line-porcelain", "--"]).arg(name).output();
    let Ok(output) = git else { return vec![] };
    if output.status.success() { lines(&String::from_utf8_lossy(&output.stdout)) } else { vec![] }
}

/// Reads `git blame --line-porcelain`: a header for every line, then the line behind a tab.
fn lines(text: &str) -> Vec<Age> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64);
    let (mut ages, mut age) = (vec![], Age::default());
    for line in text.lines() {
        if line.starts_with('\t') {
            age.days = (now - age.time) as f64 / 86400.0;
            ages.push(std::mem::take(&mut age));
        } else if let Some(time) = line.strip_prefix("author-time ") {
            age.time = time.parse().unwrap_or(0);
        } else if let Some(summary) = line.strip_prefix("summary ") {
            age.summary = summary.to_string();
        } else if age.commit.is_empty() {
            age.commit = line.split(' ').next().unwrap_or("").to_string();
        }
    }
    ages
}
