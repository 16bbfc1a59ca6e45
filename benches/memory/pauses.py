"""The collector: the pause of a collection with 100,000 instances, 100,000 lists and 100,000 texts alive, and the time that garbage takes. Any
interpreter runs it; microseconds are printed."""
import gc
import time


def now():
    return time.ticks_us() if hasattr(time, "ticks_us") else time.perf_counter_ns() // 1000


class Thing:
    def __init__(self, number):
        self.number = number
        self.items = [number]
        self.text = "thing %d" % number


def pause():
    best = 10**9
    for _ in range(7):
        start = now()
        gc.collect()
        best = min(best, now() - start)
    return best


def garbage():
    start = now()
    total = 0
    for i in range(500000):
        total += len([i, i])
    return now() - start


print("empty heap, one collection:", pause())
print("500,000 lists of garbage:", garbage())
keep = [Thing(i) for i in range(100000)]
print("300,000 objects, one collection:", pause())
print("500,000 lists of garbage beside them:", garbage())
