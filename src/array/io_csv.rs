//! Tables of numbers from CSV files: nothing is guessed silently, and every fault is named with row and column.

use std::borrow::Cow;
use std::path::Path;

use super::csv_text::{Row, Rows, decode, separator};
use super::io::{data_error, display_path, read_all};
use super::{Array, memory};
use crate::error::{Error, ErrorKind, Result};

/// What a cell without a number means: one that is empty, NaN, NA, N/A or null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// An error that names the cell.
    #[default]
    Error,
    /// The number NaN.
    Nan,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// The numbers; of a column of text the codes of its cells.
    pub values: Vec<f64>,
    /// The sorted texts that codes 0, 1, … stand for; empty for a column of numbers.
    pub categories: Vec<String>,
    /// Why the column cannot be used: it mixes numbers and text, or a cell is missing.
    pub fault: Option<Error>,
}

/// The contents of a CSV file.
#[derive(Clone, Debug)]
pub struct Table {
    /// The name of every column; without a header line its number, counted from 0.
    pub headers: Vec<String>,
    /// The columns.
    pub columns: Vec<Column>,
    file: String,
}

/// Reads a CSV file.
///
/// Separators (comma, semicolon, tab), quotes, a byte order mark and either line end are recognised. The first row is
/// a header if it has only text, or text above a column of numbers. Rows and columns in messages count from 1, as a
/// spreadsheet does.
///
/// Errors: a file that cannot be read or is not text, ragged rows, duplicate headers, no rows. What is wrong with one
/// column is an error only once that column is selected.
///
/// ```
/// use gradus::array::{Missing, read_csv};
/// let table = read_csv("datasets/iris.csv", Missing::Error)?;
/// assert_eq!(table.select("0-3")?.shape(), [150, 4]);
/// assert_eq!(table.select("petal_width")?.shape(), [150]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn read_csv(path: impl AsRef<Path>, missing: Missing) -> Result<Table> {
    let path = path.as_ref();
    parse_csv(&read_all(path)?, &display_path(path), missing)
}

/// Reads the bytes of a CSV file; `file` is what errors call it.
pub fn parse_csv(bytes: &[u8], file: &str, missing: Missing) -> Result<Table> {
    let text = decode(bytes, file)?;
    let separator = separator(text);
    let mut rows = Rows::new(text, separator, file);
    let mut first = rows.next()?;
    while first.as_ref().is_some_and(is_blank) {
        first = rows.next()?;
    }
    let Some(first) = first else { return Err(data_error(file, "it has no rows")) };
    // The first row decides the width; whether it is a header is known only once the columns have been seen.
    let mut columns: Vec<Gather> = first.cells.iter().map(|_| Gather::default()).collect();
    let mut count = 0;
    while let Some(row) = rows.next()? {
        // In a table of several columns a blank line holds nothing; in one of a single column it is a missing cell.
        if is_blank(&row) && columns.len() > 1 {
            continue;
        }
        check_width(&row, &first, file)?;
        columns.iter_mut().zip(row.cells).for_each(|(column, cell)| column.push(cell, row.line));
        count += 1;
    }
    let header = is_header(&first, &columns);
    if header && count == 0 {
        return Err(data_error(file, "it has a header and no rows"));
    }
    let headers =
        if header { header_names(&first, file)? } else { (0..columns.len()).map(|k| k.to_string()).collect() };
    if !header {
        columns.iter_mut().zip(first.cells).for_each(|(column, cell)| column.push_first(cell, first.line));
    }
    let place =
        |k: usize| if header { format!("column {} ({:?})", k + 1, headers[k]) } else { format!("column {}", k + 1) };
    let decimal_commas = separator != ',';
    let columns =
        columns.into_iter().enumerate().map(|(k, c)| c.finish(file, &place(k), missing, decimal_commas)).collect();
    Ok(Table { headers, columns, file: file.to_string() })
}

/// True of a line without cells.
fn is_blank(row: &Row) -> bool {
    matches!(&row.cells[..], [cell] if cell.is_empty())
}

/// An error where a row has another number of cells than the first.
fn check_width(row: &Row, first: &Row, file: &str) -> Result<()> {
    if row.cells.len() == first.cells.len() {
        return Ok(());
    }
    Err(data_error(
        file,
        format!(
            "the rows are ragged: row {} has {} cells, row {} has {}",
            first.line,
            first.cells.len(),
            row.line,
            row.cells.len()
        ),
    ))
}

/// True of a first row that has only text, or text above a column of numbers.
fn is_header(first: &Row, columns: &[Gather]) -> bool {
    let text = |cell: &str| matches!(Cell::of(cell), Cell::Text);
    first.cells.iter().all(|c| text(c))
        || first.cells.iter().zip(columns).any(|(c, column)| text(c) && column.is_numeric())
}

/// The names in a header; an empty one becomes the column's number, a repeated one is an error.
fn header_names(first: &Row, file: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::with_capacity(first.cells.len());
    let mut seen = std::collections::HashMap::new();
    for (k, cell) in first.cells.iter().enumerate() {
        let name = if cell.is_empty() { k.to_string() } else { cell.to_string() };
        if let Some(earlier) = seen.insert(name.clone(), k) {
            return Err(data_error(
                file,
                format!("columns {} and {} have the same header {name:?}", earlier + 1, k + 1),
            ));
        }
        names.push(name);
    }
    Ok(names)
}

/// What a cell says.
enum Cell {
    Number(f64),
    /// Digits of a finite number that f64 does not reach.
    TooLarge,
    Missing,
    Text,
}

impl Cell {
    fn of(text: &str) -> Cell {
        if text.is_empty() || ["nan", "+nan", "-nan", "na", "n/a", "null"].iter().any(|m| text.eq_ignore_ascii_case(m))
        {
            return Cell::Missing;
        }
        match text.parse::<f64>() {
            Ok(x) if x.is_infinite() && text.contains(|c: char| c.is_ascii_digit()) => Cell::TooLarge,
            Ok(x) => Cell::Number(x),
            Err(_) => Cell::Text,
        }
    }
}

/// A column while it is read.
#[derive(Default)]
struct Gather<'a> {
    values: Vec<f64>,
    /// The cells of a column that has no number so far, else nothing.
    texts: Vec<Cow<'a, str>>,
    number: Option<(usize, f64)>,
    text: Option<(usize, Cow<'a, str>)>,
    missing: Option<(usize, Cow<'a, str>)>,
    too_large: Option<(usize, Cow<'a, str>)>,
}

impl<'a> Gather<'a> {
    /// Adds a cell of the row that begins on `line`.
    fn push(&mut self, cell: Cow<'a, str>, line: usize) {
        let mut value = f64::NAN;
        match Cell::of(&cell) {
            Cell::Number(x) => {
                value = x;
                if self.number.is_none() {
                    self.number = Some((line, x));
                    self.texts = Vec::new();
                }
            }
            Cell::TooLarge => self.too_large = self.too_large.take().or_else(|| Some((line, cell.clone()))),
            Cell::Missing => self.missing = self.missing.take().or_else(|| Some((line, cell.clone()))),
            Cell::Text => self.text = self.text.take().or_else(|| Some((line, cell.clone()))),
        }
        self.values.push(value);
        if self.number.is_none() {
            self.texts.push(cell);
        }
    }

    /// Adds the first row after all others, in front of them.
    fn push_first(&mut self, cell: Cow<'a, str>, line: usize) {
        let mut first = Gather::default();
        first.push(cell, line);
        self.values.splice(0..0, first.values);
        if first.number.is_none() && self.number.is_none() {
            self.texts.splice(0..0, first.texts);
        } else {
            self.texts = Vec::new();
        }
        self.number = first.number.or(self.number);
        self.text = first.text.or(self.text.take());
        self.missing = first.missing.or(self.missing.take());
        self.too_large = first.too_large.or(self.too_large.take());
    }

    /// True of a column that has numbers and no text.
    fn is_numeric(&self) -> bool {
        self.number.is_some() && self.text.is_none()
    }

    /// The column, its text replaced by codes, and what is wrong with it.
    fn finish(self, file: &str, place: &str, missing: Missing, decimal_commas: bool) -> Column {
        let fault = self.fault(file, place, missing, decimal_commas);
        if self.text.is_none() || fault.is_some() {
            return Column { values: self.values, categories: vec![], fault };
        }
        let mut categories: Vec<String> =
            self.texts.iter().filter(|t| matches!(Cell::of(t), Cell::Text)).map(|t| t.to_string()).collect();
        categories.sort();
        categories.dedup();
        let code = |t: &Cow<str>| categories.binary_search_by(|c| c.as_str().cmp(t)).map_or(f64::NAN, |k| k as f64);
        let values = self.texts.iter().map(code).collect();
        Column { values, categories, fault: None }
    }

    /// What is wrong with the column, if anything.
    fn fault(&self, file: &str, place: &str, missing: Missing, decimal_commas: bool) -> Option<Error> {
        if let Some((line, text)) = &self.too_large {
            return Some(data_error(file, format!("row {line}, {place}: {text} is beyond the largest f64")));
        }
        if let (Some((number_line, x)), Some((text_line, text))) = (&self.number, &self.text) {
            let message = format!(
                "{place} mixes numbers and text: row {number_line} has {x}, row {text_line} has {:?}",
                shortened(text)
            );
            return Some(data_error(file, message));
        }
        if let (Some((line, text)), true) = (&self.text, decimal_commas)
            && self
                .texts
                .iter()
                .all(|t| t.contains(',') && matches!(Cell::of(&t.replacen(',', ".", 1)), Cell::Number(_)))
        {
            return Some(data_error(file, format!("row {line}, {place}: {text} has a decimal comma; write a point")));
        }
        match (&self.missing, missing) {
            (Some((line, cell)), Missing::Error) => {
                let is = if cell.is_empty() { "is empty".to_string() } else { format!("is {cell}") };
                Some(data_error(file, format!("row {line}, {place} {is}, not a number (`--missing nan` lets it pass)")))
            }
            _ => None,
        }
    }
}

/// The beginning of a text that may be long.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_string() } else { text.chars().take(40).chain(['…']).collect() }
}

impl Table {
    /// The number of rows, the header not counted.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |c| c.values.len())
    }

    /// All columns: shape (rows, columns), of a table with one column (rows,).
    ///
    /// Errors: as `select`.
    pub fn to_array(&self) -> Result<Array> {
        self.gather(&(0..self.columns.len()).collect::<Vec<_>>())
    }

    /// The columns that a selection names: one gives shape (rows,), several (rows, columns).
    ///
    /// A selection is a comma list of header names, of numbers counted from 0, and of ranges `0-3` that include both
    /// ends. Errors: a column that is not there, one that mixes numbers and text or has a missing cell.
    pub fn select(&self, selection: &str) -> Result<Array> {
        self.gather(&self.resolve(selection)?)
    }

    /// For every selected column of text a line that says which codes stand for which texts.
    pub fn notices(&self, selection: Option<&str>) -> Result<Vec<String>> {
        let columns = selection.map_or_else(|| Ok((0..self.columns.len()).collect()), |s| self.resolve(s))?;
        let textual = columns.into_iter().filter(|&k| !self.columns[k].categories.is_empty());
        Ok(textual.map(|k| self.notice(k)).collect())
    }

    /// The line about the codes of one column.
    fn notice(&self, k: usize) -> String {
        const MOST: usize = 8;
        let categories = &self.columns[k].categories;
        let mut codes: Vec<String> = categories
            .iter()
            .take(MOST)
            .enumerate()
            .map(|(code, text)| format!("{code} = {}", shortened(text)))
            .collect();
        if categories.len() > MOST {
            codes.push(format!("… {} in all", categories.len()));
        }
        format!("{}: column {} ({:?}) is text, read as codes: {}", self.file, k + 1, self.headers[k], codes.join(", "))
    }

    /// The columns side by side.
    fn gather(&self, columns: &[usize]) -> Result<Array> {
        let columns: Vec<&Column> = columns.iter().filter_map(|&k| self.columns.get(k)).collect();
        if let Some(fault) = columns.iter().find_map(|c| c.fault.clone()) {
            return Err(fault);
        }
        let rows = self.rows();
        let mut out = memory::reserve(rows.saturating_mul(columns.len()), &self.file)?;
        for row in 0..rows {
            out.extend(columns.iter().map(|c| c.values[row]));
        }
        let shape = if columns.len() == 1 { vec![rows] } else { vec![rows, columns.len()] };
        Array::from_vec(out, &shape)
    }

    /// The numbers of the columns that a selection names.
    fn resolve(&self, selection: &str) -> Result<Vec<usize>> {
        // A header may itself contain commas or look like a range.
        if let Some(k) = self.headers.iter().position(|h| h == selection) {
            return Ok(vec![k]);
        }
        let mut columns = vec![];
        for item in selection.split(',').map(str::trim) {
            let range = match item.split_once('-') {
                Some((from, to)) => from.trim().parse().ok().zip(to.trim().parse().ok()),
                None => item.parse::<usize>().ok().map(|k| (k, k)),
            };
            match (self.headers.iter().position(|h| h == item), range) {
                (Some(k), _) => columns.push(k),
                (None, Some((from, to))) => {
                    self.check_range(item, from, to)?;
                    columns.extend(from..=to);
                }
                (None, None) => return Err(self.no_column(item)),
            }
        }
        Ok(columns)
    }

    /// An error where a range is reversed or leaves the table.
    fn check_range(&self, item: &str, from: usize, to: usize) -> Result<()> {
        let count = self.columns.len();
        if from > to {
            let message = format!("{}: the column range {item} runs backwards", self.file);
            return Err(Error::new(ErrorKind::Argument, message));
        }
        if to >= count {
            let message =
                format!("{}: there is no column {to}; it has {count}, numbered 0 to {}", self.file, count - 1);
            return Err(Error::new(ErrorKind::Name, message));
        }
        Ok(())
    }

    /// The error of a name that is no header.
    fn no_column(&self, name: &str) -> Error {
        const MOST: usize = 12;
        let mut listed = self.headers.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
        if self.headers.len() > MOST {
            listed += &format!(", … {} in all", self.headers.len());
        }
        Error::new(ErrorKind::Name, format!("{}: there is no column {name:?}; the columns are {listed}", self.file))
    }
}
