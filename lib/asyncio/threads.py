"""Between loops and threads."""

from _thread import allocate_lock, start_new_thread

from .events import copied_context, get_running_loop
from .exceptions import CancelledError, InvalidStateError
from .tasks import ensure_future, iscoroutine


def in_thread(loop, executor, func, args):
    """A future of a loop for what a function returns in another thread."""
    future = loop.create_future()
    ended = loop.create_future()
    loop._in_threads.add(ended)

    def finish(how, what):
        loop._in_threads.discard(ended)
        ended.set_result(None)
        if not future.done():
            how(what)

    def work():
        try:
            result = func(*args)
        except BaseException as error:
            loop.call_soon_threadsafe(finish, future.set_exception, error)
        else:
            loop.call_soon_threadsafe(finish, future.set_result, result)

    if executor is None:
        start_new_thread(work, ())
    else:
        executor.submit(work)
    return future


async def to_thread(func, /, *args, **kwargs):
    """What a function returns that runs in a thread of its own meanwhile."""
    context = copied_context()
    if context is not None:
        args = (func,) + args
        func = context.run
    return await in_thread(get_running_loop(), None, lambda: func(*args, **kwargs), ())


class _Outcome:
    """The result of a coroutine, for another thread."""

    def __init__(self, loop):
        self._loop = loop
        self._task = None
        self._cancelled = False
        self._lock = allocate_lock()
        self._lock.acquire()

    def _start(self, coro):
        self._task = ensure_future(coro, loop=self._loop)
        if self._cancelled:
            self._task.cancel()
        self._task.add_done_callback(lambda _: self._lock.release())

    def done(self):
        return self._task is not None and self._task.done()

    def cancelled(self):
        return self._task is not None and self._task.cancelled()

    def cancel(self):
        if self.done():
            return False
        self._cancelled = True
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
        return True

    def _wait(self, timeout):
        if not self._lock.acquire(True, -1 if timeout is None else timeout):
            raise TimeoutError
        self._lock.release()

    def result(self, timeout=None):
        self._wait(timeout)
        return self._task.result()

    def exception(self, timeout=None):
        self._wait(timeout)
        return self._task.exception()


def run_coroutine_threadsafe(coro, loop):
    """Runs a coroutine in a loop of another thread. What is returned has `result(timeout)`, which waits."""
    if not iscoroutine(coro):
        raise TypeError("A coroutine object is required")
    outcome = _Outcome(loop)
    loop.call_soon_threadsafe(outcome._start, coro)
    return outcome
