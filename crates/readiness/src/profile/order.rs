//! The order in which people count: A2 before A10.

/// A run of digits counts as a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Piece {
    Number(u64),
    Text(String),
}

/// What to sort an id by.
pub(crate) fn natural(id: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for character in id.chars() {
        match (character.to_digit(10).map(u64::from), pieces.last_mut()) {
            (Some(digit), Some(Piece::Number(number))) => *number = number.saturating_mul(10).saturating_add(digit),
            (Some(digit), _) => pieces.push(Piece::Number(digit)),
            (None, Some(Piece::Text(text))) => text.push(character),
            (None, _) => pieces.push(Piece::Text(character.into())),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_comes_after_two_and_groups_stay_together() {
        let mut ids = ["B1", "A10", "SEC-11", "A2", "SEC-9", "A1"];
        ids.sort_by_cached_key(|id| natural(id));
        assert_eq!(ids, ["A1", "A2", "A10", "B1", "SEC-9", "SEC-11"]);
    }
}
