"""Waiting for files and streams. Objects are those that were registered, as in MicroPython; a stream written in Python is
asked through its method `ioctl`."""

import time

import _select

POLLIN = 1
POLLPRI = 2
POLLOUT = 4
POLLERR = 8
POLLHUP = 16
POLLNVAL = 32

_ENOENT = 2
# Requests to `ioctl`, and how often a stream written in Python is asked, in milliseconds.
_POLL = 3
_INTERVAL = 1


def _descriptor(obj):
    """The number of the file, or None for a stream written in Python."""
    if isinstance(obj, int):
        return obj
    if hasattr(obj, "ioctl"):
        return None
    if not hasattr(obj, "fileno"):
        raise TypeError("stream operation not supported")
    return obj.fileno()


def _ready(entries):
    """What can be said of the streams written in Python without waiting."""
    result = []
    for obj, descriptor, events in entries:
        if descriptor is None:
            found = obj.ioctl(_POLL, events)
            if found < 0:
                raise OSError(-found)
            if found:
                result.append((obj, found))
    return result


def _wait(entries, timeout):
    """Pairs (object, events) of the entries that are ready; waits so many milliseconds at most, without end if negative."""
    files = [entry for entry in entries if entry[1] is not None]
    numbers = [(descriptor, events) for _, descriptor, events in files]
    asked = len(files) < len(entries)
    end = None if timeout < 0 else time.ticks_add(time.ticks_ms(), timeout)
    while True:
        result = _ready(entries) if asked else []
        left = -1 if end is None else max(0, time.ticks_diff(end, time.ticks_ms()))
        if result:
            left = 0
        elif asked and (left < 0 or left > _INTERVAL):
            left = _INTERVAL
        found = _select.wait(numbers, left)
        result += [(entry[0], events) for entry, events in zip(files, found) if events]
        if result or end is not None and time.ticks_diff(end, time.ticks_ms()) <= 0:
            return result


class poll:
    def __init__(self):
        self._entries = {}

    def register(self, obj, eventmask=POLLIN | POLLOUT):
        self._entries[id(obj)] = [obj, _descriptor(obj), eventmask]

    def unregister(self, obj):
        self._entries.pop(id(obj), None)

    def modify(self, obj, eventmask):
        if id(obj) not in self._entries:
            raise OSError(_ENOENT)
        self._entries[id(obj)][2] = eventmask

    def poll(self, timeout=-1):
        """Pairs (object, events); `timeout` is in milliseconds."""
        return _wait(list(self._entries.values()), -1 if timeout is None else int(timeout))

    def ipoll(self, timeout=-1, flags=0):
        """The same as an iterator; with `flags` 1 an object that was ready is not waited for again."""
        found = self.poll(timeout)
        if flags & 1:
            for obj, _ in found:
                self._entries[id(obj)][2] = 0
        return iter(found)


def select(rlist, wlist, xlist, timeout=None):
    """The objects that can be read from, written to, or have an exceptional condition; `timeout` is in seconds."""
    wanted = {}
    lists = (list(rlist), list(wlist), list(xlist))
    for objects, bit in zip(lists, (POLLIN, POLLOUT, POLLPRI)):
        for obj in objects:
            entry = wanted.setdefault(id(obj), [obj, _descriptor(obj), 0])
            entry[2] |= bit
    found = _wait(list(wanted.values()), -1 if timeout is None else max(0, int(timeout * 1000)))
    events = {id(obj): bits for obj, bits in found}
    masks = (POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, POLLPRI)
    return tuple([obj for obj in objects if events.get(id(obj), 0) & mask] for objects, mask in zip(lists, masks))
