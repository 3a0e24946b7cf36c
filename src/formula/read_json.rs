//! Reads `--data FILE.json`: one object of names and nested arrays of numbers.

use super::literal::{Nested, named_number};
use crate::Array;
use crate::error::{Error, ErrorKind, Result};

/// How deep arrays may stand inside one another.
const MAX_NESTING: usize = 500;

/// The arrays of a JSON object, in its order: f64, or bool where all items are truth values.
///
/// Numbers that JSON cannot write are the strings "inf", "-inf" and "nan".
pub fn read(text: &str, file: &str) -> Result<Vec<(String, Array)>> {
    let mut reader = Reader { text, at: 0 };
    reader.object().map_err(|message| {
        let before = text.get(..reader.at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        Error::new(ErrorKind::Data, format!("{file}:{line}:{column}: {message}"))
    })
}

/// The text and how far it has been read.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

/// What is read, or what is wrong at the place that the reader stands at.
type Read<T> = std::result::Result<T, String>;

impl<'t> Reader<'t> {
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']).len();
        self.text[self.at..].chars().next()
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn expect(&mut self, c: char) -> Read<()> {
        if self.take(c) { Ok(()) } else { Err(self.wrong(&format!("`{c}`"))) }
    }

    fn wrong(&mut self, expected: &str) -> String {
        match self.peek() {
            Some(c) => format!("found `{}`, expected {expected}", c.escape_default()),
            None => format!("the file ends here, expected {expected}"),
        }
    }

    fn object(&mut self) -> Read<Vec<(String, Array)>> {
        let mut found: Vec<(String, Array)> = vec![];
        if !self.take('{') {
            return Err(self.wrong("an object of names and arrays, as {\"x\": [1, 2]}"));
        }
        if !self.take('}') {
            loop {
                let name = self.string()?;
                if found.iter().any(|(n, _)| *n == name) {
                    return Err(format!("the name {name:?} stands here twice"));
                }
                self.expect(':')?;
                let array = self.array().map_err(|e| format!("{name:?}: {e}"))?;
                found.push((name, array));
                if !self.take(',') {
                    break;
                }
            }
            self.expect('}')?;
        }
        match self.peek() {
            None => Ok(found),
            Some(_) => Err(self.wrong("the end of the file")),
        }
    }

    /// Nested arrays of numbers, without recursion.
    fn array(&mut self) -> Read<Array> {
        let mut nested = Nested::default();
        let mut counts: Vec<usize> = vec![];
        let said = |e: Error| e.message().to_string();
        loop {
            if self.take('[') {
                if counts.len() >= MAX_NESTING {
                    self.at -= 1;
                    return Err(format!("arrays stand more than {MAX_NESTING} deep here"));
                }
                nested.open(counts.len()).map_err(said)?;
                counts.push(0);
                if !self.take(']') {
                    continue;
                }
                counts.pop();
                nested.close(counts.len(), 0).map_err(said)?;
            } else {
                self.item(counts.len(), &mut nested)?;
            }
            // A value is complete: count it, and close every list that ends with it.
            loop {
                let Some(count) = counts.last_mut() else { return nested.finish().map_err(said) };
                *count += 1;
                if self.take(',') {
                    break;
                }
                self.expect(']')?;
                let length = counts.pop().unwrap_or(0);
                nested.close(counts.len(), length).map_err(said)?;
            }
        }
    }

    /// A number, a truth value, or one of the three strings.
    fn item(&mut self, depth: usize, nested: &mut Nested) -> Read<()> {
        let said = |e: Error| e.message().to_string();
        match self.peek() {
            Some('"') => {
                let start = self.at;
                let text = self.string()?;
                let Some(v) = named_number(&text) else {
                    self.at = start;
                    return Err(format!("{text:?} is no number; strings are \"inf\", \"-inf\" and \"nan\""));
                };
                nested.number(depth, v).map_err(said)
            }
            Some('t' | 'f' | 'n' | 'N' | 'I') => self.word(depth, nested),
            Some(c) if c == '-' || c.is_ascii_digit() => {
                let rest = &self.text[self.at..];
                let length =
                    rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c))).unwrap_or(rest.len());
                let word = &rest[..length];
                let value = word.parse::<f64>().ok().filter(|v| v.is_finite() || word.contains("nf"));
                let Some(v) = value else { return Err(format!("`{word}` is no number that f64 can hold")) };
                self.at += length;
                nested.number(depth, v).map_err(said)
            }
            Some('{') => self.complex(depth, nested),
            _ => Err(self.wrong("a number or an array")),
        }
    }

    /// `{"re": 1, "im": 2}`, its parts in any order.
    fn complex(&mut self, depth: usize, nested: &mut Nested) -> Read<()> {
        let start = self.at;
        let mut parts = [None; 2];
        self.expect('{')?;
        loop {
            let name = self.string()?;
            let part = match name.as_str() {
                "re" => &mut parts[0],
                "im" => &mut parts[1],
                _ => {
                    self.at = start;
                    return Err("an object stands where a number should; only {\"re\": …, \"im\": …} is one".into());
                }
            };
            self.expect(':')?;
            if self.peek() == Some('{') {
                return Err("a part of a complex number is a number".into());
            }
            let mut value = Nested::default();
            self.item(0, &mut value)?;
            let value = value.finish().and_then(|a| a.item()).map_err(|e| e.message().to_string())?;
            if part.replace(value).is_some() {
                return Err(format!("the part {name:?} stands here twice"));
            }
            if !self.take(',') {
                break;
            }
        }
        self.expect('}')?;
        let [Some(re), Some(im)] = parts else {
            return Err("a complex number has both parts, \"re\" and \"im\"".into());
        };
        nested.complex(depth, [re, im]).map_err(|e| e.message().to_string())
    }

    /// `true`, `false`, and the words that Python writes for numbers that are not finite.
    fn word(&mut self, depth: usize, nested: &mut Nested) -> Read<()> {
        let said = |e: Error| e.message().to_string();
        for (word, value) in [("true", 1.0), ("false", 0.0)] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return nested.bool(depth, value == 1.0).map_err(said);
            }
        }
        for (word, value) in [("NaN", f64::NAN), ("Infinity", f64::INFINITY)] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return nested.number(depth, value).map_err(said);
            }
        }
        if self.text[self.at..].starts_with("null") {
            return Err("null is a missing number; write \"nan\" if it is meant".into());
        }
        Err(self.wrong("a number or an array"))
    }

    fn string(&mut self) -> Read<String> {
        if !self.take('"') {
            return Err(self.wrong("a string"));
        }
        let mut text = String::new();
        let mut chars = self.text[self.at..].char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += i + 1;
                    return Ok(text);
                }
                '\\' => match chars.next().map(|(_, c)| c) {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some('b') => text.push('\u{8}'),
                    Some('f') => text.push('\u{c}'),
                    Some('u') => text.push(unicode(&mut chars).ok_or("`\\u` needs four hexadecimal digits")?),
                    Some(c @ ('"' | '\\' | '/')) => text.push(c),
                    _ => return Err("a string has an escape that JSON does not know".into()),
                },
                c => text.push(c),
            }
        }
        Err("a string has no end".into())
    }
}

/// The character of `\u` and four digits; half a surrogate pair becomes the replacement character.
fn unicode(chars: &mut std::str::CharIndices) -> Option<char> {
    let mut code = 0;
    for _ in 0..4 {
        code = code * 16 + chars.next()?.1.to_digit(16)?;
    }
    Some(char::from_u32(code).unwrap_or('\u{fffd}'))
}
