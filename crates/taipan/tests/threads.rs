//! Machines with threads, as a Rust program sees them: threads run while their machine is entered, and do not outlive it.

use taipan::Vm;

const LOOPS: &str = "
import _thread, time
count = [0] * 4
def loop(i):
    while True:
        count[i] += 1
        if i % 2:
            time.sleep(0)
for i in range(4):
    _thread.start_new_thread(loop, (i,))
while not all(count):
    time.sleep(0.001)
";

fn machine() -> Vm {
    Vm::builder().capture_output().build().expect("a machine")
}

#[test]
fn threads_run_only_while_the_machine_is_entered() {
    let mut vm = machine();
    vm.run(LOOPS, "loops").unwrap();
    vm.run("before = count[:]", "before").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    let program = "print(sum(count) - sum(before) < 1000000)\nwhile count[2] == before[2]: pass\nprint('again')";
    vm.run(program, "after").unwrap();
    assert_eq!(vm.take_output(), b"True\nagain\n");
}

#[test]
fn a_machine_is_dropped_with_threads_in_every_state() {
    for _ in 0..20 {
        let mut vm = machine();
        vm.run(LOOPS, "loops").unwrap();
        let waits = "
lock = _thread.allocate_lock()
lock.acquire()
_thread.start_new_thread(lock.acquire, ())
_thread.start_new_thread(lock.acquire, (True, 0.001))
_thread.start_new_thread(time.sleep, (0.001,))
time.sleep(0.0005)
_thread.start_new_thread(print, ())
";
        vm.run(waits, "waits").unwrap();
    }
    std::thread::sleep(std::time::Duration::from_millis(10));
}

#[test]
fn machines_side_by_side() {
    let runs: Vec<_> = (0..4)
        .map(|n| {
            std::thread::spawn(move || {
                let mut vm = machine();
                vm.run(format!("n = {n}\n{LOOPS}\nprint(n, all(count))"), "loops").unwrap();
                assert_eq!(vm.take_output(), format!("{n} True\n").into_bytes());
            })
        })
        .collect();
    for run in runs {
        run.join().unwrap();
    }
}

#[test]
fn a_host_without_threads_refuses_them() {
    struct Nothing;
    impl taipan::Host for Nothing {}
    let mut vm = Vm::builder().host(Box::new(Nothing)).build().expect("a machine");
    let error = vm.run("import _thread\n_thread.start_new_thread(print, ())", "none").unwrap_err();
    assert_eq!((error.class.as_str(), error.message.as_str()), ("RuntimeError", "can't start new thread"));
}
