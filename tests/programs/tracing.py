# sys.settrace: events, frames, trace functions that misbehave.
import sys

log = []


def tracer(frame, event, arg):
    if event == "exception":
        arg = (arg[0].__name__, str(arg[1]))
    if isinstance(arg, Pair):
        arg = arg.a
    name = frame.f_code.co_name
    first = frame.f_code.co_firstlineno
    log.append((event, name, frame.f_lineno - first, arg))
    return tracer


def traced(function, *args, trace=tracer):
    log.clear()
    sys.settrace(trace)
    try:
        result = function(*args)
    except Exception as e:
        result = repr(e)
    sys.settrace(None)
    print(function.__name__, result)
    for entry in log:
        print("  ", *entry)


def plain(x):
    y = x + 1
    return inner(
        y,
    )


def inner(a, b=2, *args, **kwargs):
    return a * b


def counting(n):
    for i in range(n):
        yield i
    return "end"


def loops():
    total = [i for i in counting(2)]
    while total: total.pop()
    return sum(i for i in (1, 2))


def catches():
    try:
        throws(0)
    except ZeroDivisionError as e:
        return type(e).__name__
    finally:
        done = True


def throws(n):
    return 1 // n


def quiet(n):
    return n


class Pair:
    def __init__(self, a):
        self.a = a

    def __add__(self, other):
        return Pair(self.a + other.a)


def objects():
    return (Pair(1) + Pair(2)).a, sorted([3, 1], key=lambda n: -n)


traced(plain, 20)
traced(loops)
traced(catches)
traced(throws, 0)
traced(objects)

# Only calls are reported when the global function returns None.
traced(plain, 1, trace=lambda frame, event, arg: log.append((event, frame.f_code.co_name)))


# Frames.
def looks(n):
    a, b = n, [n]
    closed = 5
    def inside():
        return closed + look()
    return inside()


def look():
    frame = sys._getframe()
    names = []
    while frame:
        names.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
        if frame.f_code.co_name == "looks":
            print(sorted(key for key in frame.f_locals if key != "inside"), frame.f_locals["b"], frame.f_locals["closed"])
        assert frame.f_globals is globals()
        frame = frame.f_back
    print(names[:3])
    return 1


print(looks(7))
old = sys._getframe()
print(old.f_code.co_name, type(old).__name__, str(old).split(",")[-1])
kept = []


def keep(frame, event, arg):
    kept.append(frame)
    return keep


traced(plain, 1, trace=keep)
print(len(kept), {frame.f_code.co_name for frame in kept} == {"plain", "inner", "traced"} or [f.f_code.co_name for f in kept], kept[0].f_locals, kept[0].f_back)


# A trace function that raises ends the tracing, and the exception goes on in the traced code.
def raising(frame, event, arg):
    if event == "line" and frame.f_code.co_name == "quiet":
        raise KeyError("from the tracer")
    return raising


def outer():
    try:
        quiet(1)
    except KeyError as e:
        return e.args, sys.gettrace()


traced(outer, trace=raising)


# One that turns itself off, changes f_trace, or the recursion limit.
def once(frame, event, arg):
    log.append((event, frame.f_code.co_name))
    sys.settrace(None)


traced(plain, 2, trace=once)


def to_other(frame, event, arg):
    def other(frame, event, arg):
        log.append(("other", event))
        frame.f_trace = None
    return other


traced(plain, 3, trace=to_other)


def limit(frame, event, arg):
    sys.setrecursionlimit(sys.getrecursionlimit() + 7)
    return limit


def deep(n):
    return n and deep(n - 1)


traced(deep, 30, trace=limit)
count = 0


def counter(frame, event, arg):
    global count
    count += 1
    return counter


def endless(n):
    return endless(n + 1)


sys.setrecursionlimit(200)
sys.settrace(counter)
try:
    endless(0)
except RecursionError:
    print("RecursionError", count > 300)
sys.settrace(None)


async def manager():
    class M:
        async def __aenter__(self):
            return 5
        async def __aexit__(self, *args):
            return False
    async with M() as m:
        return m


def drive():
    try:
        manager().send(None)
    except StopIteration as e:
        return e.value


traced(drive, trace=counter)
sys.settrace(counter)
exec("def made():\n return 1\nmade()")
sys.settrace(5)
print(sys.gettrace())
try:
    sys._getframe(1000)
except ValueError as e:
    print(e)
