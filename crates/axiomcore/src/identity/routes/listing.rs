//! Which page of a list of people.

use serde::Deserialize;

use crate::http::codes::INVALID_PARAMETER;
use crate::http::{Problem, Query};

/// Which page of a list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Listing {
    /// How many items at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<usize>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>, max_length = 100)]
    after: Option<Cursor>,
    /// Only who signs in with this address.
    #[param(value_type = Option<String>, max_length = 320)]
    email: Option<Address>,
}

/// Whom is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Address(String);

impl TryFrom<String> for Address {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let fits = text.chars().count() <= 320;
        fits.then_some(Self(text)).ok_or("`email` is an address, which is shorter")
    }
}

/// Which one a page begins after.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Cursor(String);

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let fits = text.chars().count() <= 100;
        fits.then_some(Self(text)).ok_or("`after` is the `next` of a page, which is shorter")
    }
}

impl Listing {
    const MOST: usize = 1_000;

    /// The address that is asked for, if one is.
    pub(super) fn email(&self) -> Option<&str> {
        self.email.as_ref().map(|Address(text)| text.as_str())
    }

    /// After which one the page begins, and how many there are on it.
    pub(super) fn of(Query(Self { limit, after, .. }): Query<Self>) -> Result<(String, usize), Problem> {
        let limit = limit.unwrap_or(100);
        if (1..=Self::MOST).contains(&limit) {
            return Ok((after.map(|Cursor(text)| text).unwrap_or_default(), limit));
        }
        let told = format!("`limit` is 1 to {}, not {limit}", Self::MOST);
        Err(Problem::new(&INVALID_PARAMETER).detail(told))
    }
}
