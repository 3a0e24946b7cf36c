//! Cuts the text of a script into tokens, each with its place.

use crate::{Error, ErrorKind, Origin, Result, Span};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A number.
    Number,
    /// A name.
    Name,
    /// A string in quotes.
    Str,
    /// A reserved word.
    Keyword(&'static str),
    /// An operator, bracket or separator, in its ASCII spelling.
    Symbol(&'static str),
    /// The end of a line outside brackets.
    Newline,
    /// The end of the text.
    End,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// Reserved words, those of Python that a formula uses and those that must not become names.
const KEYWORDS: [&str; 34] = [
    "and", "or", "not", "lambda", "True", "False", "None", "if", "else", "elif", "for", "while", "def", "import",
    "from", "return", "class", "in", "is", "with", "try", "except", "finally", "del", "global", "nonlocal", "assert",
    "pass", "break", "continue", "yield", "async", "await", "raise",
];

/// Symbols, longer ones before their beginnings.
const SYMBOLS: [&str; 33] = [
    "...", "**", "//", "<=", ">=", "==", "!=", "+", "-", "*", "/", "%", "@", "&", "|", "~", "^", "<", ">", "=", "!",
    "(", ")", "[", "]", ",", ":", ";", ".", "≤", "≥", "≠", "−",
];

/// A syntax error at a place.
pub(super) fn syntax(span: Span, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Syntax, message).at(Origin::Script(span))
}

/// Text short enough to quote in a message.
pub(super) fn clip(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_string(),
    }
}

/// The tokens of a text, the last of them [`TokenKind::End`].
///
/// ```
/// let tokens = gradus::text::tokenize("x = 2*pi  # twice pi")?;
/// assert_eq!(tokens.len(), 6);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn tokenize(source: &str) -> Result<Vec<Token>> {
    let mut lexer = Lexer { source, at: 0, line: 1, column: 1, open: Vec::new(), tokens: Vec::new() };
    if source.starts_with('\u{feff}') {
        // A byte order mark is no part of the text, and editors do not count it as a column.
        lexer.at = '\u{feff}'.len_utf8();
    }
    while let Some(c) = lexer.peek() {
        lexer.token(c)?;
    }
    if let Some((bracket, span)) = lexer.open.last() {
        return Err(syntax(*span, format!("`{bracket}` is never closed; write `{}` where it ends", closing(bracket))));
    }
    let end = Span { start: source.len(), end: source.len(), line: lexer.line, column: lexer.column };
    lexer.tokens.push(Token { kind: TokenKind::End, span: end });
    Ok(lexer.tokens)
}

/// The bracket that closes this one.
fn closing(open: &str) -> &'static str {
    if open == "(" { ")" } else { "]" }
}

/// True of characters a name may begin with.
fn starts_name(c: char) -> bool {
    (c == '_' || c.is_alphabetic()) && c != 'ᵀ'
}

/// True of characters a name may go on with: also digits, subscripts (x₁) and accents (x̂).
fn continues_name(c: char) -> bool {
    starts_name(c) || c.is_ascii_digit() || ('₀'..='₉').contains(&c) || ('\u{300}'..='\u{36f}').contains(&c)
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    line: usize,
    column: usize,
    open: Vec<(&'static str, Span)>,
    tokens: Vec<Token>,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) {
        match self.peek() {
            Some('\n') => {
                self.at += 1;
                self.line += 1;
                self.column = 1;
            }
            Some(c) => {
                self.at += c.len_utf8();
                self.column += 1;
            }
            None => {}
        }
    }

    fn bump_while(&mut self, keep: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&keep) {
            self.bump();
        }
    }

    /// The span of the next `bytes` bytes.
    fn here(&self, bytes: usize) -> Span {
        Span { start: self.at, end: self.at + bytes, line: self.line, column: self.column }
    }

    /// Adds a token from `start` to here.
    fn push(&mut self, kind: TokenKind, start: Span) {
        self.tokens.push(Token { kind, span: Span { end: self.at, ..start } });
    }

    /// Reads whatever begins with `c`: a token, a comment, white space, or a mistake.
    fn token(&mut self, c: char) -> Result<()> {
        let start = self.here(c.len_utf8());
        match c {
            '\n' => {
                self.bump();
                if self.open.is_empty() {
                    self.tokens.push(Token { kind: TokenKind::Newline, span: start });
                }
            }
            '#' => self.bump_while(|c| c != '\n'),
            '\\' => self.backslash()?,
            '"' | '\'' => self.string(c)?,
            '0'..='9' => self.number()?,
            '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number()?,
            'π' if !self.rest()['π'.len_utf8()..].starts_with(continues_name) => {
                self.bump();
                self.push(TokenKind::Name, start);
            }
            '∞' => {
                self.bump();
                self.push(TokenKind::Name, start);
            }
            c if starts_name(c) => {
                self.bump_while(continues_name);
                let word = &self.source[start.start..self.at];
                let keyword = KEYWORDS.iter().find(|k| **k == word);
                self.push(keyword.map_or(TokenKind::Name, |k| TokenKind::Keyword(k)), start);
            }
            c if c.is_whitespace() => self.bump(),
            _ => self.symbol(c)?,
        }
        Ok(())
    }

    /// An operator, bracket or separator; brackets are matched here, so that newlines inside them can be skipped.
    fn symbol(&mut self, c: char) -> Result<()> {
        let start = self.here(c.len_utf8());
        let Some(&written) = SYMBOLS.iter().find(|s| self.rest().starts_with(**s)) else {
            return Err(syntax(start, unknown_character(c)));
        };
        for _ in written.chars() {
            self.bump();
        }
        let symbol = match written {
            "≤" => "<=",
            "≥" => ">=",
            "≠" => "!=",
            "−" => "-",
            other => other,
        };
        match symbol {
            "(" | "[" => self.open.push((symbol, start)),
            ")" | "]" => match self.open.pop() {
                None => return Err(syntax(start, format!("`{symbol}` closes nothing; no bracket is open here"))),
                Some((open, place)) if closing(open) != symbol => {
                    let (line, column) = (place.line, place.column);
                    let message = format!(
                        "found `{symbol}`, expected `{}` to close the `{open}` at {line}:{column}",
                        closing(open)
                    );
                    return Err(syntax(start, message));
                }
                Some(_) => {}
            },
            _ => {}
        }
        self.push(TokenKind::Symbol(symbol), start);
        Ok(())
    }

    /// A backslash at the end of a line joins it with the next one.
    fn backslash(&mut self) -> Result<()> {
        let start = self.here(1);
        let after = self.rest()[1..].trim_start_matches([' ', '\t', '\r']);
        if after.is_empty() || after.starts_with('\n') {
            self.bump();
            self.bump_while(|c| c != '\n');
            self.bump();
            return Ok(());
        }
        let word: String = after.chars().take_while(char::is_ascii_alphabetic).collect();
        if word.is_empty() {
            return Err(syntax(start, "`\\` may stand only at the end of a line, which it joins with the next one"));
        }
        let word = clip(&word);
        Err(syntax(start, format!("`\\{word}` looks like LaTeX; write the formula as in Python, as `exp(-x**2/2)`")))
    }

    fn number(&mut self) -> Result<()> {
        let start = self.here(1);
        let radix = self.rest().as_bytes();
        if let [b'0', b'x' | b'X' | b'b' | b'B' | b'o' | b'O', digit, ..] = radix
            && digit.is_ascii_hexdigit()
        {
            self.bump_while(|c| c.is_ascii_alphanumeric() || c == '_');
            let text = &self.source[start.start..self.at];
            let message = format!("`{}`: numbers are written in decimal, as `255` or `1e-3`", clip(text));
            return Err(syntax(Span { end: self.at, ..start }, message));
        }
        self.digits();
        if self.peek() == Some('.') && !self.rest()[1..].starts_with('.') {
            self.bump();
            self.digits();
        }
        // An `e` without digits behind it is left to be the name: `2e` is told to become `2*e`.
        let exponent = self.rest().strip_prefix(['e', 'E']).map(|r| r.strip_prefix(['+', '-']).unwrap_or(r));
        if exponent.is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit())) {
            self.bump();
            self.bump();
            self.digits();
        }
        // `2j` is imaginary, `2jump` is not.
        if self.rest().starts_with(['j', 'J']) && !self.rest()[1..].starts_with(continues_name) {
            self.bump();
        }
        self.push(TokenKind::Number, start);
        Ok(())
    }

    /// Digits with single underscores between them.
    fn digits(&mut self) {
        let mut before_is_digit = false;
        while let Some(c) = self.peek() {
            let separates = c == '_' && before_is_digit && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit());
            if !c.is_ascii_digit() && !separates {
                break;
            }
            before_is_digit = c.is_ascii_digit();
            self.bump();
        }
    }

    fn string(&mut self, quote: char) -> Result<()> {
        let start = self.here(1);
        let follows_value = self.tokens.last().is_some_and(|t| {
            t.span.end == start.start && (t.kind == TokenKind::Name || matches!(t.kind, TokenKind::Symbol(")" | "]")))
        });
        self.bump();
        loop {
            match self.peek() {
                Some(c) if c == quote => break,
                Some('\\') => {
                    self.bump();
                    if self.peek() != Some('\n') {
                        self.bump();
                    }
                }
                None | Some('\n') if quote == '\'' && follows_value => {
                    return Err(syntax(start, "`'` does not transpose; write `.T`"));
                }
                None | Some('\n') => {
                    return Err(syntax(start, format!("this string has no end; close it with `{quote}`")));
                }
                Some(_) => self.bump(),
            }
        }
        self.bump();
        self.push(TokenKind::Str, start);
        Ok(())
    }
}

/// What to say about a character that begins no token.
fn unknown_character(c: char) -> String {
    match c {
        '×' | '·' | '⋅' | '∗' | '∙' => {
            format!("`{c}` is not an operator; write `*` for a product element by element, `@` for a matrix product")
        }
        '÷' => "`÷` is not an operator; write `/`".into(),
        '–' | '—' => format!("`{c}` is a dash, not a minus; write `-`"),
        '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' => {
            let digit = match c {
                '⁰' => '0',
                '¹' => '1',
                '²' => '2',
                '³' => '3',
                other => char::from_digit(other as u32 - '⁰' as u32, 10).unwrap_or('2'),
            };
            format!("`{c}` is not power; write `**{digit}`")
        }
        'ᵀ' => "`ᵀ` does not transpose; write `.T`".into(),
        '√' => "`√` is not an operator; write `sqrt(x)`".into(),
        '∑' => "`∑` is not an operator; write `sum(x)`".into(),
        '∏' => "`∏` is not an operator; write `prod(x)`".into(),
        '∂' | '∇' => format!("`{c}` is not an operator; write `grad(y, x)`"),
        '“' | '”' | '‘' | '’' | '„' | '`' => format!("`{c}` is not a quote here; write `\"`"),
        '{' | '}' => format!("`{c}` is not a bracket of the formula language; write `(…)` or, for an array, `[…]`"),
        '$' => "`$` is not part of a formula; leave it out".into(),
        c if c.is_control() => format!("found the character {c:?}, which no formula contains; leave it out"),
        c => format!("found the character `{c}`, which no formula contains; leave it out or write its name"),
    }
}
