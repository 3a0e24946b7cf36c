//! Writes a graph as LaTeX, by the `latex` of every row; shared parts become lines of their own.

use super::ast::level;
use super::infix::{Part, Style, print, reduces, sign_level};
use crate::Tensor;
use crate::graph::{Attrs, Notation};
use crate::ops;

/// Functions and relations that LaTeX knows by a Greek letter's name.
const GREEK: [&str; 30] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Sigma",
    "Phi", "Omega",
];

/// A formula as LaTeX, without dollar signs.
///
/// ```
/// use gradus::{Tensor, text::latex};
/// let x = Tensor::from([1.0, 2.0]).named("x");
/// let theta = Tensor::from([0.5, 0.5]).named("theta");
/// assert_eq!(latex(&(x.exp() / (1 + theta.square()))), r"\frac{e^{x}}{1 + \theta^2}");
/// ```
pub fn latex(tensor: &Tensor) -> String {
    print(tensor, Style::Latex)
}

/// Definitions and result, one below the other.
pub(super) fn lines(definitions: Vec<String>, last: String) -> String {
    if definitions.is_empty() {
        return last;
    }
    let lines: Vec<String> = definitions.into_iter().chain([format!("& {last}")]).collect();
    format!("\\begin{{aligned}}\n{}\n\\end{{aligned}}", lines.join(" \\\\\n"))
}

/// A name in italics if it is one letter or Greek, else upright; digits at its end become an index.
pub(super) fn name(name: &str) -> String {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let (stem, digits) = if stem.is_empty() { (name, "") } else { name.split_at(stem.len()) };
    let (stem, word) = match stem.trim_end_matches('_').split_once('_') {
        Some((a, b)) if !a.is_empty() && digits.is_empty() => (a, b.replace('_', " ")),
        _ => (stem.trim_end_matches('_'), digits.to_string()),
    };
    let base = if GREEK.contains(&stem) {
        format!("\\{stem}")
    } else if stem.chars().count() <= 1 {
        stem.to_string()
    } else {
        format!("\\mathrm{{{}}}", stem.replace('_', "\\_"))
    };
    match word.as_str() {
        "" => base,
        w if w.chars().all(|c| c.is_ascii_digit()) || w.chars().count() == 1 => format!("{base}_{{{w}}}"),
        w => format!("{base}_{{\\mathrm{{{w}}}}}"),
    }
}

/// A literal: powers of ten written out, lists as vectors, infinity as its sign.
pub(super) fn literal(text: &str) -> String {
    let one = |word: &str| match word.split_once('e') {
        Some((digits, power)) if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            let digits = digits.strip_suffix(".0").unwrap_or(digits);
            if digits == "1" { format!("10^{{{power}}}") } else { format!("{digits} \\cdot 10^{{{power}}}") }
        }
        _ => word.strip_suffix(".0").unwrap_or(word).replace("inf", "\\infty").replace("nan", "\\mathrm{nan}"),
    };
    text.split_inclusive([',', ' ', '[', ']'])
        .map(|piece| {
            let word = piece.trim_end_matches([',', ' ', '[', ']']);
            format!("{}{}", one(word), &piece[word.len()..])
        })
        .collect()
}

/// One operation over the LaTeX of its inputs.
pub(super) fn written(t: &Tensor, parts: Vec<Part>) -> Part {
    let op = t.op();
    let through = [
        &ops::REQUIRE,
        &ops::AS_WRITTEN,
        &ops::STOP_GRADIENT,
        &ops::CAST,
        &ops::BROADCAST,
        &ops::EXPAND_DIMS,
        &ops::RESHAPE,
    ];
    if through.contains(&op) {
        // Of a dropped axis the slice below knows the better text.
        let first = parts.into_iter().next().unwrap_or_else(|| Part::new("\\dots".into(), level::ATOM));
        return match (op == &ops::RESHAPE, first.other) {
            (true, Some(text)) => Part::new(text, level::ATOM),
            (_, other) => Part { other, ..first },
        };
    }
    if op == &ops::SLICE {
        return slice(t, &parts);
    }
    if op.latex.is_empty() {
        let word = op.name.replace('_', "\\_");
        let all: Vec<String> = parts.iter().map(|p| p.text.clone()).collect();
        return Part::new(format!("\\operatorname{{{word}}}({})", all.join(", ")), level::ATOM);
    }
    let text = along(t, fill(op.latex, op.notation, &parts));
    Part::new(text, own_level(t))
}

/// `x_{2}`, `x_{:, 1:3}`.
fn slice(t: &Tensor, parts: &[Part]) -> Part {
    let base = parts.first().map_or_else(String::new, |p| p.at_least(level::ATOM));
    let Attrs::Slice { axis, start, count, step, .. } = *t.node().attrs() else { return Part::new(base, level::ATOM) };
    let before = ":, ".repeat(usize::try_from(t.rank() as isize + axis).unwrap_or(0).min(8));
    let stop = start as isize + step * count as isize;
    let range = if step == 1 { format!("{start}:{stop}") } else { format!("{start}:{stop}:{step}") };
    let mut part = Part::new(format!("{base}_{{{before}{range}}}"), level::ATOM);
    if count == 1 {
        part.other = Some(format!("{base}_{{{before}{start}}}"));
    }
    part
}

/// The template with the inputs in their places, in brackets where they bind less tightly than the place needs.
fn fill(template: &str, notation: Notation, parts: &[Part]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let digit = rest[open + 1..].chars().next().and_then(|c| c.to_digit(10)).map(|d| d as usize);
        let closed = rest[open + 1..].chars().nth(1) == Some('}');
        match digit.filter(|_| closed).and_then(|k| parts.get(k).map(|p| (k, p))) {
            Some((k, part)) => {
                out.push_str(&rest[..open]);
                let after = &rest[open + 3..];
                out.push_str(&bracketed(part, place_level(&out, after, notation, k)));
                rest = after;
            }
            None => {
                out.push_str(&rest[..=open]);
                rest = &rest[open + 1..];
            }
        }
    }
    out + rest
}

fn bracketed(part: &Part, level: u8) -> String {
    if part.level < level { format!("\\left({}\\right)", part.text) } else { part.text.clone() }
}

/// How tightly an input must bind to stand at a place of a template.
fn place_level(before: &str, after: &str, notation: Notation, k: usize) -> u8 {
    let opened = before.ends_with(['{', '(', '|']) || before.ends_with("lfloor ") || before.ends_with("lceil ");
    let closed = after.starts_with(['}', ')', ',']) || after.starts_with("\\right") || after.starts_with(" \\r");
    if opened && closed
        || before.ends_with("& ")
        || after.starts_with(" &")
        || before.ends_with(", ") && after.starts_with(')')
    {
        return 0;
    }
    if after.starts_with(['^', '_', '\'']) {
        return level::ATOM;
    }
    match notation {
        Notation::Infix(sign, _) => sign_level(sign) + u8::from(k > 0),
        Notation::Prefix(..) => level::UNARY,
        // `\log x y` reads as a product under the logarithm, so functions take what binds at least as a product.
        _ if before.ends_with('\\') || before.is_empty() => level::PRODUCT,
        _ => level::UNARY,
    }
}

/// How tightly the text of an operation binds.
fn own_level(t: &Tensor) -> u8 {
    let op = t.op();
    match op.notation {
        Notation::Infix("/", _) => level::UNARY,
        Notation::Infix(sign, _) => sign_level(sign),
        Notation::Prefix(..) => level::UNARY,
        _ if op.latex.starts_with("1 - ") || op.latex.contains(") - ") => level::SUM,
        _ if op.latex.ends_with("{0}") || op.latex.contains('^') || op.latex.starts_with("\\frac") => level::UNARY,
        _ => level::ATOM,
    }
}

/// The axis under the sign of a reduction that does not take them all.
fn along(t: &Tensor, text: String) -> String {
    let (true, Attrs::Axes(axes)) = (reduces(t), t.node().attrs()) else { return text };
    if axes.len() == t.node().inputs().first().map_or(0, Tensor::rank) {
        return text;
    }
    let word = text[1..].find(|c: char| !c.is_ascii_alphabetic()).map_or(text.len(), |i| i + 1);
    let end = if text.starts_with("\\operatorname{") { text.find('}').map_or(word, |i| i + 1) } else { word };
    let list: Vec<String> = axes.iter().map(isize::to_string).collect();
    format!("{}_{{\\text{{axis }}{}}}{}", &text[..end], list.join(", "), &text[end..])
}
