//! Reads networks in the Bayesian Interchange Format; every error names the line and the column.

use std::collections::HashMap;

use crate::array::Rational;
use crate::error::{Error, ErrorKind, Result};
use crate::prob::joint::Conditional;
use crate::prob::joint::factor::states;
use crate::prob::joint::variable::{Variable, clip, find};

/// A word or sign, and where it stands.
#[derive(Clone, Debug)]
struct Token {
    text: String,
    /// A sign is no name, even where a quoted name looks like one.
    sign: bool,
    line: usize,
    column: usize,
}

/// A table as it stands in the file.
struct Block {
    of: usize,
    given: Vec<usize>,
    /// The numbers, of all rows in the order of the parents' states.
    rows: Vec<Vec<Rational>>,
}

struct Reader<'t> {
    file: &'t str,
    tokens: Vec<Token>,
    at: usize,
    variables: Vec<Variable>,
}

const SIGNS: &str = "{}[]();,|";

/// The tables of a file, in the order of its variables.
pub(super) fn parse(text: &str, file: &str) -> Result<Vec<Conditional>> {
    let mut reader = Reader { file, tokens: tokens(text, file)?, at: 0, variables: vec![] };
    let mut blocks: HashMap<usize, Block> = HashMap::new();
    while let Some(token) = reader.peek().cloned() {
        match token.text.as_str() {
            "network" => reader.network()?,
            "variable" => reader.variable()?,
            "probability" => {
                let block = reader.probability()?;
                if let Some(twice) = blocks.insert(block.of, block) {
                    let name = reader.variables[twice.of].name();
                    return Err(reader.error(&token, format!("`{}` has two tables", clip(name))));
                }
            }
            other => {
                let what = format!("`{}` is not `network`, `variable` or `probability`", clip(other));
                return Err(reader.error(&token, what));
            }
        }
    }
    let mut tables = vec![];
    for (i, v) in reader.variables.iter().enumerate() {
        let Some(block) = blocks.remove(&i) else {
            return Err(Error::new(ErrorKind::Data, format!("{file}: the variable `{}` has no table", v.name())));
        };
        let given: Vec<Variable> = block.given.iter().map(|&p| reader.variables[p].clone()).collect();
        tables.push(Conditional::normalized(std::slice::from_ref(v), &given, block.rows.concat())?);
    }
    Ok(tables)
}

/// Splits a text into words and signs, comments left out.
fn tokens(text: &str, file: &str) -> Result<Vec<Token>> {
    let (mut out, mut line, mut column) = (vec![], 1, 1);
    let mut rest = text;
    let mut step = |n: usize, rest: &mut &str| {
        for c in rest[..n].chars() {
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        *rest = &rest[n..];
        (line, column)
    };
    let (mut here, mut unclosed) = ((1, 1), None);
    while let Some(c) = rest.chars().next() {
        let (text, sign, length) = if rest.starts_with("//") {
            (None, false, rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").map(|n| n + 2);
            unclosed = if end.is_none() { Some("comment") } else { None };
            (None, false, end.unwrap_or(rest.len()))
        } else if c.is_whitespace() {
            (None, false, c.len_utf8())
        } else if c == '"' {
            let end = rest[1..].find('"').map(|n| n + 1);
            unclosed = if end.is_none() { Some("quoted name") } else { None };
            let end = end.unwrap_or(rest.len() - 1);
            (Some(&rest[1..end.max(1)]), false, end + 1)
        } else if SIGNS.contains(c) {
            (Some(&rest[..1]), true, 1)
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c == '"' || SIGNS.contains(c)).unwrap_or(rest.len());
            (Some(&rest[..end]), false, end)
        };
        if let Some(what) = unclosed {
            return Err(placed(file, here.0, here.1, format!("the {what} does not end")));
        }
        out.extend(text.map(|t| Token { text: t.into(), sign, line: here.0, column: here.1 }));
        here = step(length, &mut rest);
    }
    Ok(out)
}

fn placed(file: &str, line: usize, column: usize, message: String) -> Error {
    Error::new(ErrorKind::Data, format!("{file}: line {line}, column {column}: {message}"))
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn error(&self, token: &Token, message: String) -> Error {
        placed(self.file, token.line, token.column, message)
    }

    /// The next token; an error at the end of the file.
    fn next(&mut self, wanted: &str) -> Result<Token> {
        match self.tokens.get(self.at) {
            Some(t) => {
                self.at += 1;
                Ok(t.clone())
            }
            None => {
                let (line, column) = self.tokens.last().map_or((1, 1), |t| (t.line, t.column + t.text.chars().count()));
                Err(placed(self.file, line, column, format!("the file ends where {wanted} should stand")))
            }
        }
    }

    /// A sign or keyword.
    fn expect(&mut self, text: &str) -> Result<Token> {
        let token = self.next(&format!("`{text}`"))?;
        if token.text == text {
            return Ok(token);
        }
        Err(self.error(&token, format!("`{}` stands where `{text}` should", clip(&token.text))))
    }

    /// True of this sign, which is then passed.
    fn passes(&mut self, sign: &str) -> bool {
        let there = self.peek().is_some_and(|t| t.sign && t.text == sign);
        self.at += usize::from(there);
        there
    }

    /// A word that is no sign.
    fn word(&mut self, what: &str) -> Result<Token> {
        let token = self.next(what)?;
        if token.sign {
            return Err(self.error(&token, format!("`{}` stands where {what} should", token.text)));
        }
        Ok(token)
    }

    /// Words between commas, up to this sign; the commas may be left out.
    fn list(&mut self, what: &str, end: &str) -> Result<Vec<Token>> {
        let mut out = vec![];
        while !self.passes(end) {
            if !self.passes(",") {
                out.push(self.word(what)?);
            }
        }
        Ok(out)
    }

    /// `property …;` is passed over.
    fn property(&mut self) -> Result<()> {
        while self.next("`;`")?.text != ";" {}
        Ok(())
    }

    /// `network NAME { property …; }`.
    fn network(&mut self) -> Result<()> {
        self.expect("network")?;
        if self.peek().is_some_and(|t| !t.sign) {
            self.word("a name")?;
        }
        self.expect("{")?;
        while !self.passes("}") {
            self.expect("property")?;
            self.property()?;
        }
        Ok(())
    }

    /// `variable NAME { type discrete [ 2 ] { yes, no }; }`.
    fn variable(&mut self) -> Result<()> {
        self.expect("variable")?;
        let name = self.word("the name of a variable")?;
        if self.variables.iter().any(|v| v.name() == name.text) {
            return Err(self.error(&name, format!("the variable `{}` stands twice", clip(&name.text))));
        }
        self.expect("{")?;
        let mut states = None;
        while !self.passes("}") {
            let token = self.next("`type`")?;
            match token.text.as_str() {
                "property" => self.property()?,
                "type" => states = Some(self.states()?),
                other => return Err(self.error(&token, format!("`{}` is not `type` or `property`", clip(other)))),
            }
        }
        let Some(states) = states else {
            return Err(self.error(&name, format!("the variable `{}` has no `type`", clip(&name.text))));
        };
        let variable = Variable::new(&name.text, &states).map_err(|e| self.error(&name, e.message().into()))?;
        self.variables.push(variable);
        Ok(())
    }

    /// `discrete [ 2 ] { yes, no };`.
    fn states(&mut self) -> Result<Vec<String>> {
        self.expect("discrete")?;
        self.expect("[")?;
        let count = self.word("the number of states")?;
        self.expect("]")?;
        self.expect("{")?;
        let states: Vec<String> = self.list("a state", "}")?.into_iter().map(|t| t.text).collect();
        self.expect(";")?;
        match count.text.parse::<usize>() {
            Ok(n) if n == states.len() => Ok(states),
            Ok(n) => Err(self.error(&count, format!("{n} states are announced, {} are named", states.len()))),
            Err(_) => Err(self.error(&count, format!("`{}` is no number of states", clip(&count.text)))),
        }
    }

    /// The place of a variable that a token names.
    fn find(&self, token: &Token) -> Result<usize> {
        find(&self.variables, &token.text).map_err(|e| self.error(token, e.message().into()))
    }

    /// `probability ( A | B, C ) { … }`.
    fn probability(&mut self) -> Result<Block> {
        self.expect("probability")?;
        self.expect("(")?;
        let head = self.word("the name of a variable")?;
        let of = self.find(&head)?;
        let mut given = vec![];
        if self.passes("|") {
            for token in self.list("the name of a variable", ")")? {
                let parent = self.find(&token)?;
                if parent == of || given.contains(&parent) {
                    return Err(self.error(&token, format!("`{}` stands here twice", clip(&token.text))));
                }
                given.push(parent);
            }
        } else {
            self.expect(")")?;
        }
        self.expect("{")?;
        let rows = self.rows(of, &given, &head)?;
        Ok(Block { of, given, rows })
    }

    /// The rows of a table: `table 0.1, 0.9;`, `(yes, no) 0.1, 0.9;`, `default 0.5, 0.5;`.
    fn rows(&mut self, of: usize, given: &[usize], head: &Token) -> Result<Vec<Vec<Rational>>> {
        let sizes: Vec<usize> = given.iter().map(|&p| self.variables[p].count()).collect();
        let (states_of, count) = (self.variables[of].count(), sizes.iter().product());
        crate::array::memory::check(usize::saturating_mul(count, states_of * 64), "a table of probabilities")?;
        let mut rows: Vec<Option<Vec<Rational>>> = vec![None; count];
        let mut default = None;
        while !self.passes("}") {
            let token = self.next("a row of the table")?;
            match token.text.as_str() {
                "property" => self.property()?,
                "default" => default = Some(self.row(states_of, &token)?),
                "table" => {
                    let numbers = self.numbers(states_of * count, &token)?;
                    for (r, row) in rows.iter_mut().enumerate() {
                        // The variable itself varies slowest in a `table`.
                        let own = (0..states_of).map(|s| numbers[s * count + r].clone()).collect();
                        *row = Some(self.sums_to_one(own, &token)?);
                    }
                }
                "(" if token.sign => {
                    let r = self.condition(given, &sizes, &token)?;
                    if rows[r].replace(self.row(states_of, &token)?).is_some() {
                        return Err(self.error(&token, "these states have a row already".into()));
                    }
                }
                other => return Err(self.error(&token, format!("`{}` begins no row of a table", clip(other)))),
            }
        }
        let missing = rows.iter().position(Option::is_none);
        if let (Some(r), None) = (missing, &default) {
            let at = given.iter().zip(states(&sizes, r)).map(|(&p, s)| &self.variables[p].states()[s]);
            let at: Vec<&str> = at.map(String::as_str).collect();
            return Err(self.error(head, format!("the table has no row for ({})", at.join(", "))));
        }
        Ok(rows.into_iter().map(|r| r.or_else(|| default.clone()).unwrap_or_default()).collect())
    }

    /// `yes, no)`: the number of the row for these states of the parents.
    fn condition(&mut self, given: &[usize], sizes: &[usize], open: &Token) -> Result<usize> {
        let names = self.list("a state", ")")?;
        if names.len() != given.len() {
            return Err(self.error(open, format!("{} states for {} variables", names.len(), given.len())));
        }
        let mut row = 0;
        for ((token, &p), size) in names.iter().zip(given).zip(sizes) {
            let exactly = self.variables[p].states().iter().position(|s| *s == token.text);
            let state = exactly.map_or_else(|| self.variables[p].state(&token.text), Ok);
            row = row * size + state.map_err(|e| self.error(token, e.message().into()))?;
        }
        Ok(row)
    }

    /// One distribution.
    fn row(&mut self, n: usize, at: &Token) -> Result<Vec<Rational>> {
        let numbers = self.numbers(n, at)?;
        self.sums_to_one(numbers, at)
    }

    /// This many numbers up to `;`, each with half a unit of its last decimal.
    fn numbers(&mut self, n: usize, at: &Token) -> Result<Vec<(Rational, Rational)>> {
        let words = self.list("a number", ";")?;
        if words.len() != n {
            return Err(self.error(at, format!("{n} numbers should stand here, not {}", words.len())));
        }
        let number = |t: &Token| match (t.text.parse::<Rational>(), half_unit(&t.text)) {
            (Ok(x), Some(half)) if x.sign() >= 0 => Ok((x, half)),
            (Ok(_), Some(_)) => Err(self.error(t, format!("the probability {} is negative", clip(&t.text)))),
            _ => Err(self.error(t, format!("`{}` is no number", clip(&t.text)))),
        };
        words.iter().map(number).collect()
    }

    /// The numbers, if they sum to 1 but for the rounding of their decimals, and for 10⁻⁴ at most.
    fn sums_to_one(&self, numbers: Vec<(Rational, Rational)>, at: &Token) -> Result<Vec<Rational>> {
        let zero = || Rational::from(0);
        let (sum, doubt) = numbers.iter().fold((zero(), zero()), |(s, d), (x, half)| (s.plus(x), d.plus(half)));
        let off = (sum.to_f64() - 1.0).abs();
        if sum != Rational::from(1) && off > doubt.to_f64().min(1e-4) * (1.0 + 1e-9) {
            return Err(self.error(at, format!("the probabilities sum to {}, not to 1", sum.to_f64())));
        }
        Ok(numbers.into_iter().map(|(x, _)| x).collect())
    }
}

/// Half a unit of the last decimal of a number: what rounding it may have changed.
fn half_unit(text: &str) -> Option<Rational> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let places = mantissa.split_once('.').map_or(0, |(_, f)| f.len() as i64);
    format!("5e{}", exponent.parse::<i64>().ok()? - places - 1).parse().ok()
}
