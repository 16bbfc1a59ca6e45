"""Waiting for several things."""

from .events import get_event_loop, get_running_loop
from .exceptions import CancelledError
from .futures import Future, isfuture
from .tasks import ensure_future, iscoroutine

FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"


class _Gathering(Future):
    """Cancelling it cancels all that are gathered."""

    def __init__(self, children, *, loop):
        super().__init__(loop=loop)
        self._children = children
        self._requested = False

    def cancel(self, msg=None):
        if self.done():
            return False
        cancelled = False
        for child in self._children:
            cancelled |= child.cancel(msg=msg)
        self._requested |= cancelled
        return cancelled


def gather(*coros_or_futures, return_exceptions=False):
    """A future for the list of all results, in this order. Without `return_exceptions` the first exception ends it."""
    if not coros_or_futures:
        outer = get_event_loop().create_future()
        outer.set_result([])
        return outer
    # The same awaitable may stand there more than once.
    made = {}
    children = []
    loop = None
    for each in coros_or_futures:
        child = made.get(id(each))
        if child is None:
            child = made[id(each)] = ensure_future(each, loop=loop)
            loop = child._loop
        children.append(child)
    left = len(made)
    outer = _Gathering(children, loop=loop)

    def done(child):
        nonlocal left
        left -= 1
        if outer.done():
            if not child.cancelled():
                child.exception()
            return
        if not return_exceptions:
            if child.cancelled():
                outer.set_exception(child._cancelled_error())
                return
            if child.exception() is not None:
                outer.set_exception(child.exception())
                return
        if left:
            return
        results = []
        for child in children:
            if child.cancelled():
                results.append(CancelledError() if child._message is None else CancelledError(child._message))
            else:
                error = child.exception()
                results.append(child.result() if error is None else error)
        if outer._requested:
            outer.set_exception(child._cancelled_error() if child.cancelled() else CancelledError())
        else:
            outer.set_result(results)

    for child in made.values():
        child.add_done_callback(done)
    return outer


def shield(arg):
    """A future for an awaitable that goes on when who waits for it is cancelled."""
    inner = ensure_future(arg)
    if inner.done():
        return inner
    outer = inner._loop.create_future()

    def inner_done(inner):
        if outer.cancelled():
            return
        if inner.cancelled():
            outer.cancel()
        elif inner.exception() is not None:
            outer.set_exception(inner.exception())
        else:
            outer.set_result(inner.result())

    def outer_done(outer):
        if not inner.done():
            inner.remove_done_callback(inner_done)

    inner.add_done_callback(inner_done)
    outer.add_done_callback(outer_done)
    return outer


def _enough(future, when):
    """Whether this one's end ends the wait."""
    if when == FIRST_COMPLETED:
        return True
    return when == FIRST_EXCEPTION and not future.cancelled() and future._exception is not None


async def wait(fs, *, timeout=None, return_when=ALL_COMPLETED):
    """Two sets, of the futures that are done and of the others."""
    if isfuture(fs) or iscoroutine(fs):
        raise TypeError("expect a list of futures, not %s" % type(fs).__name__)
    if not fs:
        raise ValueError("Set of Tasks/Futures is empty.")
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError("Invalid return_when value: %s" % return_when)
    fs = set(fs)
    if any(iscoroutine(each) for each in fs):
        raise TypeError("Passing coroutines is forbidden, use tasks explicitly.")
    loop = get_running_loop()
    open_ = {each for each in fs if not each.done()}
    if open_ and not any(_enough(each, return_when) for each in fs if each.done()):
        waiter = loop.create_future()
        left = len(open_)

        def one(future):
            nonlocal left
            left -= 1
            if (not left or _enough(future, return_when)) and not waiter.done():
                waiter.set_result(None)

        def late():
            if not waiter.done():
                waiter.set_result(None)

        handle = None if timeout is None else loop.call_later(timeout, late)
        for each in open_:
            each.add_done_callback(one)
        try:
            await waiter
        finally:
            if handle is not None:
                handle.cancel()
            for each in open_:
                each.remove_done_callback(one)
    done = {each for each in fs if each.done()}
    return done, fs - done


class _AsCompleted:
    """Iterates over awaitables in the order in which they end: `for` gives something to await, `async for` the futures."""

    def __init__(self, aws, timeout):
        from .queues import Queue

        self._queue = Queue()
        loop = get_event_loop()
        self._open = {ensure_future(each, loop=loop) for each in set(aws)}
        self._left = len(self._open)
        self._handle = None
        if self._open and timeout is not None:
            self._handle = loop.call_later(timeout, self._late)
        for each in self._open:
            each.add_done_callback(self._done)

    def _done(self, future):
        if future in self._open:
            self._open.remove(future)
            self._queue.put_nowait(future)
            if not self._open and self._handle is not None:
                self._handle.cancel()

    def _late(self):
        for each in self._open:
            each.remove_done_callback(self._done)
            self._queue.put_nowait(None)
        self._open.clear()

    async def _next(self, results):
        future = await self._queue.get()
        if future is None:
            raise TimeoutError
        return future.result() if results else future

    def __iter__(self):
        return self

    def __next__(self):
        if not self._left:
            raise StopIteration
        self._left -= 1
        return self._next(True)

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self._left:
            raise StopAsyncIteration
        self._left -= 1
        return await self._next(False)


def as_completed(fs, *, timeout=None):
    """Iterates over awaitables as they end."""
    if isfuture(fs) or iscoroutine(fs):
        raise TypeError("expect an iterable of futures, not %s" % type(fs).__name__)
    return _AsCompleted(fs, timeout)
