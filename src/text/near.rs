//! What a misspelt name most likely means, and names in a row, for messages.

/// How many names a message lists at most.
const MOST: usize = 12;

/// Names in a row, not too many.
pub(crate) fn listed(names: &[&str]) -> String {
    let mut text = names.iter().take(MOST).map(|n| format!("`{}`", clip(n))).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        text += &format!(", … {} in all", names.len());
    }
    text
}

/// The beginning of a name that may be long.
pub(crate) fn clip(name: &str) -> String {
    if name.chars().count() <= 40 { name.to_string() } else { name.chars().take(40).chain(['…']).collect() }
}

/// The name that a misspelt one most likely means.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    let known: Vec<&str> = known.collect();
    if let Some(same) = known.iter().find(|k| k.eq_ignore_ascii_case(name)) {
        return Some(same);
    }
    let most = match length {
        0..=2 => return None,
        3..=4 => 1,
        5..=7 => 2,
        _ => 3,
    };
    let close = known.into_iter().filter(|k| k.chars().count() > 1 && k.chars().count().abs_diff(length) <= most);
    let scored = close.map(|k| (distance(&name.to_lowercase(), &k.to_lowercase()), k));
    scored.filter(|(d, k)| *d <= most && *d < k.chars().count().max(length)).min_by_key(|(d, _)| *d).map(|(_, k)| k)
}

/// How many insertions, deletions, replacements and swaps of neighbours turn one name into another.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
