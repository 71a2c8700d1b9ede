//! A section: keys that belong together, declared once.

use std::any::Any;

use super::{Fault, Profile, Raw};

/// One key of a section.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name within the section.
    pub name: &'static str,
    /// What it is for: its doc comment.
    pub about: &'static str,
    /// What a value looks like.
    pub form: &'static str,
    /// Whether its value is never shown, and may come from a file named by `…_file`.
    pub secret: bool,
    /// Values that profiles give it instead of the default.
    pub profiles: &'static [(&'static str, &'static str)],
}

/// A value that does not fit its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misfit;

/// Keys that belong together; declared with [`settings!`](crate::settings).
pub trait Section: Any + Send + Sync {
    /// Its name, before the dot.
    fn name(&self) -> &'static str;

    /// What it is about: the doc comment of its struct.
    fn about(&self) -> &'static str;

    /// Its keys, in the order of their declaration.
    fn keys(&self) -> &'static [Key];

    /// Gives a key a value.
    ///
    /// # Errors
    /// If the value does not have the key's form, or there is no such key.
    fn set(&mut self, key: &str, raw: &Raw) -> Result<(), Misfit>;

    /// The value of a key as it would stand in a file; masked if it is secret.
    fn show(&self, key: &str) -> String;

    /// What is wrong with the values together.
    fn check(&self, profile: Profile) -> Vec<Fault>;
}

/// Checks of a section that involve several keys or the profile; what production refuses stands here.
pub trait Checks {
    /// What is wrong; keys are named as `section.key`.
    fn check(&self, profile: Profile) -> Vec<Fault> {
        let _ = profile;
        Vec::new()
    }
}

/// Declares a [`Section`](crate::config::Section) as a struct: its keys with their types, defaults and the defaults of
/// profiles. Doc comments become the reference.
///
/// ```
/// use axiomcore::config::{Checks, Period};
///
/// axiomcore::settings! {
///     /// How often the kettle looks.
///     pub struct Config in "kettle" {
///         /// The time between two looks.
///         pub interval: Period = Period::seconds(5), production = "1s";
///     }
/// }
/// impl Checks for Config {}
/// ```
#[macro_export]
macro_rules! settings {
    (
        $(#[doc = $about:literal])+
        $vis:vis struct $section:ident in $name:literal {
            $(
                $(#[doc = $doc:literal])+
                $key_vis:vis $key:ident: $type:ty = $default:expr $(, $profile:ident = $value:literal)* ;
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        $vis struct $section {
            $($(#[doc = $doc])+ $key_vis $key: $type,)+
        }

        impl Default for $section {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl $crate::config::Section for $section {
            fn name(&self) -> &'static str {
                $name
            }

            fn about(&self) -> &'static str {
                concat!($($about, "\n"),+)
            }

            fn keys(&self) -> &'static [$crate::config::Key] {
                const KEYS: &[$crate::config::Key] = &[$(
                    $crate::config::Key {
                        name: stringify!($key),
                        about: concat!($($doc, "\n"),+),
                        form: <$type as $crate::config::Setting>::FORM,
                        secret: <$type as $crate::config::Setting>::SECRET,
                        profiles: &[$((stringify!($profile), $value)),*],
                    },
                )+];
                KEYS
            }

            fn set(&mut self, key: &str, raw: &$crate::config::Raw) -> Result<(), $crate::config::Misfit> {
                $(if key == stringify!($key) {
                    self.$key = $crate::config::Setting::read(raw).ok_or($crate::config::Misfit)?;
                    return Ok(());
                })+
                Err($crate::config::Misfit)
            }

            fn show(&self, key: &str) -> String {
                $(if key == stringify!($key) {
                    return $crate::config::Setting::show(&self.$key);
                })+
                String::new()
            }

            fn check(&self, profile: $crate::config::Profile) -> Vec<$crate::config::Fault> {
                $crate::config::Checks::check(self, profile)
            }
        }
    };
}
