//! The books: bytes reserved and in use, the limit, when the next collection is due, and failures on demand.
//!
//! `reserved` is what the heap holds from the system and never passes the limit. `in_use` is what the program
//! got, blocks waiting in cursors included, and decides when to collect.

use crate::config::{AllocFailed, Config, Failure};

/// The books of one heap.
pub(crate) struct Account {
    pub(crate) limit: usize,
    pub(crate) reserved: usize,
    /// The part of `reserved` and `in_use` that lies outside of the heap.
    pub(crate) external: usize,
    pub(crate) in_use: usize,
    pub(crate) peak: usize,
    /// Collect when `in_use` would pass this.
    pub(crate) threshold: usize,
    initial_threshold: usize,
    /// Bytes between collections set by the program, instead of the growth rule.
    pub(crate) fixed_step: Option<usize>,
    /// Whether collections happen without being asked for.
    pub(crate) automatic: bool,
    pub(crate) stress: bool,
    pub(crate) failure: Failure,
    /// Allocations and reservations since the failure was set.
    pub(crate) counted: u64,
    /// The allocation under way is one that fails, even after a collection.
    failing: bool,
    /// Collections and count when a reservation failed: after a collection, and with nothing else counted
    /// in between, its next try is the second, and final.
    refused: Option<(usize, u64)>,
    pub(crate) collections: usize,
}

impl Account {
    pub(crate) fn new(config: &Config) -> Account {
        Account {
            limit: config.limit.unwrap_or(usize::MAX),
            reserved: 0,
            external: 0,
            in_use: 0,
            peak: 0,
            threshold: config.initial_threshold,
            initial_threshold: config.initial_threshold,
            fixed_step: None,
            automatic: true,
            stress: config.stress,
            failure: Failure::Never,
            counted: 0,
            failing: false,
            refused: None,
            collections: 0,
        }
    }

    /// Whether every single allocation must pass through the books.
    pub(crate) fn careful(&self) -> bool {
        self.stress || self.failure != Failure::Never
    }

    /// Counts an allocation or reservation; an error if it is one that shall fail.
    pub(crate) fn count(&mut self) -> Result<(), AllocFailed> {
        if self.failure != Failure::Never {
            self.counted += 1;
        }
        self.failing = match self.failure {
            Failure::Never => false,
            Failure::Once(n) => self.counted == n,
            Failure::From(n) => self.counted >= n,
        };
        self.check()
    }

    /// An error if the allocation counted last is one that shall fail.
    pub(crate) fn check(&self) -> Result<(), AllocFailed> {
        if self.failing { Err(AllocFailed::OutOfMemory) } else { Ok(()) }
    }

    /// Remembers that a reservation failed.
    pub(crate) fn refuse(&mut self, failed: AllocFailed) -> AllocFailed {
        self.refused = Some((self.collections, self.counted));
        failed
    }

    /// Whether this is the second try of a reservation that failed.
    pub(crate) fn second_try(&mut self) -> bool {
        let refused = self.refused.take();
        refused.is_some_and(|(collections, counted)| collections < self.collections && counted == self.counted)
    }

    /// Whether `bytes` more in use shall wait for a collection.
    pub(crate) fn collection_due(&self, bytes: usize) -> bool {
        self.automatic && (self.stress || self.in_use.saturating_add(bytes) > self.threshold)
    }

    /// What to answer when there is no memory before a collection was tried.
    pub(crate) fn exhausted(&self) -> AllocFailed {
        if self.automatic { AllocFailed::NeedsCollection } else { AllocFailed::OutOfMemory }
    }

    /// Whether the limit allows to reserve `bytes` more.
    pub(crate) fn allows(&self, bytes: usize) -> bool {
        bytes <= self.limit.saturating_sub(self.reserved)
    }

    pub(crate) fn take(&mut self, bytes: usize) {
        self.in_use += bytes;
        self.peak = self.peak.max(self.in_use);
    }

    /// Sets when the next collection is due, after one.
    pub(crate) fn plan(&mut self) {
        self.threshold = match self.fixed_step {
            Some(step) => self.in_use.saturating_add(step),
            None => self.in_use.saturating_mul(2).max(self.initial_threshold),
        };
    }
}
