//! One hash for many rows: the tree of RFC 6962, computed row by row with a hash per level.

use sha2::{Digest, Sha256};

use super::chain::Hash;

/// The tree so far: the roots of its complete parts, the largest first, each with how many rows it holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree(Vec<(u64, Hash)>);

impl Tree {
    /// Adds the row with this number and commitment.
    pub(super) fn push(&mut self, number: u64, commitment: &Hash) {
        let leaf = Sha256::new().chain_update([0]).chain_update(number.to_be_bytes()).chain_update(commitment);
        let mut part = (1, leaf.finalize().into());
        while let Some(last) = self.0.pop_if(|last| last.0 == part.0) {
            part = (2 * part.0, node(&last.1, &part.1));
        }
        self.0.push(part);
    }

    /// How many rows it holds.
    pub(super) fn rows(&self) -> u64 {
        self.0.iter().map(|(rows, _)| rows).sum()
    }

    /// Its root; zeros if it holds nothing.
    pub(super) fn root(&self) -> Hash {
        let parts = self.0.iter().rev().map(|(_, root)| *root);
        parts.reduce(|right, left| node(&left, &right)).unwrap_or_default()
    }
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(rows: &[(u64, Hash)]) -> Tree {
        let mut tree = Tree::default();
        rows.iter().for_each(|(number, commitment)| tree.push(*number, commitment));
        tree
    }

    /// As RFC 6962 defines it: split at the largest power of two that is smaller than the number of rows.
    fn defined(rows: &[(u64, Hash)]) -> Hash {
        match rows {
            [] => [0; 32],
            [one] => tree(&[*one]).root(),
            many => {
                let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
                node(&defined(left), &defined(right))
            }
        }
    }

    #[test]
    fn the_root_is_the_one_that_the_definition_gives() {
        let rows: Vec<(u64, Hash)> = (0..70).map(|n| (n, [n as u8; 32])).collect();
        for n in 0..rows.len() {
            assert_eq!((tree(&rows[..n]).root(), tree(&rows[..n]).rows()), (defined(&rows[..n]), n as u64), "{n} rows");
        }
    }

    #[test]
    fn a_row_that_is_changed_moved_or_left_out_changes_the_root() {
        let rows: Vec<(u64, Hash)> = (0..9).map(|n| (n, [n as u8; 32])).collect();
        let root = tree(&rows).root();
        for at in 0..rows.len() {
            let mut changed = rows.clone();
            changed[at].1[31] ^= 1;
            assert_ne!(tree(&changed).root(), root);
            changed.remove(at);
            assert_ne!(tree(&changed).root(), root);
            let mut moved = rows.clone();
            moved.swap(at, (at + 1) % rows.len());
            assert_ne!(tree(&moved).root(), root);
        }
    }
}
