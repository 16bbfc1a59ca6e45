"""What tasks use to agree with each other."""

from collections import deque

from .events import _set_none, get_running_loop
from .exceptions import BrokenBarrierError, CancelledError


def future_for(waited):
    """A future in the loop that runs, which is the one of all who wait for this object."""
    loop = get_running_loop()
    if waited._loop is None:
        waited._loop = loop
    if waited._loop is not loop:
        raise RuntimeError("%r is bound to a different event loop" % (waited,))
    return loop.create_future()


class _Line:
    """Tasks that stand in line, in order."""

    _loop = None

    def __init__(self):
        self._waiters = None

    def _state(self):
        return ""

    def __repr__(self):
        waiters = ", waiters:%d" % len(self._waiters) if self._waiters else ""
        text = object.__repr__(self)[1:-1]
        return "<%s [%s%s]>" % (text, self._state(), waiters)

    def _line_up(self):
        """A future that waits for its turn."""
        future = future_for(self)
        if self._waiters is None:
            self._waiters = deque()
        self._waiters.append(future)
        return future

    async def _stand(self):
        """Waits for one's turn."""
        future = self._line_up()
        try:
            await future
        finally:
            self._waiters.remove(future)

    def _next(self):
        """Tells the first who was not told yet. False if there is none."""
        for future in self._waiters or ():
            if not future.done():
                future.set_result(True)
                return True
        return False


class _Held(_Line):
    """What `async with` acquires and releases."""

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, *exception):
        self.release()


class Lock(_Held):
    """At most one task holds it."""

    def __init__(self):
        super().__init__()
        self._locked = False

    def _state(self):
        return "locked" if self._locked else "unlocked"

    def locked(self):
        return self._locked

    def _next(self):
        # The first has been told, or goes away and passes it on.
        if self._waiters and not self._waiters[0].done():
            self._waiters[0].set_result(True)

    async def acquire(self):
        if self._locked or self._waiters and not all(each.cancelled() for each in self._waiters):
            try:
                await self._stand()
            except CancelledError:
                if not self._locked:
                    self._next()
                raise
        self._locked = True
        return True

    def release(self):
        if not self._locked:
            raise RuntimeError("Lock is not acquired.")
        self._locked = False
        self._next()


class Event(_Line):
    """Something that has happened or not."""

    def __init__(self):
        super().__init__()
        self._value = False

    def _state(self):
        return "set" if self._value else "unset"

    def is_set(self):
        return self._value

    def set(self):
        if not self._value:
            self._value = True
            for future in self._waiters or ():
                _set_none(future)

    def clear(self):
        self._value = False

    async def wait(self):
        if not self._value:
            await self._stand()
        return True


class ThreadSafeFlag:
    """Set by anybody, an interrupt among them; the one task that waits for it clears it by going on (MicroPython)."""

    def __init__(self):
        self._flag = False
        self._waiter = None

    def set(self):
        self._flag = True
        waiter = self._waiter
        if waiter is not None:
            waiter._loop.call_soon_threadsafe(_set_none, waiter)

    def clear(self):
        self._flag = False

    async def wait(self):
        while not self._flag:
            self._waiter = get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        self._flag = False


class Condition(_Held):
    """Tasks wait until another one, holding the same lock, notifies them."""

    def __init__(self, lock=None):
        super().__init__()
        self._lock = lock = Lock() if lock is None else lock
        self.locked = lock.locked
        self.acquire = lock.acquire
        self.release = lock.release

    def _state(self):
        return "locked" if self.locked() else "unlocked"

    async def wait(self):
        if not self.locked():
            raise RuntimeError("cannot wait on un-acquired lock")
        future = self._line_up()
        self.release()
        cancelled = None
        try:
            await future
        except CancelledError as error:
            cancelled = error
        finally:
            self._waiters.remove(future)
        # Whatever ended the wait, the lock is taken again.
        while True:
            try:
                await self.acquire()
                break
            except CancelledError as error:
                cancelled = error
        if cancelled is not None:
            if not future.cancelled():
                # Another one may have what was meant for this one.
                self._next()
            raise cancelled
        return True

    async def wait_for(self, predicate):
        result = predicate()
        while not result:
            await self.wait()
            result = predicate()
        return result

    def notify(self, n=1):
        if not self.locked():
            raise RuntimeError("cannot notify on un-acquired lock")
        while n > 0 and self._next():
            n -= 1

    def notify_all(self):
        self.notify(len(self._waiters or ()))


class Semaphore(_Held):
    """At most so many tasks hold it."""

    def __init__(self, value=1):
        super().__init__()
        if value < 0:
            raise ValueError("Semaphore initial value must be >= 0")
        self._value = value

    def _state(self):
        return "locked" if self.locked() else "unlocked, value:%d" % self._value

    def locked(self):
        return self._value == 0 or any(not each.cancelled() for each in self._waiters or ())

    async def acquire(self):
        if self.locked():
            try:
                await self._stand()
            except CancelledError:
                # It may have been this task's turn already.
                while self._value > 0 and self._turn():
                    pass
                raise
            # The turn has paid for it.
            while self._value > 0 and self._turn():
                pass
            return True
        self._value -= 1
        return True

    def _turn(self):
        """Gives the first in line one piece."""
        given = self._next()
        self._value -= given
        return given

    async def _stand(self):
        future = self._line_up()
        try:
            await future
        except CancelledError:
            if future.done() and not future.cancelled():
                self._value += 1
            raise
        finally:
            self._waiters.remove(future)

    def release(self):
        self._value += 1
        self._turn()


class BoundedSemaphore(Semaphore):
    """One that cannot be released more often than it was acquired."""

    def __init__(self, value=1):
        super().__init__(value)
        self._bound = value

    def release(self):
        if self._value >= self._bound:
            raise ValueError("BoundedSemaphore released too many times")
        super().release()


_FILLING = "filling"
_DRAINING = "draining"
_RESETTING = "resetting"
_BROKEN = "broken"


class Barrier:
    """So many tasks wait here for each other, again and again."""

    def __init__(self, parties):
        if parties < 1:
            raise ValueError("parties must be >= 1")
        self._changed = Condition()
        self._parties = parties
        self._phase = _FILLING
        self._count = 0

    def __repr__(self):
        waiters = "" if self.broken else ", waiters:%d/%d" % (self.n_waiting, self._parties)
        return "<%s [%s%s]>" % (object.__repr__(self)[1:-1], self._phase, waiters)

    @property
    def parties(self):
        return self._parties

    @property
    def n_waiting(self):
        return self._count if self._phase is _FILLING else 0

    @property
    def broken(self):
        return self._phase is _BROKEN

    async def __aenter__(self):
        return await self.wait()

    async def __aexit__(self, *exception):
        pass

    async def wait(self):
        """Waits until all are there. Returns another number below `parties` to each."""
        async with self._changed:
            # Those of the last round leave first.
            await self._changed.wait_for(lambda: self._phase not in (_DRAINING, _RESETTING))
            if self._phase is _BROKEN:
                raise BrokenBarrierError("Barrier aborted")
            try:
                number = self._count
                self._count += 1
                if self._count == self._parties:
                    self._phase = _DRAINING
                    self._changed.notify_all()
                else:
                    await self._changed.wait_for(lambda: self._phase is not _FILLING)
                    if self._phase in (_BROKEN, _RESETTING):
                        raise BrokenBarrierError("Abort or reset of barrier")
                return number
            finally:
                self._count -= 1
                if not self._count and self._phase in (_RESETTING, _DRAINING):
                    self._phase = _FILLING
                self._changed.notify_all()

    async def reset(self):
        """Those who wait get BrokenBarrierError; then it is as new."""
        async with self._changed:
            self._phase = _RESETTING if self._count else _FILLING
            self._changed.notify_all()

    async def abort(self):
        """Those who wait, and all who come later, get BrokenBarrierError."""
        async with self._changed:
            self._phase = _BROKEN
            self._changed.notify_all()
