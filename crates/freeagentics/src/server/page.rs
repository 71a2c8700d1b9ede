//! Lists, a page at a time: what is asked for and what is answered is the same for all of them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many items a page has at most: 100, unless asked otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "usize")]
pub(crate) struct PageSize(usize);

impl PageSize {
    const MOST: usize = 1_000;

    /// As a number of rows, and one more: it tells whether there is a next page.
    pub(crate) fn and_one_more(self) -> usize {
        self.0 + 1
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(100)
    }
}

impl TryFrom<usize> for PageSize {
    type Error = String;

    fn try_from(size: usize) -> Result<Self, String> {
        let fits = (1..=Self::MOST).contains(&size);
        fits.then_some(Self(size)).ok_or_else(|| format!("`limit` is 1 to {}, not {size}", Self::MOST))
    }
}

/// Which page of a list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listing {
    /// How many items at most.
    #[serde(default)]
    #[param(value_type = usize, minimum = 1, maximum = 1000, default = 100)]
    pub(crate) limit: PageSize,
    /// The `next` of the page before.
    pub(crate) after: Option<String>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The items of this page.
    pub(crate) items: Vec<T>,
    /// What to give as `after` to get the next page; null if this is the last one.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// The page of these items, of which there may be one more than the page holds; the next one begins after `key`
    /// of the last one.
    pub(crate) fn of(mut items: Vec<T>, size: PageSize, key: impl FnOnce(&T) -> String) -> Self {
        let is_last = items.len() <= size.0;
        items.truncate(size.0);
        let next = items.last().filter(|_| !is_last).map(key);
        Self { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_next_one_exactly_if_there_is_one() {
        let page = |n: usize| Page::of((0..n).collect(), PageSize(2), usize::to_string);
        for (n, items, next) in [(0, vec![], None), (2, vec![0, 1], None), (3, vec![0, 1], Some("1".to_owned()))] {
            assert_eq!((page(n).items, page(n).next), (items, next));
        }
    }
}
