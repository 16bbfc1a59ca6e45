# Threads that use up what there is: native stack, frames, memory, threads.
import _thread
import time

from support.concurrency import THREADS, check, results, together


# Deep recursion, by calls of Python and by native ones.
def deep(i):
    def down(n):
        return down(n + 1)

    return down(0)


def deep_native(i):
    x = []
    for _ in range(100000):
        x = [x]
    return repr(x)


class Deep:
    def __repr__(self):
        return repr(self)


check("recursion", together(deep) == ["RecursionError"] * THREADS)
check("native recursion", set(together(deep_native)) <= {"RecursionError", "RuntimeError"})
check("recursion of repr", set(together(lambda i: repr(Deep()))) <= {"RecursionError", "RuntimeError"})
check(
    "recursion of the compiler",
    "SyntaxError" not in together(lambda i: len(repr(compile("(" * 60 + ")" * 60, "x", "eval"))) > 0),
)
together(lambda i: exec("x = " + "-" * 100000 + "1"))


# All memory used up by all at once.
def use_up(i):
    kept = []
    try:
        while True:
            kept.append("x" * 100000 + str(len(kept)))
    finally:
        # An old stack slot may still hold the list.
        kept.clear()


check("memory", together(use_up) == ["MemoryError"] * THREADS)

# As many threads as there may be: the machine refuses in time.
gate = _thread.allocate_lock()
gate.acquire()
started = 0


def wait_at_gate():
    with gate:
        pass


try:
    while started < 3000:
        _thread.start_new_thread(wait_at_gate, ())
        started += 1
except (OSError, MemoryError, RuntimeError):
    pass
check("many threads", started > 50)
gate.release()
while _thread._count():
    time.sleep(0.001)
check("and one more", together(lambda i: i, 1) == [0])


print("ok" if all(results) else "not ok")
