//! Findings in a git repository carry the age of their line, and of equals the newest comes first.

use std::path::Path;
use std::process::Command;

use gradus::formula::{Checked, Program};

/// Runs git in a folder, as of a time; false if there is no git.
fn git(folder: &Path, time: &str, words: &[&str]) -> bool {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]);
    command.args(words).env("GIT_AUTHOR_DATE", time).env("GIT_COMMITTER_DATE", time);
    command.output().is_ok_and(|o| o.status.success())
}

/// The check of a script whose last lines are newer than the others, and whether git knows that.
fn checked(name: &str, old: &str, new: &str) -> (Checked, bool) {
    let folder = std::env::temp_dir().join(format!("gradus-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("model.gr");
    std::fs::write(&file, format!("{old}a\n")).unwrap();
    let kept = git(&folder, "2020-01-01T12:00:00Z", &["init", "-q"])
        && git(&folder, "2020-01-01T12:00:00Z", &["add", "model.gr"])
        && git(&folder, "2020-01-01T12:00:00Z", &["commit", "-qm", "the old line"]);
    std::fs::write(&file, format!("{old}{new}")).unwrap();
    let kept = kept && git(&folder, "2024-02-03T12:00:00Z", &["commit", "-qam", "the new line"]);
    let checked = Program::file(&file).unwrap().check().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    (checked, kept)
}

#[test]
fn a_cause_stands_before_what_it_leads_into_however_old_it_is() {
    let (checked, kept) = checked("causes", "x = [1000.0, 2]\na = log(exp(x))\n", "b = (a + 1e17) - 1e17\na; b\n");
    let found: Vec<_> = checked.report.findings.iter().map(|f| (f.op, f.severity)).collect();
    assert_eq!(found, [("exp", gradus::Severity::Error), ("add", gradus::Severity::Error)]);
    let ages: Vec<_> = checked.report.findings.iter().map(|f| f.age.as_ref().map(|a| a.time)).collect();
    assert!(!kept || ages == [Some(1_577_880_000), Some(1_706_961_600)], "{ages:?}");
}

#[test]
fn the_newest_line_is_the_first_suspect() {
    let old = "x = [1000.0, 1]\na = log(sum(exp(x)))\n";
    let (checked, kept) = checked("suspects", old, "b = log(1 + exp(2*x))\na; b\n");
    let exps: Vec<_> = checked.report.findings.iter().filter(|f| f.op == "exp").collect();
    assert_eq!(exps.len(), 2);
    if !kept {
        println!("git is not here: findings have no age");
        assert!(exps.iter().all(|f| f.age.is_none()));
        return;
    }
    let ages: Vec<_> = exps.iter().map(|f| f.age.clone().unwrap()).collect();
    assert_eq!((ages[0].summary.as_str(), ages[0].time), ("the new line", 1_706_961_600));
    assert_eq!((ages[1].summary.as_str(), ages[1].time), ("the old line", 1_577_880_000));
    assert!(ages[0].days > 900.0 && ages[0].commit.len() >= 40);
    let text = checked.text(None, "");
    assert!(text.find("(the new line)").unwrap() < text.find("(the old line)").unwrap(), "{text}");
}

#[test]
fn a_formula_without_a_file_has_no_age() {
    let report = super::report("log(exp(1000*x))", &["x=1"], gradus::DType::F64);
    assert!(report.findings.iter().all(|f| f.age.is_none()) && !report.findings.is_empty());
}
