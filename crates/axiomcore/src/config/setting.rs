//! What a value of the configuration can be.

use std::net::SocketAddr;
use std::path::PathBuf;

use toml::Value;

use super::Secret;

/// A value as a source gave it.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// From the environment or a flag, where everything is text.
    Text(String),
    /// From a file, where it has a type.
    Typed(Value),
    /// From a file of its own, where it can be read again.
    Secret(Secret<String>),
}

/// A type that a key can have.
pub trait Setting: Sized {
    /// What a value looks like, to go on after "expected".
    const FORM: &'static str;

    /// Whether the value must never be shown.
    const SECRET: bool = false;

    /// The value, if it is one.
    fn read(raw: &Raw) -> Option<Self>;

    /// The value as it would stand in a file.
    fn show(&self) -> String;
}

/// The text of a value that is one.
pub(super) fn text_of(raw: &Raw) -> Option<&str> {
    match raw {
        Raw::Text(text) | Raw::Typed(Value::String(text)) => Some(text),
        Raw::Secret(secret) => Some(secret.expose()),
        Raw::Typed(_) => None,
    }
}

/// A text as it stands in TOML: its basic strings are those of JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Setting for bool {
    const FORM: &'static str = "true or false";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Typed(value) => value.as_bool(),
            raw => text_of(raw)?.parse().ok(),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

macro_rules! whole_numbers {
    ($($type:ty: $form:literal),*) => {$(
        impl Setting for $type {
            const FORM: &'static str = $form;

            fn read(raw: &Raw) -> Option<Self> {
                match raw {
                    Raw::Typed(value) => value.as_integer()?.try_into().ok(),
                    raw => text_of(raw)?.parse().ok(),
                }
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

whole_numbers!(
    u16: "a whole number up to 65535", u32: "a whole number up to 4294967295", u64: "a whole number",
    usize: "a whole number"
);

impl Setting for String {
    const FORM: &'static str = "a text";

    fn read(raw: &Raw) -> Option<Self> {
        text_of(raw).map(str::to_owned)
    }

    fn show(&self) -> String {
        quoted(self)
    }
}

impl Setting for PathBuf {
    const FORM: &'static str = "a path";

    fn read(raw: &Raw) -> Option<Self> {
        text_of(raw).filter(|text| !text.is_empty()).map(Self::from)
    }

    fn show(&self) -> String {
        quoted(&self.display().to_string())
    }
}

impl Setting for SocketAddr {
    const FORM: &'static str = "an address with a port, such as 127.0.0.1:8080 or [::1]:8080";

    fn read(raw: &Raw) -> Option<Self> {
        text_of(raw)?.parse().ok()
    }

    fn show(&self) -> String {
        quoted(&self.to_string())
    }
}

/// An empty text turns off what a file or a profile had turned on.
impl<T: Setting> Setting for Option<T> {
    const FORM: &'static str = T::FORM;
    const SECRET: bool = T::SECRET;

    fn read(raw: &Raw) -> Option<Self> {
        if text_of(raw) == Some("") { Some(None) } else { T::read(raw).map(Some) }
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "\"\"".into(), T::show)
    }
}

impl Setting for Vec<String> {
    const FORM: &'static str =
        "a list of texts (in the environment and in --set with commas between them, without brackets and quotes)";

    fn read(raw: &Raw) -> Option<Self> {
        if let Raw::Typed(value) = raw {
            return value.as_array()?.iter().map(|part| part.as_str().map(str::to_owned)).collect();
        }
        let parts: Vec<&str> = text_of(raw)?.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        // A list as it stands in a file would be taken for one odd text, and what it names would be left out in silence.
        let is_of_a_file = parts.iter().any(|part| part.starts_with(['[', '"', '\'']));
        (!is_of_a_file).then(|| parts.into_iter().map(str::to_owned).collect())
    }

    fn show(&self) -> String {
        format!("[{}]", self.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
    }
}
