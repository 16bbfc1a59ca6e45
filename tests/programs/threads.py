# Threads that take turns: starting, arguments, locks, waits with a limit, exceptions, identity.
import _thread
import time


def wait_until(condition):
    while not condition():
        time.sleep(0.001)


# Arguments, by position and by name.
out = []


def record(*args, **kwargs):
    out.append((args, kwargs))


for args in [((),), ((1, 2),), ((1,), {"x": 5})]:
    n = len(out)
    print(isinstance(_thread.start_new_thread(record, *args), int))
    wait_until(lambda: len(out) > n)
print(out)

for wrong in [(1, ()), (record, 1), (record, (), 1), (record,), ()]:
    try:
        _thread.start_new_thread(*wrong)
    except TypeError:
        print("TypeError")

# Turns are passed in loops, calls, comprehensions, generators.
counts = [0] * 4
stop = False


def count(i):
    def numbers():
        n = 0
        while not stop:
            n += 1
            yield n

    for n in numbers():
        counts[i] = sum(x for x in range(3)) and n


for i in range(4):
    _thread.start_new_thread(count, (i,))
wait_until(lambda: all(counts))
stop = True
print("all have had turns")

# A lock keeps the others out.
lock = _thread.allocate_lock()
total = 0
left = 4


def add(n):
    global total, left
    for i in range(n):
        with lock:
            seen = total
            if i % 50 == 0:
                time.sleep(0)
            total = seen + 1
    with lock:
        left -= 1


for i in range(4):
    _thread.start_new_thread(add, (300,))
wait_until(lambda: not left)
print(total)

# What acquire and release answer.
print(lock.locked(), lock.acquire(), lock.locked(), lock.acquire(False), lock.acquire(True, 0.01), lock.acquire(timeout=0.01))
print(lock.acquire(blocking=False))
lock.release()
try:
    lock.release()
except RuntimeError as e:
    print(e)
for wrong in [(False, 1), (True, -3), (True, 1e10)]:
    try:
        lock.acquire(*wrong)
    except (ValueError, OverflowError) as e:
        print(type(e).__name__)
with lock as got:
    print(got, lock.locked())
print(lock.locked(), _thread.LockType is type(lock), _thread.error)

# A lock as a signal: another thread releases it.
lock.acquire()
_thread.start_new_thread(lock.release, ())
print(lock.acquire(True, 10))
lock.release()


def late():
    time.sleep(0.05)
    lock.release()


lock.acquire()
_thread.start_new_thread(late, ())
print(lock.acquire())
lock.release()

# Locks that count.
rlock = _thread.RLock()
print(rlock.acquire(), rlock.acquire(), rlock._is_owned())
got = []
_thread.start_new_thread(lambda: got.append(rlock.acquire(False)), ())
wait_until(lambda: got)
print(got)
rlock.release()
rlock.release()
try:
    rlock.release()
except RuntimeError as e:
    print(e)
with rlock, rlock:
    pass

# Each thread has its own exceptions.
barrier = [0]


def fail(i):
    try:
        raise ValueError(i)
    except ValueError as e:
        barrier[0] += 1
        wait_until(lambda: barrier[0] >= 3)
        try:
            raise KeyError(i)
        except KeyError as inner:
            caught.append((i, e.args[0], inner.__context__.args[0]))


caught = []
for i in range(3):
    _thread.start_new_thread(fail, (i,))
wait_until(lambda: len(caught) == 3)
print(sorted(caught))

# Ends of threads.
ended = []


def leave(how):
    try:
        how()
    finally:
        ended.append(1)


def system_exit():
    raise SystemExit


_thread.start_new_thread(leave, (_thread.exit,))
_thread.start_new_thread(leave, (system_exit,))
wait_until(lambda: len(ended) == 2)
print("main goes on")

# Identity.
idents = []
for i in range(3):
    _thread.start_new_thread(lambda: idents.append(_thread.get_ident()), ())
    wait_until(lambda: len(idents) > i)
print(_thread.get_ident() == _thread.get_ident(), _thread.get_ident() not in idents, all(type(i) is int for i in idents))

# Generators are resumed by one thread at a time.
ready = [False, False]


def body():
    ready[0] = True
    wait_until(lambda: ready[1])
    yield 1
    yield 2


g = body()
got = []
_thread.start_new_thread(lambda: got.append(next(g)), ())
wait_until(lambda: ready[0])
try:
    next(g)
except ValueError as e:
    print(e)
ready[1] = True
wait_until(lambda: got)
print(got, next(g))

# Deep recursion in a thread ends as it does elsewhere.
depth = []


def down(n):
    try:
        return down(n + 1)
    except RecursionError:
        return n


_thread.start_new_thread(lambda: depth.append(down(0)), ())
wait_until(lambda: depth)
print(depth[0] > 100)

# A thread that still runs does not keep the program from ending.
_thread.start_new_thread(time.sleep, (1000,))
print("end")
