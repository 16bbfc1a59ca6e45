//! Exceptions in finalizers and in callbacks of weak references go to standard error and no further.

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

/// Of objects that the end of the program finalizes.
const LEFT: &str = "
class A:
    def __del__(self):
        1 / 0
def generator():
    try:
        yield 1
    finally:
        yield 2
async def coroutine(waited):
    try:
        await waited
    finally:
        await waited
class Waited:
    def __await__(self):
        yield
        yield
a, g, c = A(), generator(), coroutine(Waited())
next(g)
c.send(None)
";

#[test]
fn exceptions_in_finalizers_are_reported() {
    let run = common::run(common::taipan().args(["-c", LEFT]), b"");
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    let lines: Vec<&str> =
        run.err.lines().map(|line| line.split_once(" at 0x").map_or(line, |(line, _)| line)).collect();
    let expected = [
        "Exception ignored in: <function A.__del__",
        "Traceback (most recent call last):",
        "  File \"<stdin>\", line 4, in __del__",
        "    1 / 0",
        "    ~~^~~",
        "ZeroDivisionError: division by zero",
        "Exception ignored in: <generator object generator",
        "RuntimeError: generator ignored GeneratorExit",
        "Exception ignored in: <coroutine object coroutine",
        "RuntimeError: coroutine ignored GeneratorExit",
    ];
    assert_eq!(lines, expected);
}
