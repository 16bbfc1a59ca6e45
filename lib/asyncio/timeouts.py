"""Limits of time."""

from .events import get_running_loop
from .exceptions import CancelledError
from .tasks import current_task, ensure_future


class Timeout:
    """Cancels what runs in an `async with` block when the time has come, and makes TimeoutError of it."""

    def __init__(self, when):
        self._when = when
        self._task = None
        self._handle = None
        self._phase = "created"

    def __repr__(self):
        text = "[%s]" % self._phase
        if self._phase == "active":
            text += " when=%s" % (None if self._when is None else round(self._when, 3))
        return "<Timeout %s>" % text

    def when(self):
        return self._when

    def reschedule(self, when):
        if self._phase != "active":
            if self._phase == "created":
                raise RuntimeError("Timeout has not been entered")
            raise RuntimeError("Cannot change state of %s Timeout" % self._phase)
        self._when = when
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if when is not None:
            loop = get_running_loop()
            if when <= loop.time():
                self._handle = loop.call_soon(self._expire)
            else:
                self._handle = loop.call_at(when, self._expire)

    def _expire(self):
        self._task.cancel()
        self._phase = "expiring"
        self._handle = None

    def expired(self):
        return self._phase in ("expiring", "expired")

    async def __aenter__(self):
        if self._phase != "created":
            raise RuntimeError("Timeout has already been entered")
        task = current_task()
        if task is None:
            raise RuntimeError("Timeout should be used inside a task")
        self._phase = "active"
        self._task = task
        self._before = task.cancelling()
        self.reschedule(self._when)
        return self

    async def __aexit__(self, kind, error, traceback):
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if self._phase == "expiring":
            self._phase = "expired"
            if self._task.uncancel() <= self._before and error is not None:
                # Nobody else wants to cancel the task.
                if isinstance(error, CancelledError):
                    raise TimeoutError from error
                _replace_cancellation(error)
                if isinstance(error, BaseExceptionGroup):
                    for each in error.exceptions:
                        _replace_cancellation(each)
        elif self._phase == "active":
            self._phase = "finished"
        return None


def _replace_cancellation(error):
    """What an exception came from was the time-out."""
    while error.__context__ is not None:
        if isinstance(error.__context__, CancelledError):
            late = TimeoutError()
            late.__context__ = late.__cause__ = error.__context__
            error.__context__ = late
            break
        error = error.__context__


def timeout(delay):
    """A limit of so many seconds from now; None: none yet."""
    return Timeout(None if delay is None else get_running_loop().time() + delay)


def timeout_at(when):
    """A limit at a time of the loop's clock."""
    return Timeout(when)


async def wait_for(fut, timeout):
    """The result of an awaitable, which is cancelled with TimeoutError after so many seconds."""
    if timeout is not None and timeout <= 0:
        fut = ensure_future(fut)
        if fut.done():
            return fut.result()
        fut.cancel()
        try:
            return await fut
        except CancelledError as error:
            raise TimeoutError from error
    async with Timeout(None if timeout is None else get_running_loop().time() + timeout):
        return await fut


def wait_for_ms(fut, timeout):
    """As `wait_for`, in milliseconds (MicroPython)."""
    return wait_for(fut, None if timeout is None else timeout / 1000)
