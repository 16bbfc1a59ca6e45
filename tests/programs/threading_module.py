# The module threading: what its classes do, their errors, threads that the program waits for at its end.
import sys
import threading
import time


def raises(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except BaseException as e:
        return type(e).__name__ + ": " + str(e)
    return "nothing"


# Threads.
def body(*args, **kwargs):
    me = threading.current_thread()
    print(me.name, args, kwargs, me.is_alive(), me.daemon, me.ident == threading.get_ident(), me in threading.enumerate())


t = threading.Thread(target=body, args=(1, 2), kwargs={"x": 3})
print(t.name, t.is_alive(), t.ident, t.daemon, raises(t.join))
t.start()
again = raises(t.start)
t.join()
print(again)
print(t.is_alive(), t.ident is not None, raises(t.start), repr(t).startswith("<Thread(Thread-1 (body), stopped "))
t = threading.Thread(None, body, "named", daemon=True)
t.start()
t.join(10)
t.join()
t = threading.Thread()
print(t.name, repr(t))
t.name = "other"
t.daemon = True
print(t.name, t.daemon, repr(t))
t.start()
t.join()
print(raises(threading.Thread, 1))
print(raises(threading.current_thread().join))


class Mine(threading.Thread):
    def __init__(self, n):
        super().__init__(name="mine")
        self.n = n

    def run(self):
        self.result = self.n * 2
        print(raises(setattr, self, "daemon", True))


m = Mine(4)
m.start()
m.join()
print(m.result, m.name)


class Forgets(threading.Thread):
    def __init__(self):
        pass


print(raises(Forgets().start), raises(Forgets().join))

main = threading.main_thread()
print(main.name, main is threading.current_thread(), main.daemon, main.is_alive(), threading.active_count(), threading.enumerate() == [main])
print(raises(main.start), raises(lambda: setattr(main, "daemon", True)))

# Threads inherit whether they are daemons.
inherited = []
t = threading.Thread(target=lambda: inherited.append(threading.Thread().daemon), daemon=True)
t.start()
t.join()
print(inherited)

# An exception that nobody catches.
hooked = []
threading.excepthook = lambda args: hooked.append((args.exc_type, str(args.exc_value), args.thread.name))
t = threading.Thread(target=lambda: 1 / 0, name="divides")
t.start()
t.join()
t = threading.Thread(target=sys.exit, name="exits")
t.start()
t.join()
print([h for h in hooked if h[0] is not SystemExit])
threading.excepthook = threading.__excepthook__

# Locks.
lock = threading.Lock()
print(lock.acquire(), lock.acquire(False), lock.acquire(timeout=0.01), lock.locked())
lock.release()
print(raises(lock.release), isinstance(lock, threading.Lock))
rlock = threading.RLock()
with rlock:
    with rlock:
        got = []
        t = threading.Thread(target=lambda: got.append(rlock.acquire(blocking=False)))
        t.start()
        t.join()
        print(got)
print(raises(rlock.release))

# Events.
event = threading.Event()
print(event.is_set(), event.wait(0.01))
seen = []
threads = [threading.Thread(target=lambda: seen.append(event.wait())) for i in range(3)]
for t in threads:
    t.start()
time.sleep(0.02)
print(seen)
event.set()
for t in threads:
    t.join()
print(seen, event.is_set(), event.wait(0))
event.clear()
print(event.is_set())

# Conditions.
condition = threading.Condition()
queue = []
taken = []


def take(n):
    for i in range(n):
        with condition:
            condition.wait_for(lambda: queue)
            taken.append(queue.pop(0))


threads = [threading.Thread(target=take, args=(5,)) for i in range(3)]
for t in threads:
    t.start()
for i in range(15):
    with condition:
        queue.append(i)
        condition.notify()
for t in threads:
    t.join()
print(sorted(taken))
print(raises(condition.notify), "|", raises(condition.wait))
with condition:
    print(condition.wait(0.01), condition.wait(0), condition.wait_for(lambda: False, 0.01), condition.wait_for(lambda: 5))
    with condition:
        print(condition.wait(0.01))
condition.notify_all if False else None
other = threading.Condition(threading.Lock())
with other:
    other.notify_all()
    print(other.wait(timeout=0.01))
print(raises(other.notify_all))

# Semaphores.
semaphore = threading.Semaphore(2)
print(semaphore.acquire(), semaphore.acquire(False), semaphore.acquire(False), semaphore.acquire(timeout=0.01))
semaphore.release(2)
with semaphore:
    print(semaphore.acquire(blocking=False), semaphore.acquire(blocking=False))
print(raises(threading.Semaphore, -1), raises(semaphore.acquire, False, 1), raises(semaphore.release, 0))
bounded = threading.BoundedSemaphore(1)
with bounded:
    pass
print(raises(bounded.release))
inside = 0
most = 0
four = threading.BoundedSemaphore(4)


def enter():
    global inside, most
    with four:
        inside += 1
        most = max(most, inside)
        time.sleep(0.002)
        inside -= 1


threads = [threading.Thread(target=enter) for i in range(12)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(inside, 1 <= most <= 4)

# Barriers.
order = []
barrier = threading.Barrier(3, action=lambda: order.append("all here"))
indices = []


def meet():
    for i in range(3):
        indices.append(barrier.wait())
        order.append("gone")


threads = [threading.Thread(target=meet) for i in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(indices), order.count("all here"), order[0], order.index("gone"), barrier.parties, barrier.n_waiting, barrier.broken)
print(raises(barrier.wait, 0.01), barrier.broken, raises(barrier.wait))
barrier.reset()
print(barrier.broken)
broken = []
t = threading.Thread(target=lambda: broken.append(raises(barrier.wait)))
t.start()
while not barrier.n_waiting:
    time.sleep(0.001)
barrier.reset()
t.join()
print(broken, barrier.broken)
barrier.abort()
print(barrier.broken, issubclass(threading.BrokenBarrierError, RuntimeError), raises(threading.Barrier, 0))
bad = threading.Barrier(1, lambda: 1 / 0)
print(raises(bad.wait), bad.broken)

# Timers.
rung = []
timer = threading.Timer(0.01, rung.append, ["ring"])
timer.start()
timer.join()
cancelled = threading.Timer(100, rung.append, ["never"])
cancelled.start()
cancelled.cancel()
cancelled.join()
print(rung)

# Attributes of one's own.
own = threading.local()
own.x = "main"


def look():
    before = hasattr(own, "x")
    own.x = threading.current_thread().name
    time.sleep(0.002)
    print_lock.acquire()
    print(before, own.x == threading.current_thread().name, sorted(own.__dict__))
    print_lock.release()


print_lock = threading.Lock()
threads = [threading.Thread(target=look) for i in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(own.x, own.__dict__, raises(lambda: own.y)[:14], raises(setattr, own, "__dict__", {})[:14])
del own.x
print(raises(lambda: own.x)[:14], raises(delattr, own, "x")[:14])


class Local(threading.local):
    kind = "class attribute"

    def __init__(self, start):
        self.list = [start]

    @property
    def first(self):
        return self.list[0]

    @first.setter
    def first(self, value):
        self.list[0] = value

    def add(self, x):
        self.list.append(x)
        return self.list


mine = Local(1)
mine.add(2)
mine.first = 0
t = threading.Thread(target=lambda: print(mine.add(3), mine.first, mine.kind))
t.start()
t.join()
print(mine.list, mine.kind, raises(threading.local, 1))

# Threads of _thread are known as well.
import _thread

other = []
_thread.start_new_thread(lambda: other.append(threading.current_thread()), ())
while not other:
    time.sleep(0.001)
print(type(other[0]).__name__, other[0].daemon, other[0].name.startswith("Dummy-"), raises(other[0].join))

# The program waits for what is no daemon.
def slow():
    time.sleep(0.05)
    print("slow thread ends")


threading.Thread(target=slow).start()
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
print("main ends")
