"""Queues between tasks."""

import heapq
from collections import deque

from .events import _set_none
from .exceptions import QueueEmpty, QueueFull, QueueShutDown
from .locks import Event, future_for


class Queue:
    """First in, first out; with a `maxsize` above 0, who puts more waits."""

    _loop = None

    def __init__(self, maxsize=0):
        self._maxsize = maxsize
        self._getters = deque()
        self._putters = deque()
        self._unfinished_tasks = 0
        self._finished = Event()
        self._finished.set()
        self._shut_down = False
        self._init(maxsize)

    # How items are kept; other queues change it.

    def _init(self, maxsize):
        self._queue = deque()

    def _get(self):
        return self._queue.popleft()

    def _put(self, item):
        self._queue.append(item)

    def __repr__(self):
        return "<%s at %#x %s>" % (type(self).__name__, id(self), self._format())

    def __str__(self):
        return "<%s %s>" % (type(self).__name__, self._format())

    def _format(self):
        text = "maxsize=%r" % self._maxsize
        if self._queue:
            text += " _queue=%r" % list(self._queue)
        for name, line in ("_getters", self._getters), ("_putters", self._putters):
            if line:
                text += " %s[%d]" % (name, len(line))
        if self._unfinished_tasks:
            text += " tasks=%d" % self._unfinished_tasks
        return text + (" shutdown" if self._shut_down else "")

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)

    @property
    def maxsize(self):
        return self._maxsize

    def qsize(self):
        return len(self._queue)

    def empty(self):
        return not self._queue

    def full(self):
        return 0 < self._maxsize <= self.qsize()

    @staticmethod
    def _wake(line):
        while line:
            future = line.popleft()
            if not future.done():
                future.set_result(None)
                break

    async def _stand(self, line, go_on):
        """Waits in line; who is cancelled after having been told tells the next one if there is reason to go on."""
        future = future_for(self)
        line.append(future)
        try:
            await future
        except BaseException:
            future.cancel()
            if future in line:
                line.remove(future)
            if go_on() and not future.cancelled():
                self._wake(line)
            raise

    async def put(self, item):
        while self.full():
            if self._shut_down:
                raise QueueShutDown
            await self._stand(self._putters, lambda: not self.full())
        self.put_nowait(item)

    def put_nowait(self, item):
        if self._shut_down:
            raise QueueShutDown
        if self.full():
            raise QueueFull
        self._put(item)
        self._unfinished_tasks += 1
        self._finished.clear()
        self._wake(self._getters)

    async def get(self):
        while self.empty():
            if self._shut_down:
                raise QueueShutDown
            await self._stand(self._getters, lambda: not self.empty())
        return self.get_nowait()

    def get_nowait(self):
        if self.empty():
            raise QueueShutDown if self._shut_down else QueueEmpty
        item = self._get()
        self._wake(self._putters)
        return item

    def task_done(self):
        """One item that was got is dealt with."""
        if self._unfinished_tasks <= 0:
            raise ValueError("task_done() called too many times")
        self._unfinished_tasks -= 1
        if not self._unfinished_tasks:
            self._finished.set()

    async def join(self):
        """Waits until all items are dealt with."""
        if self._unfinished_tasks > 0:
            await self._finished.wait()

    def shutdown(self, immediate=False):
        """Nothing more goes in, and what is there comes out, or is dropped."""
        self._shut_down = True
        if immediate:
            while not self.empty():
                self._get()
                if self._unfinished_tasks > 0:
                    self._unfinished_tasks -= 1
            if not self._unfinished_tasks:
                self._finished.set()
        for line in self._getters, self._putters:
            while line:
                _set_none(line.popleft())


class PriorityQueue(Queue):
    """The least item comes first."""

    def _init(self, maxsize):
        self._queue = []

    def _put(self, item):
        heapq.heappush(self._queue, item)

    def _get(self):
        return heapq.heappop(self._queue)


class LifoQueue(Queue):
    """Last in, first out."""

    def _init(self, maxsize):
        self._queue = []

    def _get(self):
        return self._queue.pop()
