//! What is wrong with a document: where, why, and how to mend it.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::code::Code;
use super::patch::{self, PatchOp};
use super::tree::Spot;

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// What kind of problem it is; stable.
    pub code: Code,
    /// JSON pointer to the value that is wrong (or that lacks something).
    pub pointer: String,
    /// Line in a YAML document, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column in a YAML document, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub mend: String,
    /// What should stand there, where that can be said in data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Value>,
    /// Further places (JSON pointers) with the same cause.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Operations that mend it, where that needs no knowledge of the world.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<Vec<PatchOp>>,
    /// Place in the order of the document.
    #[serde(skip)]
    pub(super) order: usize,
}

impl Problem {
    pub(super) fn at(spot: Spot, code: Code, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            code,
            pointer: spot.pointer,
            line: spot.mark.map(|mark| mark.line),
            column: spot.mark.map(|mark| mark.column),
            message: message.into(),
            mend: mend.into(),
            expected: None,
            found: None,
            also: Vec::new(),
            patch: None,
            order: spot.order,
        }
    }

    pub(super) fn expected(mut self, value: impl Into<Value>) -> Self {
        self.expected = Some(value.into());
        self
    }

    pub(super) fn found(mut self, value: impl Into<Value>) -> Self {
        self.found = Some(value.into());
        self
    }

    pub(super) fn patch(mut self, operations: Vec<PatchOp>) -> Self {
        self.patch = Some(operations);
        self
    }

    pub(super) fn patch_if(self, operations: Option<Vec<PatchOp>>) -> Self {
        match operations {
            Some(operations) => self.patch(operations),
            None => self,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "{line}:{column}: ")?;
        }
        let pointer = if self.pointer.is_empty() { "the document" } else { &self.pointer };
        write!(f, "{} [{}] at {pointer}; to mend it, {}", self.message, self.code, self.mend)
    }
}

/// Everything that is wrong with a document, in the order of the document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problems {
    /// The problems.
    pub problems: Vec<Problem>,
    /// How many more there were than are listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub omitted: usize,
}

impl Problems {
    /// One JSON Patch that makes every mend for which a problem carries a patch.
    ///
    /// The last problem's operations come first: a key that is renamed may have problems below it, whose
    /// pointers hold only as long as it is not renamed.
    pub fn patch(&self) -> Vec<PatchOp> {
        self.problems.iter().rev().filter_map(|problem| problem.patch.as_deref()).flatten().cloned().collect()
    }

    /// The document with that patch applied; `None` when the patch does not fit the document.
    pub fn mend(&self, document: &Value) -> Option<Value> {
        patch::apply(document, &self.patch())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem], omitted: 0 }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        if self.omitted > 0 {
            write!(f, "\nand {} more", self.omitted)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
