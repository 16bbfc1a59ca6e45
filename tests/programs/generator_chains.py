# Chains of `yield from`: only the innermost generator is resumed, and nobody may notice.


def check(name, got, expected):
    print(name, "ok" if got == expected else "got %r, expected %r" % (got, expected))


def walk(depth, items):
    if depth == 0:
        for item in items:
            yield item
        return "bottom"
    got = yield from walk(depth - 1, items)
    return "%s<%d" % (got, depth)


def result(generator):
    values = []
    while True:
        try:
            values.append(next(generator))
        except StopIteration as stop:
            return values, stop.value


check("deep", sum(walk(60, range(1000))), 499500)
check("result", result(walk(4, [1, 2])), ([1, 2], "bottom<1<2<3<4"))


# A tree: every generator delegates twice, so ends of inner ones come between values.
def tree(low, high):
    if low < high:
        middle = (low + high) // 2
        yield from tree(low, middle)
        yield middle
        yield from tree(middle + 1, high)


check("tree", list(tree(0, 300)), list(range(300)))
check("for", [x for x in tree(0, 40)], list(range(40)))


# send goes to the innermost.
def echo():
    got = None
    while got != "stop":
        got = yield got
    return "done"


def pass_on(depth):
    return (yield from (pass_on(depth - 1) if depth else echo()))


g = pass_on(5)
check("send", [g.send(x) for x in (None, 1, "a", 3.5)], [None, 1, "a", 3.5])
try:
    g.send("stop")
except StopIteration as stop:
    check("send end", stop.value, "done")


# Exceptions: thrown in, raised inside, passing through handlers of delegators; finally blocks run inside out.
log = []


def guarded(depth):
    try:
        if depth == 0:
            yield 1
            yield 2
            raise KeyError("inner")
        yield from guarded(depth - 1)
    except KeyError as error:
        log.append(("except", depth))
        if depth < 3:
            raise
        yield "caught at %d" % depth
    finally:
        log.append(("finally", depth))


check("raised", list(guarded(5)), [1, 2, "caught at 3"])
check(
    "order",
    log,
    [(w, d) for d in range(3) for w in ("except", "finally")]
    + [("except", 3), ("finally", 3), ("finally", 4), ("finally", 5)],
)
log.clear()
g = guarded(2)
check("before throw", next(g), 1)
check("before throw", next(g), 2)
try:
    g.throw(ValueError("thrown"))
except ValueError as error:
    check("throw", error.args, ("thrown",))
check("throw order", log, [("finally", 0), ("finally", 1), ("finally", 2)])
log.clear()
g = guarded(2)
next(g)
next(g)
g.close()
check("close order", log, [("finally", 0), ("finally", 1), ("finally", 2)])
check("closed", list(g), [])


# Members that are resumed by others than their delegator.
def outer(inner):
    got = yield from inner
    yield ("outer", got)


inner = walk(2, range(10))
g = outer(outer(inner))
check("before", [next(g), next(g)], [0, 1])
check("direct", [next(inner), next(inner)], [2, 3])
check("after", [next(g), next(g)], [4, 5])
check("rest", list(inner), [6, 7, 8, 9])
check("ended", list(g), [("outer", None), ("outer", None)])

# Two that share a delegate.
shared = walk(3, range(6))
a, b = outer(shared), outer(shared)
check("shared", [next(a), next(b), next(a), next(a), next(b), next(b)], [0, 1, 2, 3, 4, 5])
check("shared end", next(a), ("outer", "bottom<1<2<3"))
check("shared end", next(b), ("outer", None))


# Running ones cannot be resumed, whichever member is asked.
def reentrant():
    yield "first"
    for member in chain:
        for act in (next, list, lambda g: g.send(None), lambda g: g.throw(KeyError), lambda g: g.close()):
            try:
                act(member)
                yield "resumed"
            except ValueError:
                pass
    yield all(member.gi_running for member in chain) if hasattr(chain[0], "gi_running") else True
    try:
        yield from chain[0]
    except ValueError:
        yield "last"


def through(generator):
    yield from generator


chain = [reentrant()]
for _ in range(3):
    chain.append(through(chain[-1]))
check("running", [x for x in chain[-1]], ["first", True, "last"])


# A delegator that gives up its delegate, which lives on.
def stubborn():
    while True:
        try:
            yield "stubborn"
        except GeneratorExit:
            yield "no"


def gives_up(generator):
    try:
        yield from generator
    except RuntimeError:
        yield "gave up"
    yield "end"


s = stubborn()
middle = gives_up(s)
top = through(through(middle))
check("give up", [next(top), next(top)], ["stubborn", "stubborn"])
try:
    middle.close()
except RuntimeError:
    pass
check("goes on", list(top), ["end"])
check("lives", next(s), "stubborn")


# The exception that a delegator handles is the context of what its delegate raises, and what a bare raise raises.
def bare():
    yield 1
    yield 2
    try:
        raise
    except ZeroDivisionError:
        yield "reraised"


def handling():
    try:
        1 // 0
    except ZeroDivisionError:
        yield from through(bare())


check("handled", list(through(handling())), [1, 2, "reraised"])


# Delegates that are no generators.
def mixed():
    yield from [1, 2]
    yield from through(iter((3, 4)))
    yield from range(5, 7)


check("mixed", list(through(through(mixed()))), [1, 2, 3, 4, 5, 6])

# Consumers written in Rust and in Python take turns.
g = walk(4, range(8))
values = [next(g)]
for x in g:
    values.append(x)
    if x == 3:
        break
values.append(next(g))
values.extend(g)
check("turns", values, list(range(8)))
