# What threads can do wrong besides sharing containers: generators resumed twice, modules imported at once, globals and functions
# replaced while they run, locks misused, exceptions, collections, threads that outlive the program.
import _thread
import gc
import os
import sys
import time

from support.concurrency import THREADS, check, results, together


# A generator that all resume: one runs it, the others are told so.
def generator():
    for i in range(20):
        time.sleep(0.0005)
        yield i


g = generator()
seen = []


def resume(i):
    errors = 0
    while True:
        try:
            seen.append(next(g))
        except StopIteration:
            return errors
        except ValueError as e:
            assert "already executing" in str(e)
            errors += 1
            time.sleep(0)


errors = together(resume)
check("generator", sorted(seen) == list(range(20)) and sum(errors) > 0)

for method in ("close", "throw"):
    g = generator()
    next(g)

    def disturb(i):
        try:
            return g.close() if method == "close" else g.throw(KeyError)
        except (KeyError, StopIteration, ValueError) as e:
            return type(e).__name__

    check("generator " + method, len(together(disturb)) == THREADS)

# One module, imported by all at once: each sees it whole. Two that import each other do not wait for ever.
with open("slow_module.py", "w") as f:
    f.write("import time\nfirst = 1\ntime.sleep(0.02)\nlast = 2\n")
with open("circle_a.py", "w") as f:
    f.write("import time\ntime.sleep(0.01)\nimport circle_b\na = 1\n")
with open("circle_b.py", "w") as f:
    f.write("import time\ntime.sleep(0.01)\nimport circle_a\nb = 1\n")
with open("failing_module.py", "w") as f:
    f.write("import time\ntime.sleep(0.01)\n1/0\n")
sys.path.insert(0, os.getcwd())


def import_slow(i):
    import slow_module

    return slow_module.last


def import_circle(i):
    if i % 2:
        import circle_a
    else:
        import circle_b
    return "circle_a" in sys.modules and "circle_b" in sys.modules


def import_failing(i):
    import failing_module


check("import", together(import_slow) == [2] * THREADS)
check("circle", together(import_circle) == [True] * THREADS)
check("failing import", together(import_failing) == ["ZeroDivisionError"] * THREADS)


# Globals, attributes of classes and functions that change under those who use them.
class C:
    x = 0

    def method(self):
        return self.x


def change(i):
    global changing, fresh
    for n in range(200):
        changing = n
        C.x = n
        C.method = [lambda self: 1, lambda self: self.x][n % 2]
        c = C()
        c.method()
        c.y = changing
        if i % 2:
            try:
                del fresh
            except NameError:
                pass
        else:
            fresh = n
        exec("changing += 1", globals())
    return c.method() is not None


check("globals", together(change) == [True] * THREADS)


# Locks.
lock = _thread.allocate_lock()
rlock = _thread.RLock()
for wrong in (
    lambda: lock.release(),
    lambda: rlock.release(),
    lambda: lock.acquire(True, -2),
    lambda: lock.acquire(False, 1),
    lambda: lock.acquire(True, 1e300),
    lambda: lock.acquire(True, float("nan")),
    lambda: lock.acquire(True, "x"),
    lambda: lock.acquire(1, 2, 3),
    lambda: type(lock).acquire(5),
    lambda: type(lock).release(rlock),
    lambda: type(rlock).acquire(lock),
    lambda: lock.__exit__(None),
    lambda: _thread.start_new_thread(5, ()),
    lambda: _thread.start_new_thread(print, 5),
    lambda: _thread.start_new_thread(print, (), 5),
    lambda: _thread.start_new_thread(print, (), {1: 2}),
    lambda: _thread.start_new_thread(),
    lambda: _thread.stack_size(-1),
    lambda: _thread.stack_size("x"),
):
    try:
        wrong()
        check("misuse of a lock", False)
    except (RuntimeError, ValueError, TypeError, OverflowError):
        pass
check("timeout", lock.acquire() and not lock.acquire(True, 0.01) and not lock.acquire(False))


def release_for_others(i):
    # The lock is released by threads that did not acquire it.
    got = lock.acquire(True, 0.05)
    lock.release()
    return got in (True, False)


lock.release()
check("foreign release", set(together(release_for_others)) <= {True, "RuntimeError"})
check("not the owner", rlock.acquire() and together(lambda i: rlock.release()) == ["RuntimeError"] * THREADS)
rlock.release()
count = 0


def counting(i):
    global count
    for n in range(200):
        with rlock, rlock:
            seen = count
            if n % 50 == 0:
                time.sleep(0)
            count = seen + 1


together(counting)
check("counting", count == 200 * THREADS)


# A lock that dies while threads wait for it keeps nobody from anything.
def wait_on_temporary(i):
    own = _thread.allocate_lock()
    own.acquire()
    return own.acquire(True, 0.005)


check("lock of one's own", together(wait_on_temporary) == [False] * THREADS)


# Collections, finalizers and scheduled calls among threads.
class Final:
    deleted = 0

    def __del__(self):
        Final.deleted += 1
        time.sleep(0)


def collect(i):
    for n in range(5):
        circle = [Final()]
        circle.append(circle)
        circle = None
        gc.collect()
    return gc.collect() >= 0


check("finalizers", together(collect) == [True] * THREADS)

try:
    import micropython

    calls = []

    def schedule(i):
        for n in range(50):
            try:
                micropython.schedule(calls.append, _thread.get_ident())
            except RuntimeError:
                time.sleep(0)
        return True

    check("schedule", together(schedule) == [True] * THREADS and len(calls) > 0)
    check("heap_lock", together(lambda i: (micropython.heap_lock(), micropython.heap_unlock())) == [(None, 0)] * THREADS)
except ImportError:
    pass


# What is printed by threads comes out whole, and a thread's exception is its own.
def fail(i):
    try:
        raise ValueError(i)
    except ValueError as e:
        time.sleep(0.001)
        try:
            {}[i]
        except KeyError as inner:
            time.sleep(0.001)
            return inner.args[0] == i and e.args[0] == i and sys.exc_info()[1] is inner


check("exceptions", together(fail) == [True] * THREADS)
_thread.start_new_thread(lambda: 1 / 0, ())
_thread.start_new_thread(_thread.exit, ())
_thread.start_new_thread(sys.exit, (3,))
time.sleep(0.02)


# Threads that never end do not keep the program from ending.
def for_ever(i):
    while True:
        try:
            while True:
                if i % 2:
                    time.sleep(1000)
        except BaseException:
            pass


for i in range(4):
    _thread.start_new_thread(for_ever, (i,))
waiting = _thread.allocate_lock()
waiting.acquire()
os.system("mkfifo pipe")
pipe = open("pipe", "r+")
_thread.start_new_thread(pipe.read, (1,))


class Closes:
    def __del__(self):
        pipe.close()


closes = Closes()
_thread.start_new_thread(waiting.acquire, ())
print("ok" if all(results) else "not ok")
