//! A program: a script with its data, run to its results.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::answer::{Answer, Pending};
use super::bind::{self, Data};
use super::machine::{Files, Machine, with_stack};
use super::script::{self, Formula};
use super::value::Value;
use super::walk;
use crate::array::{DType, Missing};
use crate::error::{Error, ErrorKind, Origin, Result, Span};
use crate::graph::{Note, evaluate, note_first_nan, with_origin};
use crate::text::{Script, StatementKind, parse};
use crate::{Array, Explanation, Fired, Tensor, eval_with_notes, explain};

/// A script or formula, what its names are bound to, and how it is to be run.
///
/// ```
/// use gradus::{DType, formula::Program};
/// let mut program = Program::formula("y = w*x + 1; y; grad(sum(y), w)")?;
/// program.dtype(DType::F32).bind("w=2")?.bind("x=[1, 2]")?;
/// let outcome = program.run()?;
/// assert_eq!(outcome.results[0].value.clone()?.array()?.to_f64(), [3.0, 5.0]);
/// assert_eq!(outcome.results[1].text, "grad(sum(y), w)");
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    source: String,
    file: Option<String>,
    script: Script,
    folder: PathBuf,
    data: Vec<(String, Data)>,
    given: Vec<String>,
    dtype: Option<DType>,
    missing: Missing,
    as_written: bool,
    seed: i64,
    notices: Vec<String>,
    /// Files that were loaded, while the script runs at many points.
    files: Option<Files>,
}

/// One result of a program.
#[derive(Clone, Debug)]
pub struct Output {
    /// The name, where the expression is one.
    pub name: Option<String>,
    /// The expression as written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Its value, or why there is none.
    pub value: Result<Answer>,
}

/// What running a program gives.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// One result for every bare expression, in order.
    pub results: Vec<Output>,
    /// The rules that rewrote formulas, those that fired while differentiating first.
    pub fired: Vec<Fired>,
    /// Remarks of the evaluation.
    pub notes: Vec<Note>,
    /// Remarks about the data.
    pub notices: Vec<String>,
}

/// The formulas of a program's results, before they are evaluated.
pub(super) struct Built {
    pub(super) formulas: Vec<Formula>,
    pub(super) fired: Vec<Fired>,
    notices: Vec<String>,
}

impl Program {
    /// A program from the text of a script or formula.
    pub fn formula(source: &str) -> Result<Program> {
        let script = parse(source)?;
        if !script.statements.iter().any(|s| matches!(s.kind, StatementKind::Expr(_))) {
            let end = script.statements.last().map_or(Span::default(), |s| s.span);
            let message =
                "the script gives nothing back; end it with an expression, such as a name, on a line of its own";
            return Err(Error::new(ErrorKind::Syntax, message).at(Origin::Script(end)));
        }
        Ok(Program {
            source: source.to_string(),
            file: None,
            script,
            folder: PathBuf::new(),
            data: vec![],
            given: vec![],
            dtype: None,
            missing: Missing::default(),
            as_written: false,
            seed: 0,
            notices: vec![],
            files: None,
        })
    }

    /// A program from a file; what it loads is looked for beside it.
    pub fn file(path: impl AsRef<Path>) -> Result<Program> {
        let path = path.as_ref();
        let mut program = Program::formula(&read_script(path)?)?;
        program.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        program.file = Some(path.display().to_string());
        Ok(program)
    }

    /// The same program with another text.
    pub(super) fn with_source(&self, source: &str) -> Result<Program> {
        let script = parse(source)?;
        Ok(Program { source: source.to_string(), script, ..self.clone() })
    }

    /// The text of the script.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The syntax tree.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The file that the script is from.
    pub fn file_name(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Binds a name as the command line does: `x=[1, 2]`, `lr=1e-3`, `X=iris.csv:0-3`, `z=logits.npy`.
    ///
    /// Files are looked for in the current folder.
    pub fn bind(&mut self, binding: &str) -> Result<&mut Program> {
        let (name, text) = bind::split(binding)?;
        if self.given.iter().any(|n| n == name) {
            let message = format!("`{}` is bound twice", super::suggest::clip(name));
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let loaded = bind::value(text, Path::new(""), self.missing)?;
        self.notices.extend(loaded.notices);
        if !walk::mentions(&self.script, name) {
            self.notices.push(format!("nothing in the formula uses `{}`", super::suggest::clip(name)));
        }
        self.given.push(name.to_string());
        self.set(name, loaded.data);
        Ok(self)
    }

    /// Binds a name to an array, which keeps its dtype.
    pub fn bind_array(&mut self, name: &str, array: Array) -> &mut Program {
        self.set(name, Data::Array(array));
        self
    }

    /// Binds the names of a .json or .npz file; names that are bound already stay as they are.
    pub fn data_file(&mut self, path: &str) -> Result<&mut Program> {
        for (name, data) in bind::data_file(path, Path::new(""))? {
            if !self.given.contains(&name) {
                self.set(&name, data);
            }
        }
        Ok(self)
    }

    /// Remarks about the data so far.
    pub(super) fn notices(&self) -> &[String] {
        &self.notices
    }

    /// The data that names are bound to.
    pub(super) fn data(&self) -> &[(String, Data)] {
        &self.data
    }

    pub(super) fn set(&mut self, name: &str, data: Data) {
        match self.data.iter_mut().find(|(n, _)| n == name) {
            Some(slot) => slot.1 = data,
            None => self.data.push((name.to_string(), data)),
        }
    }

    /// The dtype of numbers, and of float data from files.
    pub fn dtype(&mut self, dtype: DType) -> &mut Program {
        self.dtype = Some(dtype);
        self
    }

    /// Missing cells of CSV files become NaN, from the next `bind` on.
    pub fn missing_as_nan(&mut self) -> &mut Program {
        self.missing = Missing::Nan;
        self
    }

    /// Evaluates and differentiates the formulas exactly as they are written.
    pub fn as_written(&mut self, yes: bool) -> &mut Program {
        self.as_written = yes;
        self
    }

    /// True if formulas are to be taken as they are written.
    pub(super) fn is_as_written(&self) -> bool {
        self.as_written
    }

    /// The same program, which loads every file once, however often it is built.
    pub(super) fn remembering(&self) -> Program {
        Program { files: Some(Files::default()), ..self.clone() }
    }

    /// The dtype that was asked for.
    pub(super) fn asked_dtype(&self) -> Option<DType> {
        self.dtype
    }

    /// The seed of random numbers that are drawn without a key.
    pub fn seed(&mut self, seed: i64) -> &mut Program {
        self.seed = seed;
        self
    }

    /// Builds and evaluates the results; one that fails leaves the others their values.
    pub fn run(&self) -> Result<Outcome> {
        let built = self.build(self.as_written)?;
        let parts: Vec<Vec<&Tensor>> = built.formulas.iter().map(Formula::tensors).collect();
        let all: Vec<&Tensor> = parts.iter().flatten().copied().collect();
        let (mut notes, mut fired) = (vec![], built.fired);
        let mut together = self.values(&all, &mut notes, &mut fired).ok().map(Vec::into_iter);
        if together.is_none() {
            notes.clear();
        }
        let mut results = vec![];
        for (f, tensors) in built.formulas.iter().zip(&parts) {
            // Where one of them fails, each is evaluated by itself.
            let value = match (&f.pending, &mut together) {
                (Err(e), _) => Err(e.clone()),
                (Ok(p), Some(values)) => p.fill(values),
                (Ok(p), None) => {
                    let values = self.values(tensors, &mut notes, &mut fired);
                    values.and_then(|v| p.fill(&mut v.into_iter()))
                }
            };
            let value = value.map_err(|e| e.at(Origin::Script(f.span)));
            results.push(Output { name: f.name.clone(), text: f.text.clone(), span: f.span, value });
        }
        let notices = self.notices.iter().cloned().chain(built.notices).collect();
        Ok(Outcome { results, fired, notes, notices })
    }

    /// Why results differ from what the script as written gives, where they do.
    pub fn explain(&self, outcome: &Outcome) -> Vec<Explanation> {
        if self.as_written || outcome.fired.is_empty() {
            return vec![];
        }
        let Ok(built) = self.build(true) else { return vec![] };
        let (mut places, mut values, mut written) = (vec![], vec![], vec![]);
        for (i, (r, f)) in outcome.results.iter().zip(&built.formulas).enumerate() {
            if let (Ok(Answer::Array(a)), Ok(Pending::One(t))) = (&r.value, &f.pending) {
                places.push(i);
                values.push(a);
                written.push(t);
            }
        }
        let mut explanations = explain(&values, &written, &outcome.fired);
        explanations.iter_mut().for_each(|e| e.results.iter_mut().for_each(|r| *r = places[*r]));
        explanations
    }

    /// The values of formulas, stabilised unless they are to be taken as written.
    fn values(&self, formulas: &[&Tensor], notes: &mut Vec<Note>, fired: &mut Vec<Fired>) -> Result<Vec<Array>> {
        if !self.as_written {
            let evaluation = eval_with_notes(formulas)?;
            notes.extend(evaluation.notes);
            fired.extend(evaluation.fired);
            return Ok(evaluation.values);
        }
        let values = evaluate(formulas, notes)?;
        if values.iter().any(Array::has_nan) {
            note_first_nan(formulas, notes)?;
        }
        Ok(values)
    }

    /// The formulas of the results, before they are stabilised or evaluated; the first error where one has none.
    pub fn formulas(&self) -> Result<Vec<Tensor>> {
        let built = self.build(self.as_written)?;
        let mut formulas = vec![];
        for f in &built.formulas {
            f.pending.as_ref().map_err(Clone::clone)?.tensors(&mut formulas);
        }
        Ok(formulas.into_iter().cloned().collect())
    }

    /// The formulas of the results.
    pub(super) fn build(&self, as_written: bool) -> Result<Built> {
        with_stack(|| self.build_here(as_written))?
    }

    fn build_here(&self, as_written: bool) -> Result<Built> {
        let dtype = self.number_dtype();
        let given = self.data.iter().map(|(n, d)| Ok((n.clone(), d.value(n, dtype, self.dtype.is_some())?)));
        let given: Vec<(String, Value)> = with_origin(Origin::Unknown, || given.collect::<Result<_>>())?;
        let mut variables = HashSet::new();
        loop {
            let mut machine = Machine::new(dtype, self.folder.clone(), self.missing, as_written);
            machine.dtype_asked = self.dtype.is_some();
            machine.seed = self.seed;
            machine.files = self.files.clone();
            machine.variables = variables;
            let formulas = script::run(&mut machine, &self.script, &given);
            // A derivative was taken in a constant: once more, with data in its place.
            if let Some(span) = machine.found.take() {
                variables = machine.variables;
                variables.insert(span);
                continue;
            }
            machine.notices.dedup();
            return Ok(Built { formulas: formulas?, fired: machine.deriver.fired, notices: machine.notices });
        }
    }

    /// The dtype of numbers: what was asked for, else the widest float among the data files, else f64.
    pub(super) fn number_dtype(&self) -> DType {
        let loaded = walk::loaded_files(&self.script).into_iter().filter_map(|file| {
            let binary = file.ends_with(".npy") || file.ends_with(".npz");
            binary.then(|| bind::read(file, None, &self.folder, self.missing).ok()?.data.float()).flatten()
        });
        let widest = || self.data.iter().filter_map(|(_, d)| d.float()).chain(loaded).reduce(DType::promote);
        self.dtype.or_else(widest).unwrap_or(DType::F64)
    }
}

/// The text of a script file.
fn read_script(path: &Path) -> Result<String> {
    let io = |what: String| Error::new(ErrorKind::Io, format!("`{}` {what}", path.display()));
    let bytes = std::fs::read(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => io("is not there".into()),
        _ => io(format!("cannot be read: {e}")),
    })?;
    String::from_utf8(bytes).map_err(|_| io("is no text".into()))
}
