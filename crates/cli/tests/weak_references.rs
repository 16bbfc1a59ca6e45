//! Exceptions in callbacks of weak references go to standard error and no further.

mod common;

const PROGRAM: &str = "
import gc, weakref
class A: pass
def callback(*args):
    raise ValueError(len(args))
def test():
    a = A()
    r = weakref.ref(a, callback)
    f = weakref.finalize(a, callback, 1, 2)
    a = None
    try:
        gc.collect()
    except ValueError:
        print('caught')
    print(r(), f.alive)
test()
";

#[test]
fn exceptions_in_callbacks_are_reported() {
    let run = common::run(common::taipan().args(["-c", PROGRAM]), b"");
    assert_eq!((run.code, run.out.as_str()), (0, "None False\n"), "{}", run.err);
    assert_eq!(run.err.matches("Unhandled exception in weakref callback:\nTraceback").count(), 2, "{}", run.err);
    let (first, second) = (run.err.find("ValueError: 2\n"), run.err.find("ValueError: 1\n"));
    assert!(first.is_some() && first < second, "the finalizer comes first: {}", run.err);
}
