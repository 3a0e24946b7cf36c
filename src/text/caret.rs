//! Shows an error under the line of source that it points at.

use crate::{Error, Span};

/// How many columns of a line are shown at most.
const WIDTH: usize = 100;

/// How many columns a tab takes.
const TAB: usize = 4;

/// An error as text: its message and, where it points into the source, the line with a caret under the place.
///
/// ```
/// let source = "x = 3\ny = x^2";
/// let error = gradus::text::parse(source).unwrap_err();
/// let shown = gradus::text::render(&error, Some("power.gr"), source);
/// assert_eq!(shown, "\
/// error: `^` is not power; write `x**2`
///  --> power.gr:2:6
/// 2 | y = x^2
///   |      ^
/// ");
/// ```
pub fn render(error: &Error, file: Option<&str>, source: &str) -> String {
    let mut text = format!("error: {error}\n");
    if let Some(span) = error.span() {
        point(&mut text, file.unwrap_or("formula"), source, span);
    }
    text
}

/// Adds the place, the line and the carets.
fn point(text: &mut String, file: &str, source: &str, span: Span) {
    let start = floor(source, span.start);
    let line_start = source[..start].rfind('\n').map_or(0, |i| i + 1);
    let line_end = source[start..].find('\n').map_or(source.len(), |i| start + i);
    let end = floor(source, span.end).clamp(start, line_end);
    let before = cells(&source[line_start..start]);
    let under = cells(&source[start..end]);
    let behind = cells(source[end..line_end].trim_end());
    let (shown, offset, carets) = window(&before, &under, &behind);
    let number = span.line.to_string();
    let margin = " ".repeat(number.len());
    text.push_str(&format!("{margin}--> {file}:{}:{}\n", span.line, span.column));
    text.push_str(&format!("{number} | {shown}\n{margin} | {}{}\n", " ".repeat(offset), "^".repeat(carets)));
}

/// The nearest position at or before `at` where a character begins.
fn floor(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What a terminal shows for a text: each character as it is to be printed, with its width in columns.
fn cells(text: &str) -> Vec<(char, usize)> {
    let mut cells = Vec::new();
    for c in text.chars() {
        match c {
            '\t' => cells.extend([(' ', 1); TAB]),
            '\r' | '\u{feff}' => {}
            // A control character could move the cursor or colour the terminal.
            c if c.is_control() => cells.push(('\u{fffd}', 1)),
            c => cells.push((c, width(c))),
        }
    }
    cells
}

/// The columns that a character takes: none for accents, two for the wide scripts of East Asia and for emoji.
fn width(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f | 0x200b..=0x200f | 0x202a..=0x202e | 0x2066..=0x2069 | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 => 2,
        0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

fn total(cells: &[(char, usize)]) -> usize {
    cells.iter().map(|(_, width)| width).sum()
}

/// The part of a long line around the carets, how far in they begin, and how many there are.
fn window(before: &[(char, usize)], under: &[(char, usize)], behind: &[(char, usize)]) -> (String, usize, usize) {
    let whole = total(before) + total(under) + total(behind) <= WIDTH;
    // Half of the room goes to what leads up to the place.
    let left = if whole { before.len() } else { fitting(before.iter().rev(), WIDTH / 2) };
    let lead = &before[before.len() - left..];
    let (middle, room) = if whole {
        (under.len(), WIDTH)
    } else {
        let room = WIDTH - total(lead);
        let middle = fitting(under.iter(), room);
        (middle, room - total(&under[..middle]))
    };
    let right = if middle < under.len() { 0 } else { fitting(behind.iter(), room) };
    let cut_left = left < before.len();
    let cut_right = middle < under.len() || right < behind.len();
    let mut shown = String::new();
    if cut_left {
        shown.push('…');
    }
    shown.extend(lead.iter().chain(&under[..middle]).chain(&behind[..right]).map(|(c, _)| c));
    if cut_right {
        shown.push('…');
    }
    (shown, total(lead) + usize::from(cut_left), total(&under[..middle]).max(1))
}

/// How many of these cells fit into so many columns.
fn fitting<'c>(cells: impl Iterator<Item = &'c (char, usize)>, columns: usize) -> usize {
    let mut used = 0;
    cells
        .take_while(|(_, width)| {
            used += width;
            used <= columns
        })
        .count()
}
