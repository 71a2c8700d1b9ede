//! Which word somebody may have meant.

/// The closest of the candidates, when it is close enough to be what was meant.
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let length = word.chars().count();
    let allowed = (length / 3).clamp(1, 4);
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        // Lengths are compared first, so that a long text is not held against every word letter by letter.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate))
        // One letter for another is not a slip of the pen when there is only one letter.
        .filter(|&(distance, candidate)| distance <= allowed && distance < word.len().max(candidate.len()))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Number of letters to insert, remove, replace or swap with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            let swap = if swapped { at(&before_last, j - 1) + 1 } else { usize::MAX };
            let replace = at(&last, j) + usize::from(x != y);
            row.push(replace.min(at(&last, j + 1) + 1).min(at(&row, j) + 1).min(swap));
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_word_is_suggested_only_when_it_is_close() {
        let words = ["healthy", "blip", "overloaded", "hung"];
        assert_eq!(closest("healty", words), Some("healthy"));
        assert_eq!(closest("bilp", words), Some("blip"));
        assert_eq!(closest("Hung", words), Some("hung"));
        assert_eq!(closest("overlaoded", words), Some("overloaded"));
        assert_eq!(closest("dead", words), None);
    }

    #[test]
    fn a_short_word_is_not_taken_for_any_other() {
        assert_eq!(closest("a", ["b"]), None);
        assert_eq!(closest("ok", ["no"]), None);
    }
}
