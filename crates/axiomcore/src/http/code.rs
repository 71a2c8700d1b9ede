//! Error codes: what can go wrong, each declared once, with its own page.

use std::collections::BTreeMap;

use axum::http::StatusCode;

/// Something that can go wrong. Its code never changes: programs decide by it.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The name that programs see.
    pub code: &'static str,
    /// The status of an answer with it.
    pub status: StatusCode,
    /// What went wrong, for every case of it.
    pub title: &'static str,
    /// What to do about it, as Markdown (paragraphs, lists, `code`). The first paragraph is told with each problem, to people
    /// as well as to programs; whatever else there is to say stands behind it.
    pub help: &'static str,
}

impl ErrorCode {
    /// What to do about it, as each problem tells it that knows nothing better.
    pub fn mend(&self) -> &'static str {
        self.help.split("\n\n").next().unwrap_or(self.help)
    }
}

/// Declares [`ErrorCode`](crate::http::ErrorCode)s and the table of them.
///
/// ```
/// axiomcore::error_codes! {
///     /// What can go wrong with kettles.
///     pub static CODES;
///     TOO_HOT = (CONFLICT, "too_hot", "The kettle is too hot", "Wait until it has cooled down.");
/// }
/// assert_eq!(CODES[0].code, TOO_HOT.code);
/// ```
#[macro_export]
macro_rules! error_codes {
    (
        $(#[$about:meta])+
        $vis:vis static $table:ident;
        $($name:ident = ($status:ident, $code:literal, $title:literal, $help:literal $(,)?);)+
    ) => {
        $(
            #[doc = $title]
            $vis static $name: $crate::http::ErrorCode = $crate::http::ErrorCode {
                code: $code,
                status: $crate::http::StatusCode::$status,
                title: $title,
                help: $help,
            };
        )+
        $(#[$about])+
        $vis static $table: &[&$crate::http::ErrorCode] = &[$(&$name),+];
    };
}

/// All error codes of a service.
#[derive(Clone, Debug, Default)]
pub struct Catalogue(BTreeMap<&'static str, &'static ErrorCode>);

/// Two tables declare the same code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the error code `{0}` is declared twice")]
pub struct DeclaredTwice(pub &'static str);

impl Catalogue {
    /// The codes of this crate.
    ///
    /// # Errors
    /// If two of them are the same.
    pub fn new() -> Result<Self, DeclaredTwice> {
        Self::default().with(super::codes::CODES)?.with(crate::identity::codes::CODES)
    }

    /// With one more table.
    ///
    /// # Errors
    /// If one of its codes is there already.
    pub fn with(mut self, table: &[&'static ErrorCode]) -> Result<Self, DeclaredTwice> {
        for code in table {
            if self.0.insert(code.code, code).is_some_and(|other| !std::ptr::eq(other, *code)) {
                return Err(DeclaredTwice(code.code));
            }
        }
        Ok(self)
    }

    /// The error of that code.
    pub fn find(&self, code: &str) -> Option<&'static ErrorCode> {
        self.0.get(code).copied()
    }

    /// All errors, by their codes.
    pub fn iter(&self) -> impl Iterator<Item = &'static ErrorCode> {
        self.0.values().copied()
    }

    /// The reference of all errors, in Markdown.
    pub fn reference(&self) -> String {
        self.iter().fold(String::new(), |page, error| {
            page + &format!("## `{}`\n\n{} {}.\n\n{}\n\n", error.code, error.status.as_u16(), error.title, error.help)
        })
    }
}
