//! Formulas from bytes: every string of bytes spells one, so that a fuzzer that changes bytes changes formulas.

use gradus::formula::functions;

/// Bytes that decide; when they are used up every choice is the first one, which ends the formula soon.
pub struct Choices<'b>(&'b [u8]);

impl<'b> Choices<'b> {
    /// Decisions taken from these bytes.
    pub fn new(bytes: &'b [u8]) -> Choices<'b> {
        Choices(bytes)
    }

    /// One of `n` choices, n at most 65 536.
    pub fn below(&mut self, n: usize) -> usize {
        let mut byte = || {
            let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
            self.0 = rest;
            usize::from(*first)
        };
        if n > 256 { (byte() * 256 + byte()) % n } else { byte() % n }
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Names that the formulas use, with the shapes of the data bound to them.
pub const LEAVES: [(&str, &[usize]); 6] =
    [("x", &[3]), ("y", &[3]), ("s", &[]), ("A", &[3, 3]), ("B", &[2, 3]), ("o", &[0])];

/// Elements of the data: the edges of the formats and of functions among ordinary numbers. None is a NaN.
pub const ELEMENTS: [f64; 28] = [
    1.0,
    2.0,
    0.0,
    -1.0,
    0.5,
    3.0,
    -2.5,
    -0.0,
    0.1,
    7.0,
    20.0,
    -40.0,
    88.8,
    700.0,
    1000.0,
    -1000.0,
    1e4,
    1e8,
    -1e16,
    1e30,
    1e-8,
    1e-30,
    -1e-300,
    5e-324,
    1e300,
    -1.7e308,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

/// Numbers as formulas write them.
const NUMBERS: [&str; 18] = [
    "1",
    "2",
    "0",
    "-1",
    "0.5",
    "3",
    "1.5",
    "-2",
    "1e3",
    "1e-3",
    "700.0",
    "1e300",
    "1e-320",
    "inf",
    "pi",
    "True",
    "63",
    "9223372036854775807",
];

/// Signs between two operands.
const SIGNS: [&str; 16] =
    [" + ", " - ", "*", "/", "**", " @ ", "//", " % ", " < ", " >= ", " == ", " != ", " and ", " | ", " & ", "/"];

/// Things that stand behind an operand.
const LINKS: [&str; 14] = [
    ".T",
    "[0]",
    "[-1]",
    "[::-1]",
    "[1:]",
    "[..., None]",
    "[:, 0]",
    "[x > 1]",
    ".sum()",
    ".mean(axis=0)",
    ".shape",
    "[[0, 1]]",
    ".max()",
    ".mT",
];

/// Shapes, axes and other arguments that are no expressions.
const SHAPES: [&str; 10] = ["3", "(2, 3)", "()", "0", "(3, 1)", "-1", "(1, 3)", "(3, 3)", "10**11", "(0, 2)"];
const AXES: [&str; 8] = ["0", "-1", "1", "None", "(0, 1)", "2", "-3", "()"];
const DTYPES: [&str; 9] = ["'f32'", "'f64'", "'f16'", "'bf16'", "'i64'", "'bool'", "'c64'", "'c128'", "'f8'"];
const FORMATS: [&str; 5] = ["'f8e4m3'", "'f8e5m2'", "'f16'", "'bf16'", "'f32'"];

/// A script of one to three lines over [`LEAVES`].
pub fn script(c: &mut Choices) -> String {
    let mut text = String::new();
    for name in ["t", "u"] {
        if c.below(3) == 1 {
            text += &format!("{name} = {}\n", expression(c, 3));
        } else {
            text += &format!("{name} = {}\n", c.pick(&LEAVES).0);
        }
    }
    let y = expression(c, 4);
    let of = c.pick(&["x", "s", "A", "t", "B", "y"]);
    text + &match c.below(10) {
        0..=3 => y,
        4..=6 => format!("grad(sum({y}), {of})"),
        7 => format!("{y}; grad(sum({y}), {of})"),
        8 => format!("jacobian({y}, {of})"),
        _ => format!("hessian(sum({y}), {of})"),
    }
}

/// An expression of at most this depth.
pub fn expression(c: &mut Choices, depth: usize) -> String {
    if depth == 0 {
        return atom(c);
    }
    match c.below(16) {
        0..=2 => atom(c),
        3..=6 => {
            let sign = c.pick(&SIGNS);
            format!("({}{sign}{})", expression(c, depth - 1), expression(c, depth - 1))
        }
        7 => format!("({}({}))", c.pick(&["-", "not ", "~", "+"]), expression(c, depth - 1)),
        8 => format!("({}){}", expression(c, depth - 1), c.pick(&LINKS)),
        9 => format!("where({}, {}, {})", expression(c, depth - 1), expression(c, depth - 1), expression(c, depth - 1)),
        10 => format!("[{}, {}]", expression(c, depth - 1), expression(c, depth - 1)),
        _ => call(c, depth),
    }
}

fn atom(c: &mut Choices) -> String {
    match c.below(9) {
        0..=4 => c.pick(&LEAVES).0.into(),
        5 => c.pick(&["t", "u"]).into(),
        _ => c.pick(&NUMBERS).into(),
    }
}

/// A call of any function of the language, with arguments of the kinds that its parameters want.
fn call(c: &mut Choices, depth: usize) -> String {
    let all: Vec<_> = functions().filter(|f| f.names[0] != "load").collect();
    let f = all[c.below(all.len())];
    let mut arguments: Vec<String> = vec![];
    for parameter in f.signature.split(", ").filter(|p| !p.is_empty() && !p.starts_with('*')) {
        let (name, default) = parameter.split_once('=').map_or((parameter, None), |(n, d)| (n, Some(d)));
        if default.is_some() && c.below(3) != 1 {
            continue;
        }
        let value = match name {
            "axis" | "axis1" | "axis2" | "source" | "destination" => c.pick(&AXES).into(),
            "shape" => c.pick(&SHAPES).into(),
            "dtype" => c.pick(&DTYPES).into(),
            "format" => c.pick(&FORMATS).into(),
            "keepdims" => c.pick(&["True", "False"]).into(),
            "n" | "m" | "k" | "count" | "parts" | "ddof" | "classes" | "by" | "length" | "ord" => {
                c.pick(&NUMBERS).into()
            }
            _ => expression(c, depth - 1),
        };
        arguments.push(if default.is_some() { format!("{name}={value}") } else { value });
    }
    format!("{}({})", f.names[0], arguments.join(", "))
}

/// Pieces of which random text is made for the parser, whole words and fragments.
const PIECES: [&str; 64] = [
    "x",
    "A",
    "1",
    "0.5",
    "-",
    "+",
    "*",
    "/",
    "**",
    "@",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    "...",
    "None",
    "exp(",
    "log(",
    "sum(",
    "axis=",
    "grad(",
    "where(",
    "reshape(",
    "concatenate(",
    " < ",
    "not ",
    "lambda t: ",
    "t",
    "f(t) = ",
    "\n",
    ".T",
    ".shape",
    "[0]",
    "[::-1]",
    "[x > 1]",
    "softmax(",
    "inv(",
    "take(",
    "'f32'",
    "zeros(",
    "2",
    "sort(",
    "=",
    ";",
    "norm(",
    "pad(",
    "one_hot(",
    "assume(",
    "2e",
    "1j",
    "np.",
    "#",
    "\\\n",
    "'",
    "≤",
    "π",
    "x̂",
    "^",
    "|",
    "1_000",
    "ln(",
    "\u{feff}",
];

/// Text of pieces, which is rarely a formula.
pub fn soup(c: &mut Choices, pieces: usize) -> String {
    (0..pieces).map(|_| c.pick(&PIECES)).collect()
}
