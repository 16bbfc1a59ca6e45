"""Coroutines that run by themselves."""

import inspect
from time import ticks_add

from . import events
from .events import get_event_loop, get_running_loop
from .exceptions import CancelledError, InvalidStateError
from .futures import Future, _CANCELLED, _PENDING, isfuture

_names = 0
# The task that runs in each loop.
_current = {}


def iscoroutine(obj):
    """True for what a task can run."""
    return inspect.iscoroutine(obj) or hasattr(obj, "send") and hasattr(obj, "throw")


def iscoroutinefunction(func):
    return inspect.iscoroutinefunction(func)


class Task(Future):
    """A coroutine that the loop runs; its result is that of the coroutine."""

    _waits_for = None
    _must_cancel = False
    _cancel_requests = 0
    _context = None
    _what = "Task"

    def __init__(self, coro, *, loop=None, name=None, context=None, eager_start=False):
        super().__init__(loop=loop)
        if not iscoroutine(coro):
            raise TypeError("a coroutine was expected, got %r" % (coro,))
        self._coro = coro
        self._name = name if name is None else str(name)
        self._context = events.copied_context() if context is None else context
        self._loop._tasks[self] = None
        if eager_start and events._get_running_loop() is self._loop:
            self._run()
        else:
            self._loop._schedule((self,))

    def _details(self):
        state = self._state.lower()
        if self._state is _PENDING and self._must_cancel:
            state = "cancelling"
        text = " %s name=%r coro=%r" % (state, self.get_name(), self._coro)
        if self._waits_for is not None:
            return text + " wait_for=%r" % (self._waits_for,)
        return text + super()._details()[1 + len(self._state) :]

    def get_coro(self):
        return self._coro

    def get_context(self):
        return self._context

    def get_name(self):
        global _names
        if self._name is None:
            # Numbers for those only whose names matter.
            _names += 1
            self._name = "Task-%d" % _names
        return self._name

    def set_name(self, value):
        self._name = str(value)

    def set_result(self, result):
        raise RuntimeError("Task does not support set_result operation")

    def set_exception(self, exception):
        raise RuntimeError("Task does not support set_exception operation")

    def cancel(self, msg=None):
        """Throws CancelledError into the coroutine, soon. False if it is done."""
        if self._state is not _PENDING:
            return False
        self._cancel_requests += 1
        if self._waits_for is not None and self._waits_for.cancel(msg=msg):
            return True
        self._must_cancel = True
        self._message = msg
        return True

    def cancelling(self):
        """How many requests to cancel were not taken back."""
        return self._cancel_requests

    def uncancel(self):
        if self._cancel_requests:
            self._cancel_requests -= 1
            if not self._cancel_requests:
                self._must_cancel = False
        return self._cancel_requests

    def _run(self):
        """Runs the coroutine until it waits for something."""
        if self._context is not None:
            return self._context.run(self._step)
        self._step()

    def _step(self):
        if self._state is not _PENDING:
            raise InvalidStateError("step(): already done: %r" % self)
        loop = self._loop
        self._waits_for = None
        before = _current.get(loop)
        _current[loop] = self
        try:
            if self._must_cancel:
                self._must_cancel = False
                waited = self._coro.throw(self._cancelled_error())
            else:
                waited = self._coro.send(None)
        except StopIteration as end:
            if self._must_cancel:
                self._must_cancel = False
                self._end(super().cancel, self._message)
            else:
                self._end(super().set_result, end.value)
        except CancelledError as error:
            self._exception = error
            self._end(super().cancel, self._message)
        except BaseException as error:
            self._end(super().set_exception, error)
            if isinstance(error, (SystemExit, KeyboardInterrupt)):
                raise
        else:
            if waited is None:
                loop._ready.append(self)
            else:
                self._wait_for(waited)
        finally:
            if before is None:
                del _current[loop]
            else:
                _current[loop] = before

    def _end(self, how, what):
        self._loop._tasks.pop(self, None)
        how(what)

    def _wait_for(self, waited):
        if not isfuture(waited):
            self._fail("Task got bad yield: %r" % (waited,))
        elif waited is self:
            self._fail("Task cannot await on itself: %r" % self)
        elif waited._loop is not self._loop:
            self._fail("Task %r got Future %r attached to a different loop" % (self, waited))
        elif waited._state is not _PENDING:
            self._loop._ready.append(self)
        else:
            waited._add_waiter(self)
            self._waits_for = waited
            if self._must_cancel and waited.cancel(msg=self._message):
                self._must_cancel = False

    def _fail(self, text):
        """Lets the coroutine go on with an exception."""
        self._loop.call_soon(self._throw, RuntimeError(text))

    def _throw(self, error):
        coro = self._coro
        self._coro = _Thrower(coro, error)
        try:
            self._step()
        finally:
            self._coro = coro


class _Thrower:
    """A coroutine that goes on with an exception."""

    def __init__(self, coro, error):
        self.send = lambda _: coro.throw(error)
        self.throw = coro.throw


def current_task(loop=None):
    """The task that runs; None in a callback."""
    return _current.get(get_running_loop() if loop is None else loop)


def all_tasks(loop=None):
    """The tasks of a loop that are not done."""
    return set((get_running_loop() if loop is None else loop)._tasks)


def create_task(coro, *, name=None, context=None, **options):
    """A task in the running loop; without one it is for the loop that will run."""
    return get_event_loop().create_task(coro, name=name, context=context, **options)


async def _awaited(awaitable):
    return await awaitable


def ensure_future(obj, *, loop=None):
    """A future for anything that can be awaited."""
    if isfuture(obj):
        if loop is not None and loop is not obj._loop:
            raise ValueError("The future belongs to a different loop than the one specified as the loop argument")
        return obj
    if not iscoroutine(obj):
        if not hasattr(obj, "__await__"):
            raise TypeError("An asyncio.Future, a coroutine or an awaitable is required")
        obj = _awaited(obj)
    return (get_event_loop() if loop is None else loop).create_task(obj)


class _Turn:
    """Waits for one turn of the loop."""

    def __await__(self):
        yield


_turn = _Turn()


async def sleep(delay, result=None):
    """Waits so many seconds; others may run meanwhile."""
    if delay <= 0:
        await _turn
        return result
    if delay != delay:
        raise ValueError("Invalid delay: NaN (not a number)")
    loop = get_running_loop()
    future = loop.create_future()
    handle = loop.call_later(delay, events._set_none, future)
    try:
        await future
    except CancelledError:
        handle.cancel()
        raise
    return result


def sleep_ms(delay, result=None):
    """Waits so many milliseconds (MicroPython)."""
    ticks_add(0, max(delay, 0))  # MicroPython's limit.
    return sleep(delay / 1000, result)
