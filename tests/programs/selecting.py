# select: waiting for files and for streams written in Python.
import _thread
import io
import select
import sys
import time

poller = select.poll()
with open(__file__) as file:
    poller.register(file, select.POLLIN)
    print([(found is file, events) for found, events in poller.poll(1000)])
    poller.modify(file, select.POLLIN | select.POLLOUT)
    print([events for _, events in poller.poll()], [events for _, events in poller.ipoll(0, 1)], poller.poll(0))
    readable, writable, other = select.select([file], [sys.stdout, file], [], 5)
    print(readable == [file], writable == [sys.stdout, file], other)
    poller.unregister(file)
    poller.unregister(file)
    print(poller.poll(0))
try:
    poller.modify(1, select.POLLIN)
except OSError as error:
    print("not registered", error.errno)


class Stream(io.IOBase):
    def __init__(self):
        self.state = 0

    def ioctl(self, request, argument):
        return self.state & argument if request == 3 and self.state >= 0 else self.state


stream = Stream()
poller.register(stream)
print(poller.poll(10))
stream.state = select.POLLOUT
print([(found is stream, events) for found, events in poller.poll(10)])
poller.modify(stream, select.POLLIN)
print(poller.poll(0))


def later():
    time.sleep(0.05)
    stream.state = select.POLLIN


_thread.start_new_thread(later, ())
print([events for _, events in poller.poll()])
stream.state = -5
for wrong in (lambda: poller.poll(0), lambda: poller.register(3.5), lambda: select.select([1], [], [None])):
    try:
        wrong()
    except (OSError, TypeError) as error:
        print(type(error).__name__, error)

start = time.time()
print(select.select([], [], [], 0.05), time.time() - start >= 0.04)
