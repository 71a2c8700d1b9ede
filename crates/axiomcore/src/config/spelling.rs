//! The known name that somebody probably meant.

/// The nearest of `known`, if it is near enough to be meant.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.into_iter().map(|known| (distance(name, known), known)).min()?;
    (near.0 <= 1 + name.len() / 4).then_some(near.1)
}

/// How many letters have to be put in, taken out or replaced.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (above, left) in a.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], above + 1);
        for (at, right) in b.chars().enumerate() {
            let replaced = corner + usize::from(left != right);
            corner = row[at + 1];
            row[at + 1] = replaced.min(corner + 1).min(row[at] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not_offered() {
        let known = ["listen", "request_timeout", "body_limit"];
        assert_eq!(nearest("request_timout", known), Some("request_timeout"));
        assert_eq!(nearest("lisen", known), Some("listen"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!((distance("", "abc"), distance("kitten", "sitting")), (3, 3));
    }
}
