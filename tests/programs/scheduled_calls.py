# micropython.schedule: calls between two instructions, in order, one at a time, in the main thread.
import _thread
import time
from micropython import kbd_intr, schedule

calls = []
# Loops end where memory fails inside of a call that they wait for.
ENOUGH = 300_000


def note(x):
    calls.append(x)


for i in range(5):
    schedule(note, i)
time.sleep(0)
print(calls)

# A loop makes them without a sleep.
schedule(note, "loop")
for _ in range(ENOUGH):
    if "loop" in calls:
        break
print(calls[-1])


# What a call schedules waits for its end.
def nested(x):
    schedule(note, "inner")
    time.sleep(0)
    note("outer")


schedule(nested, None)
for _ in range(ENOUGH):
    if "inner" in calls:
        break
print(calls[-2:])

# There is room for eight.
full = 0


def fill(x):
    global full
    try:
        while True:
            schedule(note, None)
            full += 1
    except RuntimeError as e:
        print(e)


schedule(fill, None)
time.sleep(0)
print(full)
time.sleep(0)

# An exception ends only the call.
schedule(lambda x: 1 / 0, None)
time.sleep(0)
print("goes on")

# kbd_intr is Ctrl-C: once, however often it is scheduled, and not inside of a scheduled call.
try:
    for i in range(20):
        schedule(kbd_intr, None)
    for _ in range(ENOUGH):
        pass
except KeyboardInterrupt:
    print("KeyboardInterrupt")
time.sleep(0)


def interrupts(x):
    schedule(kbd_intr, None)
    time.sleep(0)
    print("still here")


schedule(interrupts, None)
try:
    for _ in range(ENOUGH):
        pass
except KeyboardInterrupt:
    print("KeyboardInterrupt")

# Calls that other threads schedule are made by the main one, even while it waits.
idents = set()


def who(x):
    idents.add(_thread.get_ident())
    if len(idents) and x == 2:
        lock.release()


def from_thread():
    for i in range(3):
        schedule(who, i)


lock = _thread.allocate_lock()
lock.acquire()
_thread.start_new_thread(from_thread, ())
lock.acquire(True, 10)
print(idents == {_thread.get_ident()})
try:
    _thread.start_new_thread(_thread.interrupt_main, ())
    time.sleep(10)
except KeyboardInterrupt:
    print("KeyboardInterrupt")
