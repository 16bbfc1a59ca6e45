# What the programs about threads share.
import _thread
import time

THREADS = 8
results = []


def together(function, n=THREADS):
    """Calls function(i) in n threads; gives what they returned or raised, in order."""
    done = [None] * n
    left = [n]
    lock = _thread.allocate_lock()

    def body(i):
        try:
            done[i] = function(i)
        except BaseException as e:
            done[i] = type(e).__name__
        with lock:
            left[0] -= 1

    for i in range(n):
        _thread.start_new_thread(body, (i,))
    while left[0]:
        time.sleep(0)
    return done


def check(name, condition):
    results.append(condition)
    if not condition:
        print("wrong:", name)
