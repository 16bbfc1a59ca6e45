"""Results that are not there yet."""

from .events import Handle, get_event_loop
from .exceptions import CancelledError, InvalidStateError

_PENDING = "PENDING"
_CANCELLED = "CANCELLED"
_FINISHED = "FINISHED"


def isfuture(obj):
    """True for futures, tasks among them."""
    return isinstance(obj, Future)


class _Unheard:
    """Stands for an exception that nobody asked for; when its future is collected, it is reported."""

    def __init__(self, future, exception):
        self.loop = future._loop
        self.what = future._what
        self.text = repr(future)
        self.exception = exception
        self.future = None

    def report(self):
        exception, self.exception = self.exception, None
        if exception is not None:
            context = {"message": self.what + " exception was never retrieved", "exception": exception}
            context["future"] = self.text if self.future is None else self.future
            self.loop.call_exception_handler(context)

    __del__ = report


class Future:
    """A result that somebody sets and others wait for."""

    _state = _PENDING
    _result = None
    _exception = None
    _callbacks = None
    _unheard = None
    _message = None
    _what = "Future"

    def __init__(self, *, loop=None):
        self._loop = get_event_loop() if loop is None else loop

    def __repr__(self):
        return "<%s%s>" % (type(self).__name__, self._details())

    def _details(self):
        text = " " + self._state.lower()
        if self._state == _FINISHED:
            if self._exception is not None:
                return text + " exception=%r" % self._exception
            return text + " result=%r" % (self._result,)
        return text

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)

    def get_loop(self):
        return self._loop

    def done(self):
        return self._state is not _PENDING

    def cancelled(self):
        return self._state is _CANCELLED

    def cancel(self, msg=None):
        """Lets those who wait end with CancelledError. False if the result was there before."""
        if self._state is not _PENDING:
            return False
        self._state = _CANCELLED
        self._message = msg
        self._tell()
        return True

    def _cancelled_error(self):
        error, self._exception = self._exception, None
        if error is None:
            error = CancelledError() if self._message is None else CancelledError(self._message)
        return error

    def result(self):
        if self._state is _FINISHED:
            if self._exception is None:
                return self._result
            self._heard()
            raise self._exception
        if self._state is _CANCELLED:
            raise self._cancelled_error()
        raise InvalidStateError("Result is not ready." if self._what == "Task" else "Result is not set.")

    def exception(self):
        if self._state is _CANCELLED:
            raise self._cancelled_error()
        if self._state is not _FINISHED:
            raise InvalidStateError("Exception is not set.")
        self._heard()
        return self._exception

    def _heard(self):
        """Somebody knows of the exception."""
        if self._unheard is not None:
            self._unheard.exception = None
            self._unheard = None

    def set_result(self, result):
        if self._state is not _PENDING:
            raise InvalidStateError("%s: %r" % (self._state, self))
        self._result = result
        self._state = _FINISHED
        if self._callbacks:
            self._tell()

    def set_exception(self, exception):
        if self._state is not _PENDING:
            raise InvalidStateError("%s: %r" % (self._state, self))
        if isinstance(exception, type):
            exception = exception()
        if isinstance(exception, StopIteration):
            error = RuntimeError("StopIteration interacts badly with generators and cannot be raised into a Future")
            error.__cause__ = error.__context__ = exception
            exception = error
        self._exception = exception
        self._state = _FINISHED
        self._unheard = unheard = _Unheard(self, exception)
        if self._callbacks:
            self._tell()
        elif self._loop._exception_handler is not None:
            # A handler of the program's own hears of it soon, as in MicroPython, unless somebody asks before.
            self._loop.call_soon(self._report, unheard)

    def _report(self, unheard):
        if unheard.exception is not None and not self._callbacks:
            unheard.future = self
            unheard.report()
            unheard.future = None

    def add_done_callback(self, fn, *, context=None):
        """Calls `fn` with the future, soon after there is a result."""
        handle = Handle(fn, (self,), self._loop, context)
        if self._state is not _PENDING:
            self._loop._schedule((handle,))
        else:
            self._add_waiter(handle)

    def _add_waiter(self, waiter):
        """What is to run when there is a result: a handle or a task."""
        if self._callbacks is None:
            self._callbacks = [waiter]
        else:
            self._callbacks.append(waiter)

    def remove_done_callback(self, fn):
        before = self._callbacks or []
        self._callbacks = [each for each in before if not (isinstance(each, Handle) and each._callback == fn)]
        return len(before) - len(self._callbacks)

    def _tell(self):
        """Schedules all callbacks, and tasks that wait."""
        callbacks, self._callbacks = self._callbacks, None
        if callbacks:
            self._loop._schedule(callbacks)

    def __await__(self):
        if self._state is _PENDING:
            yield self
            if self._state is _PENDING:
                raise RuntimeError("await wasn't used with future")
        return self.result()

    __iter__ = __await__

