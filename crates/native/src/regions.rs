//! Where machine code lies: a list that a signal handler may read at any time.

#![allow(unsafe_code)]

use std::{
    ptr,
    sync::atomic::{AtomicPtr, AtomicUsize, Ordering},
};

/// A place for one region. Places are used again and never freed, so whoever walks the list finds all of it there.
struct Place {
    start: AtomicUsize,
    /// 0: the place is free.
    len: AtomicUsize,
    next: Option<&'static Place>,
}

/// A region that is being entered into a place.
const TAKEN: usize = usize::MAX;

static FIRST: AtomicPtr<Place> = AtomicPtr::new(ptr::null_mut());

fn places() -> impl Iterator<Item = &'static Place> {
    // SAFETY: only `add` stores there: leaked boxes.
    let first = unsafe { FIRST.load(Ordering::Acquire).as_ref() };
    std::iter::successors(first, |place| place.next)
}

/// Adds a region.
pub fn add(start: usize, len: usize) {
    let free = |place: &&Place| place.len.compare_exchange(0, TAKEN, Ordering::AcqRel, Ordering::Relaxed).is_ok();
    if let Some(place) = places().find(free) {
        place.start.store(start, Ordering::Relaxed);
        place.len.store(len, Ordering::Release);
        return;
    }
    let mut first = FIRST.load(Ordering::Acquire);
    loop {
        // SAFETY: as in `places`.
        let next = unsafe { first.as_ref() };
        let place = Box::new(Place { start: AtomicUsize::new(start), len: AtomicUsize::new(len), next });
        let place = Box::into_raw(place);
        match FIRST.compare_exchange(first, place, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return,
            Err(now) => first = now,
        }
        // SAFETY: nobody else has seen it.
        drop(unsafe { Box::from_raw(place) });
    }
}

/// Takes a region off the list, before its memory goes back.
pub fn remove(start: usize) {
    let wanted = |place: &&Place| {
        let len = place.len.load(Ordering::Acquire);
        len != 0 && len != TAKEN && place.start.load(Ordering::Relaxed) == start
    };
    if let Some(place) = places().find(wanted) {
        place.len.store(0, Ordering::Release);
    }
}

/// Whether a thread that executes what is at `address` is in machine code of ours. A place that changes hands meanwhile can mix
/// two regions up; no other code is ever where one of them was a moment ago.
pub fn contain(address: usize) -> bool {
    places().any(|place| {
        let len = place.len.load(Ordering::Acquire);
        len != TAKEN && address.wrapping_sub(place.start.load(Ordering::Relaxed)) < len
    })
}

/// Whether there are any.
pub fn exist() -> bool {
    places().any(|place| place.len.load(Ordering::Acquire) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_come_and_go() {
        // Far from where mappings are: other tests of this process have real ones.
        const AT: usize = 1 << 60;
        let threads = (0..4).map(|number| {
            std::thread::spawn(move || {
                for i in 0..1000 {
                    let start = AT + number * 0x1000_0000 + i * 0x1000;
                    add(start, 0x1000);
                    assert!(contain(start) && contain(start + 0xfff));
                    remove(start);
                    assert!(!contain(start) && !contain(start + 0xfff));
                }
            })
        });
        threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
        assert!(places().count() < 100);
    }
}
