//! The text of a CSV file: its encoding, its separator, and its rows of cells.

use std::borrow::Cow;

use super::io::data_error;
use crate::error::Result;

/// A row of cells and the line of the file it begins on, counted from 1.
pub(crate) struct Row<'a> {
    /// The line of the file.
    pub line: usize,
    /// The cells without quotes and surrounding blanks.
    pub cells: Vec<Cow<'a, str>>,
}

/// The text of a file without its byte order mark; an error where it is not UTF-8.
pub(crate) fn decode<'a>(bytes: &'a [u8], file: &str) -> Result<&'a str> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(data_error(file, "it is UTF-16 text; save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
        data_error(file, format!("row {line} is not UTF-8 text; save the file as UTF-8"))
    })
}

/// The separator of a text: the first of tab, semicolon, comma that every one of the first lines has equally often.
///
/// Comma comes last because it may be a decimal point between semicolons, never the other way round.
pub(crate) fn separator(text: &str) -> char {
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).take(10).collect();
    let count = |line: &str, separator: char| {
        let mut quoted = false;
        line.chars()
            .filter(|&c| {
                quoted ^= c == '"';
                c == separator && !quoted
            })
            .count()
    };
    ['\t', ';']
        .into_iter()
        .find(|&s| {
            lines
                .first()
                .is_some_and(|first| count(first, s) > 0 && lines.iter().all(|l| count(l, s) == count(first, s)))
        })
        .unwrap_or(',')
}

/// Splits a text into rows; quotes that do not close and text after a closing quote are errors.
pub(crate) struct Rows<'a> {
    rest: &'a str,
    line: usize,
    separator: char,
    file: &'a str,
}

impl<'a> Rows<'a> {
    /// The rows of a text.
    pub fn new(text: &'a str, separator: char, file: &'a str) -> Rows<'a> {
        // Blank lines at the end are no rows; between rows they are, of one empty cell.
        Rows { rest: text.trim_end_matches(['\n', '\r', ' ']), line: 1, separator, file }
    }

    /// The next row, or `None` after the last.
    pub fn next(&mut self) -> Result<Option<Row<'a>>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        let mut cells = vec![];
        loop {
            let (cell, end) = self.cell()?;
            cells.push(cell);
            if end {
                return Ok(Some(Row { line, cells }));
            }
        }
    }

    /// The next cell, and whether the row ends with it.
    fn cell(&mut self) -> Result<(Cow<'a, str>, bool)> {
        let separator = self.separator;
        let blank = move |c: char| c == ' ' || (c == '\t' && separator != '\t');
        let start = self.rest.trim_start_matches(blank);
        let cell = match start.strip_prefix('"') {
            Some(quoted) => self.quoted(quoted)?,
            None => {
                let end = start.find([self.separator, '\n', '\r']).unwrap_or(start.len());
                let (cell, rest) = start.split_at(end);
                self.rest = rest;
                Cow::Borrowed(cell.trim())
            }
        };
        Ok((cell, self.end_of_cell(blank)?))
    }

    /// The text up to the closing quote, in which a doubled quote stands for one.
    fn quoted(&mut self, text: &'a str) -> Result<Cow<'a, str>> {
        let opened = self.line;
        let mut from = 0;
        loop {
            let Some(end) = text[from..].find('"').map(|at| from + at) else {
                return Err(data_error(self.file, format!("the quote that opens in row {opened} never closes")));
            };
            if text[end + 1..].starts_with('"') {
                from = end + 2;
                continue;
            }
            self.rest = &text[end + 1..];
            self.line += text[..end].matches('\n').count();
            let inner = text[..end].trim();
            return Ok(if from == 0 { Cow::Borrowed(inner) } else { Cow::Owned(inner.replace("\"\"", "\"")) });
        }
    }

    /// Steps over what separates cells; true where that is the end of the row.
    fn end_of_cell(&mut self, blank: impl Fn(char) -> bool) -> Result<bool> {
        let rest = self.rest.trim_start_matches(blank);
        let mut chars = rest.chars();
        match chars.next() {
            None => {
                self.rest = "";
                Ok(true)
            }
            Some(c) if c == self.separator => {
                self.rest = chars.as_str();
                Ok(false)
            }
            Some(c @ ('\r' | '\n')) => {
                let rest = chars.as_str();
                self.rest = if c == '\r' { rest.strip_prefix('\n').unwrap_or(rest) } else { rest };
                self.line += 1;
                Ok(true)
            }
            Some(c) => Err(data_error(self.file, format!("row {}: {c:?} follows a closing quote", self.line))),
        }
    }
}
