//! What goes into a statement and comes out of a query.

use super::{Error, Result};

/// A value for a numbered parameter; `None` is `NULL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A 64-bit integer.
    Int(Option<i64>),
    /// A text.
    Text(Option<&'a str>),
    /// Bytes.
    Bytes(Option<&'a [u8]>),
}

macro_rules! value_from {
    ($($type:ty => $kind:ident),*) => {$(
        impl<'a> From<$type> for Value<'a> {
            fn from(value: $type) -> Self {
                Self::$kind(Some(value))
            }
        }
        impl<'a> From<Option<$type>> for Value<'a> {
            fn from(value: Option<$type>) -> Self {
                Self::$kind(value)
            }
        }
    )*};
}

value_from!(i64 => Int, &'a str => Text, &'a [u8] => Bytes);

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<&'a Vec<u8>> for Value<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}

/// A value that a query returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// `NULL`.
    Null,
    /// A 64-bit integer.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A row that a query returned, taken apart column by column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Vec<Cell>);

impl Row {
    /// The integer in `column`.
    ///
    /// # Errors
    /// If it is something else.
    pub fn int(&self, column: usize) -> Result<i64> {
        match self.0.get(column) {
            Some(Cell::Int(value)) => Ok(*value),
            other => Err(unexpected(column, "an integer", other)),
        }
    }

    /// The text in `column`, taken out.
    ///
    /// # Errors
    /// If it is something else.
    pub fn text(&mut self, column: usize) -> Result<String> {
        match self.0.get_mut(column) {
            Some(Cell::Text(value)) => Ok(std::mem::take(value)),
            other => Err(unexpected(column, "a text", other.as_deref())),
        }
    }

    /// The bytes in `column`, taken out.
    ///
    /// # Errors
    /// If it is something else.
    pub fn bytes(&mut self, column: usize) -> Result<Vec<u8>> {
        match self.0.get_mut(column) {
            Some(Cell::Bytes(value)) => Ok(std::mem::take(value)),
            other => Err(unexpected(column, "bytes", other.as_deref())),
        }
    }

    /// Whether `column` is `NULL`; then the getters above would refuse it.
    pub fn is_null(&self, column: usize) -> bool {
        matches!(self.0.get(column), None | Some(Cell::Null))
    }
}

fn unexpected(column: usize, expected: &str, found: Option<&Cell>) -> Error {
    let found = match found {
        None => "no such column",
        Some(Cell::Null) => "NULL",
        Some(Cell::Int(_)) => "an integer",
        Some(Cell::Text(_)) => "a text",
        Some(Cell::Bytes(_)) => "bytes",
    };
    Error::Corrupt(format!("column {column} should hold {expected}, not {found}"))
}
