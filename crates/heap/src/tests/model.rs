//! Random operations, compared with a model that knows what must be alive.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

struct Block {
    size: usize,
    kind: Kind,
    /// What the words from 1 on point to.
    links: Vec<usize>,
}

/// The heap and what it should contain.
struct Model {
    heap: Heap,
    roots: Words,
    blocks: BTreeMap<usize, Block>,
    random: Random,
}

impl Model {
    fn step(&mut self) {
        match self.random.below(100) {
            0..55 => self.allocate(),
            55..75 => self.link(),
            75..90 => self.drop_root(),
            90..94 => self.free(),
            94..97 => self.resize(),
            97 => self.interior_root(),
            _ => self.collect(),
        }
    }

    fn size(&mut self) -> usize {
        match self.random.below(10) {
            0..7 => 16 + self.random.below(200),
            7..9 => 16 + self.random.below(3000),
            _ => 16 + self.random.below(60_000),
        }
    }

    fn allocate(&mut self) {
        let size = self.size();
        let kind = [Kind::Object, Kind::Words, Kind::Raw][self.random.below(3)];
        if self.heap.alloc(size, kind).map(address).map(|block| self.enter(block, size, kind)).is_err() {
            self.collect();
            match self.heap.alloc_after_collection(size, kind).map(address) {
                Ok(block) => self.enter(block, size, kind),
                Err(failed) => {
                    assert_eq!(failed, AllocFailed::OutOfMemory);
                    self.roots.0.clear();
                }
            }
        }
    }

    fn enter(&mut self, block: usize, size: usize, kind: Kind) {
        assert!(block.is_multiple_of(16));
        let before = self.blocks.range(..=block).next_back().map_or(0, |(start, found)| start + found.size);
        let after = self.blocks.range(block..).next().map_or(usize::MAX, |(start, _)| *start);
        assert!(before <= block && block + size <= after, "blocks overlap");
        let words = size / size_of::<usize>();
        match kind {
            Kind::Object => {
                assert_eq!(get(block, 0), 0);
                set(block, 0, words);
                (1..words).for_each(|number| set(block, number, 0));
            }
            Kind::Words => (0..words).for_each(|number| assert_eq!(get(block, number), 0)),
            Kind::Raw => (0..words).for_each(|number| set(block, number, number)),
        }
        self.blocks.insert(block, Block { size, kind, links: Vec::new() });
        self.roots.0.push(block);
    }

    fn some_root(&mut self) -> Option<usize> {
        let length = self.roots.0.len();
        (length > 0).then(|| self.random.below(length))
    }

    /// The block that a root points into.
    fn target(&self, root: usize) -> usize {
        *self.blocks.range(..=self.roots.0[root]).next_back().expect("roots point into blocks").0
    }

    fn link(&mut self) {
        let (Some(from), Some(to)) = (self.some_root(), self.some_root()) else {
            return;
        };
        let (from, to) = (self.target(from), self.target(to));
        let block = self.blocks.get_mut(&from).expect("known");
        let words = block.size / size_of::<usize>();
        if block.links.len() + 1 < words {
            block.links.push(to);
            set(from, block.links.len(), to);
        }
    }

    fn drop_root(&mut self) {
        if let Some(root) = self.some_root() {
            self.roots.0.swap_remove(root);
        }
    }

    fn interior_root(&mut self) {
        if let Some(root) = self.some_root() {
            let target = self.target(root);
            let offset = self.random.below(self.blocks[&target].size) & !3;
            self.roots.0[root] = target + offset;
        }
    }

    /// Whether something other than one root leads to a block.
    fn shared(&self, block: usize) -> bool {
        let end = block + self.blocks[&block].size;
        self.roots.0.iter().filter(|root| (block..end).contains(root)).count() > 1
            || self.blocks.values().any(|other| other.links.contains(&block))
    }

    fn free(&mut self) {
        let Some(root) = self.some_root() else { return };
        let block = self.target(root);
        if !self.shared(block) {
            self.roots.0.swap_remove(root);
            self.blocks.remove(&block);
            // SAFETY: live, and nothing else points to it.
            unsafe { self.heap.free(NonNull::new(ptr::with_exposed_provenance_mut(block)).expect("not zero")) };
        }
    }

    fn resize(&mut self) {
        let Some(root) = self.some_root() else { return };
        let block = self.target(root);
        let size = self.size();
        if self.shared(block)
            || self.blocks[&block].kind == Kind::Object
            || size < 16 + 8 * self.blocks[&block].links.len()
        {
            return;
        }
        let pointer = NonNull::new(ptr::with_exposed_provenance_mut(block)).expect("not zero");
        // SAFETY: live, and only the root points to it.
        if let Some(resized) = unsafe { self.heap.resize(pointer, size) } {
            let mut known = self.blocks.remove(&block).expect("known");
            for (number, link) in known.links.iter().enumerate() {
                assert_eq!(get(address(resized), number + 1), *link);
            }
            // SAFETY: as above.
            assert!(unsafe { self.heap.block_size(resized) } >= size);
            known.size = size;
            self.blocks.insert(address(resized), known);
            self.roots.0[root] = address(resized);
        }
    }

    fn reachable(&self) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut waiting: Vec<usize> = (0..self.roots.0.len()).map(|root| self.target(root)).collect();
        while let Some(block) = waiting.pop() {
            if found.insert(block) && self.blocks[&block].kind != Kind::Raw {
                waiting.extend(&self.blocks[&block].links);
            }
        }
        found
    }

    fn collect(&mut self) {
        let reachable = self.reachable();
        let collected = self.heap.collect(&mut self.roots);
        self.heap.verify().expect("consistent");
        self.blocks.retain(|block, _| reachable.contains(block));
        let stats = self.heap.stats();
        assert_eq!(stats.small_blocks + stats.large_blocks, self.blocks.len());
        assert_eq!(stats.used, collected.live);
        for (&start, block) in &self.blocks {
            for (number, link) in block.links.iter().enumerate() {
                assert_eq!(get(start, number + 1), *link, "a live block was changed");
            }
        }
    }
}

fn run(config: Config, seed: u64, steps: usize) {
    let mut model =
        Model { heap: heap(config), roots: Words::default(), blocks: BTreeMap::new(), random: Random(seed) };
    for _ in 0..rounds(steps) {
        model.step();
    }
    model.roots.0.clear();
    model.collect();
    assert_eq!(model.heap.used(), 0);
}

#[test]
fn random_operations() {
    for seed in 1..=4 {
        run(Config { poison: true, ..Config::default() }, seed, 6000);
    }
}

#[test]
fn random_operations_near_a_limit() {
    for (seed, limit) in [(11, 96 << 10), (12, 512 << 10), (13, 2 << 20)] {
        run(Config { limit: Some(limit), poison: true, mark_stack: 3, ..Config::default() }, seed, 6000);
    }
}

#[test]
fn random_operations_with_a_collection_at_each_allocation() {
    run(Config { stress: true, poison: true, ..Config::default() }, 21, 1500);
}
