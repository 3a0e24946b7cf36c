//! What an op makes of any inputs: matrices of a known kind, numbers about a format.

/// What is known of a matrix by how it was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MatrixKind {
    /// Nothing.
    General,
    /// Zeros above the diagonal.
    Lower,
    /// Zeros below the diagonal.
    Upper,
    /// Orthonormal columns, or rows where there are fewer of them.
    Orthogonal,
}

/// What the outputs of an op are, whatever its inputs are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outputs {
    /// Nothing in particular.
    General,
    /// Matrices of these kinds, one for every output.
    Matrices(&'static [MatrixKind]),
    /// Numbers about the format of the inputs: in another format they are others.
    OfFormat,
}

impl Outputs {
    /// The kind of matrix that an output is.
    pub fn kind_of(self, output: usize) -> MatrixKind {
        match self {
            Outputs::Matrices(m) => m.get(output).copied().unwrap_or(MatrixKind::General),
            _ => MatrixKind::General,
        }
    }
}
