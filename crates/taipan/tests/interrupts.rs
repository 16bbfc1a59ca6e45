//! Machine code goes on after a signal as if there had been none.
#![cfg(all(target_arch = "x86_64", target_os = "linux", feature = "std", not(miri)))]
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use taipan::Vm;

/// How often machine code was sent to look.
static LOOKS: AtomicUsize = AtomicUsize::new(0);
static DONE: AtomicBool = AtomicBool::new(false);

/// Never says that there was an interrupt, so the signals go on.
struct Patient;

impl taipan::Host for Patient {
    fn take_interrupt(&mut self) -> bool {
        LOOKS.fetch_add(1, Ordering::Relaxed);
        false
    }
}

#[test]
fn ten_thousand_signals_change_nothing() {
    const SIGNALS: usize = 10_000;
    // Registers, flags between comparison and jump, memory by pointers; calls of helpers beside it.
    let program = "
@micropython.viper
def mix(n: int, seed: uint, data: ptr32) -> uint:
    a = seed
    b = uint(1)
    i = 0
    while i < n:
        a ^= a << 13
        a ^= a >> 7
        a ^= a << 17
        if int(a) < 0:
            b += a
        elif int(a) & 1 == 1:
            b ^= a >> 3
        data[i & 7] = int(b)
        b += uint(data[(i + 3) & 7])
        i += 1
    return b
@micropython.native
def words(n):
    total = 0
    for i in range(n):
        total = (total * 31 + i) % 1000003
    return total
def run():
    data = bytearray(32)
    result = mix(200000, 88172645463325252, data), words(2000), bytes(data)
    wrong.append(result) if result != expected else None
wrong = []
expected = None
";
    let mut vm = Vm::builder().host(Box::new(Patient)).machine_code(true).build().expect("a machine");
    vm.run(program, "<test>").expect("no error");
    vm.run("run()\nexpected = wrong.pop()", "<test>").expect("no error");
    taipan::os::catch_interrupts();
    // SAFETY: asks for the calling thread; it lives until the other one is joined.
    let target = unsafe { libc::pthread_self() } as usize;
    let sender = std::thread::spawn(move || {
        while !DONE.load(Ordering::Relaxed) {
            // SAFETY: as above.
            unsafe { libc::pthread_kill(target as libc::pthread_t, libc::SIGINT) };
            std::thread::sleep(std::time::Duration::from_micros(20));
        }
    });
    let start = std::time::Instant::now();
    while LOOKS.load(Ordering::Relaxed) < SIGNALS && start.elapsed().as_secs() < 60 {
        vm.run("run()", "<test>").expect("no error");
    }
    DONE.store(true, Ordering::Relaxed);
    sender.join().expect("the sender");
    assert!(LOOKS.load(Ordering::Relaxed) >= SIGNALS, "{LOOKS:?} looks only");
    vm.run("assert not wrong, wrong", "<test>").expect("the same results");
}
