//! The loop, from source to output: control flow, frames, caches, generators.

mod support;

use support::{check, run_with};
use vm::boot::Config;

/// The native stack must not grow with the number of instructions, whatever their paths: nothing in stable
/// Rust promises that the calls between instructions become jumps.
#[test]
fn a_hundred_million_instructions_on_a_small_stack() {
    let source = r#"
class P:
    def __init__(self, v):
        self.v = v
    def get(self):
        return self.v
class Q(P):
    pass
def gen(n):
    for i in range(n):
        yield i
def work(n):
    total = 0
    ps = [P(1), Q(2), P(3)]
    x = 0.0
    i = 0
    d = {}
    while i < n:
        p = ps[i % 3]
        total += p.get() + p.v
        p.v = p.v
        x = x * 0.5 + 1.5
        d[i & 7] = total
        try:
            if i & 63 == 0:
                raise ValueError(i)
        except ValueError as e:
            total += 1
        finally:
            total ^= 1
        if i & 1023 == 0:
            for k in gen(4):
                total += k
            total += sum([j * j for j in range(5)])
            total += len(str(total)) + (lambda a, *b, **c: a)(1, 2, z=3)
            with_closure = [total]
            def inner():
                return with_closure[0]
            total += inner() & 3
        i += 1
    j = 0
    for k in range(n * 10):
        j = j + k & 0xffff
    return total, x, j
print(work(1800000) is not None)
"#;
    let thread = std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(move || run_with(Config { native_stack: 160 << 10, ..Config::default() }, source));
    let (output, failed) = thread.expect("a thread").join().expect("no overflow");
    assert_eq!((output.as_str(), failed), ("True\n", None));
}

#[test]
fn finally_runs_on_every_way_out() {
    check(
        r#"
def f(how):
    for i in range(3):
        try:
            try:
                if how == 'return': return 'r'
                if how == 'break': break
                if how == 'continue': continue
                if how == 'raise': raise KeyError('k')
            finally:
                print('inner', how, i)
        except KeyError as e:
            print('caught', e)
        finally:
            print('outer', i)
    else:
        print('else')
    return 'end'
for how in ('return', 'break', 'continue', 'raise', 'pass'):
    print(how, f(how))
"#,
        &[
            "inner return 0",
            "outer 0",
            "return r",
            "inner break 0",
            "outer 0",
            "break end",
            "inner continue 0",
            "outer 0",
            "inner continue 1",
            "outer 1",
            "inner continue 2",
            "outer 2",
            "else",
            "continue end",
            "inner raise 0",
            "caught 'k'",
            "outer 0",
            "inner raise 1",
            "caught 'k'",
            "outer 1",
            "inner raise 2",
            "caught 'k'",
            "outer 2",
            "else",
            "raise end",
            "inner pass 0",
            "outer 0",
            "inner pass 1",
            "outer 1",
            "inner pass 2",
            "outer 2",
            "else",
            "pass end",
        ],
    );
}

#[test]
fn a_finally_may_replace_what_is_under_way() {
    check(
        r#"
def returns():
    try:
        return 1
    finally:
        return 2
def swallows():
    try:
        raise ValueError
    finally:
        return 'swallowed'
def breaks():
    while True:
        try:
            return 'lost'
        finally:
            break
    return 'after'
def nested():
    try:
        try:
            return 'a'
        finally:
            try:
                raise ValueError('b')
            except ValueError:
                print('b caught')
    finally:
        print('outer')
def continues():
    n = 0
    for i in range(4):
        try:
            n += 1
            if i == 1: raise ValueError
        except ValueError:
            continue
        finally:
            n += 10
    return n
print(returns(), swallows(), breaks(), nested(), continues())
"#,
        &["b caught", "outer", "2 swallowed after a 44"],
    );
}

#[test]
fn exceptions_leave_loops_and_frames_in_order() {
    check(
        r#"
def f(n):
    if n == 0:
        return [][1]
    try:
        return f(n - 1)
    finally:
        print('unwind', n)
try:
    f(3)
except IndexError as e:
    print(type(e).__name__)
try:
    try:
        raise KeyError(1)
    except KeyError:
        raise
except KeyError as e:
    print('again', e)
try:
    raise
except RuntimeError as e:
    print(e)
try:
    raise ValueError('v') from KeyError('k')
except ValueError as e:
    print(repr(e.__cause__))
"#,
        &[
            "unwind 1",
            "unwind 2",
            "unwind 3",
            "IndexError",
            "again 1",
            "no active exception to reraise",
            "KeyError('k')",
        ],
    );
}

#[test]
fn with_statements_enter_exit_and_swallow() {
    check(
        r#"
class M:
    def __init__(self, swallow): self.swallow = swallow
    def __enter__(self): print('enter'); return self
    def __exit__(self, t, v, tb): print('exit', t and t.__name__); return self.swallow
with M(True) as m:
    raise ValueError
def f():
    with M(False) as a, M(False):
        return 'r'
print(f())
for i in range(2):
    with M(False):
        if i == 0: continue
        break
try:
    with M(False):
        1 // 0
except ZeroDivisionError:
    print('out')
"#,
        &[
            "enter",
            "exit ValueError",
            "enter",
            "enter",
            "exit None",
            "exit None",
            "r",
            "enter",
            "exit None",
            "enter",
            "exit None",
            "enter",
            "exit ZeroDivisionError",
            "out",
        ],
    );
}

#[test]
fn generators_suspend_everything() {
    check(
        r#"
def g():
    try:
        for i in (1, 2):
            try:
                got = yield i
                print('got', got)
            except ValueError as e:
                print('thrown', e)
                yield 'handled'
    finally:
        print('closed')
it = g()
print(next(it), it.send('a'), it.throw(ValueError('v')))
it.close()
def outer():
    r = yield from inner()
    print('result', r)
    return 'done'
def inner():
    x = yield 1
    print('x', x)
    yield 2
    return 'inner'
o = outer()
print(next(o), o.send('sent'))
try:
    next(o)
except StopIteration as e:
    print('stop', e.value)
def bad():
    yield 1
    raise StopIteration(2)
try:
    list(bad())
except RuntimeError as e:
    print(e, repr(e.__cause__))
def self_resume():
    yield next(me)
me = self_resume()
try:
    next(me)
except ValueError as e:
    print(e)
print(sum(x for x in (y * y for y in range(5))))
"#,
        &[
            "got a",
            "thrown v",
            "1 2 handled",
            "closed",
            "x sent",
            "1 2",
            "result inner",
            "stop done",
            "generator raised StopIteration StopIteration(2)",
            "generator already executing",
            "30",
        ],
    );
}

#[test]
fn code_that_cannot_be_proved_runs_with_checks() {
    // `async with` joins different stack depths.
    check(
        r#"
class A:
    async def __aenter__(self): print('aenter'); return 7
    async def __aexit__(self, t, v, tb): print('aexit', t and t.__name__); return True
async def f(x):
    async with A() as a:
        print(a)
        if x: raise ValueError
        return 'returned'
    return 'after'
def run(c):
    try:
        while True: c.send(None)
    except StopIteration as e:
        return e.value
print(run(f(False)))
print(run(f(True)))
"#,
        &["aenter", "7", "aexit None", "returned", "aenter", "7", "aexit ValueError", "after"],
    );
}

#[test]
fn recursion_ends_in_an_exception() {
    check(
        r#"
def f(n):
    return f(n + 1)
try:
    f(0)
except RecursionError as e:
    print(e)
def g():
    yield from g()
try:
    next(g())
except RecursionError as e:
    print('generator')
class R:
    def __repr__(self): return repr(self)
try:
    repr(R())
except RecursionError:
    print('repr')
class C:
    def __call__(self): return self()
try:
    C()()
except RecursionError:
    print('call')
print(sum(i for i in range(10)))
"#,
        &["maximum recursion depth exceeded", "generator", "repr", "call", "45"],
    );
}

#[test]
fn caches_notice_what_changes() {
    check(
        r#"
class A:
    x = 1
    def m(self): return 'm1'
def load(o): return o.x
def call(o): return o.m()
a = A()
print(load(a), call(a), load(a), call(a))
A.x = 2
A.m = lambda self: 'm2'
print(load(a), call(a))
a.x = 3
a.m = lambda: 'own'
print(load(a), call(a))
del a.x
print(load(a))
class B(A): pass
b = B()
print(load(b), call(b))
B.x = property(lambda self: 'property')
print(load(b))
A.m = 5
try:
    call(b)
except TypeError:
    print('not callable')
a.__class__ = B
print(load(a))
def glob(): return value
value = 1
print(glob(), glob())
value = 2
print(glob())
def shadowed(): return len([1, 2])
print(shadowed(), shadowed())
def len(x): return 'mine'
print(shadowed())
del len
print(shadowed())
for i in range(200):
    globals()['g%d' % i] = i
print(glob())
class S: pass
def store(o, v): o.y = v
s = S(); t = S()
store(s, 1); store(t, 2); store(s, 3)
print(s.y, t.y)
S.y = property(lambda self: 'p', lambda self, v: print('set', v))
store(s, 4)
print(s.y)
"#,
        &[
            "1 m1 1 m1",
            "2 m2",
            "3 own",
            "2",
            "2 m2",
            "property",
            "not callable",
            "property",
            "1 1",
            "2",
            "2 2",
            "mine",
            "2",
            "2",
            "3 2",
            "set 4",
            "p",
        ],
    );
}

#[test]
fn arguments_find_their_parameters() {
    check(
        r#"
def f(a, b=2, /, c=3, *args, d, e=5, **kw): return (a, b, c, args, d, e, kw)
print(f(1, d=4))
print(f(1, 9, 8, 7, 6, d=0, z=1))
print(f(*[1, 2], **{'d': 3, 'c': 4}))
for call in ("f()", "f(1)", "f(1, a=1, d=2, b=3)", "f(1, 2, 3, c=4, d=5)", "f(d=1)", "(lambda x: x)(1, 2)", "(lambda *, x: x)()",
             "(lambda x: x)(y=1)", "(lambda x: x)(1, x=1)", "f(**{1: 2})", "f(*1)", "f(**1)"):
    try:
        print(eval(call))
    except TypeError as e:
        print('TypeError', e)
def outer(n):
    def inner(a, b=n):
        nonlocal n
        n += 1
        return a + b + n
    return inner
i = outer(10)
print(i(1), i(1, b=2))
"#,
        &[
            "(1, 2, 3, (), 4, 5, {})",
            "(1, 9, 8, (7, 6), 0, 5, {'z': 1})",
            "(1, 2, 4, (), 3, 5, {})",
            "TypeError f() missing 1 required positional argument: 'a'",
            "TypeError f() missing 1 required keyword-only argument: 'd'",
            "(1, 2, 3, (), 2, 5, {'a': 1, 'b': 3})",
            "TypeError f() got multiple values for argument 'c'",
            "TypeError f() missing 1 required positional argument: 'a'",
            "TypeError <lambda>() takes 1 positional argument but 2 were given",
            "TypeError <lambda>() missing 1 required keyword-only argument: 'x'",
            "TypeError <lambda>() got an unexpected keyword argument 'y'",
            "TypeError <lambda>() got multiple values for argument 'x'",
            "TypeError keywords must be strings",
            "TypeError 'int' object is not iterable",
            "TypeError argument after ** must be a mapping, not 'int'",
            "22 15",
        ],
    );
}

#[test]
fn range_loops_count_like_range() {
    check(
        r#"
def f(a, b, c):
    out = []
    for i in range(a, b, c):
        out.append(i)
        if len(out) > 5: break
    else:
        out.append('else')
    return out
print(f(0, 3, 1), f(3, 0, -1), f(0, 10, 4), f(0, 0, 1), f(5, 0, 1))
out = []
for i in range(3):
    for j in range(10, 4, -3):
        if j == 7: continue
        out.append((i, j))
print(out)
big = 4611686018427387900
print([i - big for i in range(big, big + 8, 3)])
try:
    for i in range(1, 2, 0): pass
except ValueError as e:
    print('ValueError')
"#,
        &[
            "[0, 1, 2, 'else'] [3, 2, 1, 'else'] [0, 4, 8, 'else'] ['else'] ['else']",
            "[(0, 10), (1, 10), (2, 10)]",
            "[0, 3, 6]",
            "ValueError",
        ],
    );
}
