//! The Merkle tree of a log, as RFC 6962 says it; a leaf is the hash of a record.

use concord_store::audit::Hash;
use ct_merkle::{
    InclusionProof, RootHash, digest::array::Array, mem_backed_tree::MemoryBackedTree,
};
use sha2::Sha256;

/// The tree of the first records of a log.
pub struct Tree(MemoryBackedTree<Sha256, Hash>);

impl Tree {
    /// The tree of these records.
    #[must_use]
    pub fn of(hashes: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = MemoryBackedTree::new();
        for hash in hashes {
            tree.push(hash);
        }
        Self(tree)
    }

    /// What stands for all of them.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut root = Hash::default();
        root.copy_from_slice(self.0.root().as_bytes());
        root
    }

    /// The hashes from which, with the record at this place, the root is computed; none if there
    /// is no such place.
    #[must_use]
    pub fn proof(&self, number: usize) -> Option<Vec<u8>> {
        let is_there = u64::try_from(number).is_ok_and(|number| number < self.0.len());
        is_there.then(|| self.0.prove_inclusion(number).as_bytes().to_vec())
    }
}

/// Whether a record stands at a place of a log of this size and root.
#[must_use]
pub fn includes((root, size): (Hash, u64), (number, record): (u64, Hash), proof: &[u8]) -> bool {
    let root = RootHash::<Sha256>::new(Array::from(root), size);
    InclusionProof::try_from_bytes(proof.to_vec())
        .is_ok_and(|proof| root.verify_inclusion(&record, number, &proof).is_ok())
}

#[cfg(test)]
mod tests {
    use concord_store::audit::Hash;

    use super::{Tree, includes};
    use crate::audit::sha256;

    fn leaf(number: u8) -> Hash {
        sha256(&[&[number]])
    }

    /// The root as the RFC writes it down, to hold the library to it.
    fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(&[]),
            [one] => sha256(&[&[0], one]),
            some => {
                let (left, right) = some.split_at(some.len().next_power_of_two() / 2);
                sha256(&[&[1], &root(left), &root(right)])
            }
        }
    }

    #[test]
    fn the_root_is_that_of_rfc_6962() {
        for size in 0..40 {
            let leaves: Vec<Hash> = (0..size).map(leaf).collect();
            assert_eq!(Tree::of(leaves.clone()).root(), root(&leaves), "{size}");
        }
    }

    #[test]
    fn a_proof_holds_for_its_record_and_place_alone() {
        let leaves: Vec<Hash> = (0..21).map(leaf).collect();
        let tree = Tree::of(leaves.clone());
        let whole = (tree.root(), 21);
        for number in 0..21_u8 {
            let proof = tree.proof(usize::from(number)).expect("it is there");
            let place = u64::from(number);
            assert!(includes(whole, (place, leaf(number)), &proof));
            assert!(!includes(whole, (place, leaf(number + 1)), &proof));
            assert!(!includes(whole, (place ^ 1, leaf(number)), &proof) || number == 20);
            assert!(!includes((leaf(0), 21), (place, leaf(number)), &proof));
            assert!(!includes(whole, (place, leaf(number)), &proof[1..]));
        }
        assert_eq!(tree.proof(21), None);
    }
}
