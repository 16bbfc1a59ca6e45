"""The loop that runs what is due, and what it runs."""

import heapq
import sys
import time
from _thread import TIMEOUT_MAX, _count, allocate_lock, get_ident
from collections import deque

# The loop that runs in each thread, by ident, and the one that was set for it.
_running = {}
_set = {}

# With threads that may wake a loop while it waits for streams, it looks up this often, in milliseconds.
_GLANCE = 2


def copied_context():
    """A copy of the context that runs; None if the program knows nothing of contexts."""
    contextvars = sys.modules.get("contextvars")
    return None if contextvars is None else contextvars.copy_context()


class Handle:
    """A callback that a loop is to run, unless it is cancelled before."""

    __slots__ = ("_callback", "_args", "_loop", "_context", "_cancelled", "__weakref__")

    def __init__(self, callback, args, loop, context=None):
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = copied_context() if context is None else context
        self._cancelled = False

    def __repr__(self):
        return "<%s%s %r>" % (type(self).__name__, " cancelled" if self._cancelled else "", self._callback)

    def cancel(self):
        if not self._cancelled:
            self._cancelled = True
            self._callback = self._args = None

    def cancelled(self):
        return self._cancelled

    def get_context(self):
        return self._context

    def _run(self):
        if self._cancelled:
            return
        try:
            if self._context is None:
                self._callback(*self._args)
            else:
                self._context.run(self._callback, *self._args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            message = "Exception in callback %r" % (self._callback,)
            self._loop.call_exception_handler({"message": message, "exception": error, "handle": self})


class TimerHandle(Handle):
    """A callback for a certain time of the loop's clock."""

    __slots__ = ("_when", "_scheduled")

    def __init__(self, when, callback, args, loop, context=None):
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = copied_context() if context is None else context
        self._cancelled = False
        self._when = when
        self._scheduled = True

    def when(self):
        return self._when

    def cancel(self):
        if self._scheduled and not self._cancelled:
            self._loop._timer_cancelled()
        super().cancel()


class Loop:
    """Runs callbacks and tasks, one after the other, when what they wait for has come."""

    def __init__(self):
        # What is due, in order: handles and tasks.
        self._ready = deque()
        # A heap of (when, number, handle); equal times in the order in which they were asked for.
        self._timers = []
        self._numbers = 0
        self._cancelled_timers = 0
        # Tasks that are not done, kept alive by it: an ordered set.
        self._tasks = {}
        # Futures of what threads do for the loop.
        self._in_threads = set()
        self._stopping = False
        self._closed = False
        self._thread = None
        self._exception_handler = None
        self._task_factory = None
        self._debug = False
        # Streams that somebody waits for, by id: [stream, reader, writer], the last two handles, tasks or None.
        self._streams = {}
        self._poll = None
        # While the loop is idle, `_wake` is taken and whoever has something for it releases it.
        self._idle = False
        self._wake = allocate_lock()
        self._wake.acquire()

    def __repr__(self):
        state = (self.is_running(), self._closed, self._debug)
        return "<%s running=%s closed=%s debug=%s>" % ((type(self).__name__,) + state)

    # Scheduling.

    def time(self):
        """The loop's clock, in seconds."""
        return time.monotonic()

    def _schedule(self, due):
        """Handles and tasks, in order."""
        self._ready.extend(due)
        if self._idle:
            self._wake_up()

    def _wake_up(self):
        try:
            self._wake.release()
        except RuntimeError:
            pass  # Somebody else was faster.

    def call_soon(self, callback, *args, context=None):
        if self._closed:
            self._check_closed()
        handle = Handle(callback, args, self, context)
        self._ready.append(handle)
        if self._idle:
            self._wake_up()
        return handle

    call_soon_threadsafe = call_soon

    def call_later(self, delay, callback, *args, context=None):
        if delay is None:
            raise TypeError("delay must not be None")
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        if when is None:
            raise TypeError("when cannot be None")
        self._check_closed()
        handle = TimerHandle(when, callback, args, self, context)
        self._numbers += 1
        heapq.heappush(self._timers, (when, self._numbers, handle))
        if self._idle:
            self._wake_up()
        return handle

    def _timer_cancelled(self):
        """Cancelled timers are dropped when they are due, or when they become the greater part."""
        self._cancelled_timers += 1
        if self._cancelled_timers > 64 and self._cancelled_timers > len(self._timers) // 2:
            self._timers[:] = [timer for timer in self._timers if not timer[2]._cancelled]
            heapq.heapify(self._timers)
            self._cancelled_timers = 0

    def _next_timer(self):
        handle = heapq.heappop(self._timers)[2]
        handle._scheduled = False
        self._cancelled_timers -= handle._cancelled
        return handle

    # Running.

    def run_forever(self):
        """Runs until `stop`."""
        self._check_closed()
        if self.is_running():
            raise RuntimeError("This event loop is already running")
        if _get_running_loop() is not None:
            raise RuntimeError("Cannot run the event loop while another loop is running")
        self._thread = get_ident()
        _set_running_loop(self)
        ready = self._ready
        try:
            while True:
                if self._timers or self._streams or not ready:
                    self._wait()
                # What is added meanwhile waits for the next turn.
                for _ in range(len(ready)):
                    ready.popleft()._run()
                if self._stopping:
                    break
        finally:
            self._stopping = False
            self._thread = None
            _set_running_loop(None)

    def run_until_complete(self, future):
        """Runs until there is a result, and returns it."""
        self._check_closed()
        if self.is_running():
            raise RuntimeError("This event loop is already running")
        made = not isfuture(future)
        future = ensure_future(future, loop=self)
        future.add_done_callback(self._complete)
        try:
            self.run_forever()
        except BaseException:
            if made and future.done() and not future.cancelled():
                future.exception()
            raise
        finally:
            future.remove_done_callback(self._complete)
        if not future.done():
            raise RuntimeError("Event loop stopped before Future completed.")
        return future.result()

    def _complete(self, future):
        if not future.cancelled() and isinstance(future._exception, (SystemExit, KeyboardInterrupt)):
            return  # It has ended `run_forever` already.
        self.stop()

    def stop(self):
        """Ends `run_forever` after what is due now."""
        self._stopping = True
        if self._idle:
            self._wake_up()

    def is_running(self):
        return self._thread is not None

    def is_closed(self):
        return self._closed

    def close(self):
        if self.is_running():
            raise RuntimeError("Cannot close a running event loop")
        self._closed = True
        self._ready.clear()
        self._timers.clear()
        self._streams.clear()
        self._poll = None
        self._tasks.clear()

    def _check_closed(self):
        if self._closed:
            raise RuntimeError("Event loop is closed")

    async def shutdown_default_executor(self, timeout=None):
        """Waits for the functions of `run_in_executor` that still run."""
        if self._in_threads:
            from .waiting import wait

            await wait(self._in_threads, timeout=timeout)

    def _wait(self):
        """Waits until something is due, and makes ready what came due by time or by a stream."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            self._next_timer()
        self._idle = True
        try:
            if self._ready or self._stopping:
                left = 0
            else:
                left = max(0, timers[0][0] - self.time()) if timers else None
            if self._streams:
                self._wait_for_streams(left)
            elif left is None:
                self._wake.acquire()
            elif left > 0:
                self._wake.acquire(True, min(left, TIMEOUT_MAX))
        finally:
            self._idle = False
            self._wake.acquire(False)
        if timers:
            now = self.time()
            while timers and timers[0][0] <= now:
                handle = self._next_timer()
                if not handle._cancelled:
                    self._ready.append(handle)

    # Streams.

    def _wait_for_streams(self, left):
        limit = -1 if left is None else int(left * 1000 + 0.999)
        if limit and _count() > 1 and not 0 <= limit <= _GLANCE:
            limit = _GLANCE
        for stream, events in self._poll.poll(limit):
            entry = self._streams.get(id(stream))
            if entry is None:
                continue
            reader, writer = entry[1:]
            if reader is not None and events & ~_POLLOUT:
                self._ready.append(reader)
                entry[1] = None if reader._once else reader
            if writer is not None and events & ~_POLLIN:
                self._ready.append(writer)
                entry[2] = None if writer._once else writer
            self._poll_for(entry)

    def _poll_for(self, entry):
        stream, reader, writer = entry
        events = (_POLLIN if reader else 0) | (_POLLOUT if writer else 0)
        if events:
            self._poll.register(stream, events)
        else:
            self._poll.unregister(stream)
            del self._streams[id(stream)]

    def _watch(self, stream, which, waiter):
        """Lets the waiter run when the stream can be read (which is 1) or written (2); None: no more."""
        if self._poll is None:
            from select import poll

            self._poll = poll()
        entry = self._streams.get(id(stream))
        if entry is None:
            if waiter is None:
                return False
            entry = self._streams[id(stream)] = [stream, None, None]
        found = entry[which] is not None
        entry[which] = waiter
        self._poll_for(entry)
        return found

    def add_reader(self, stream, callback, *args):
        self._watch(stream, 1, _Watcher(callback, args, self))

    def add_writer(self, stream, callback, *args):
        self._watch(stream, 2, _Watcher(callback, args, self))

    def remove_reader(self, stream):
        return self._watch(stream, 1, None)

    def remove_writer(self, stream):
        return self._watch(stream, 2, None)

    async def _until(self, stream, which):
        """Waits until a stream can be read (1) or written (2)."""
        future = self.create_future()
        self._watch(stream, which, _Readiness(_set_none, (future,), self))
        try:
            await future
        finally:
            if not future.done() or future.cancelled():
                self._watch(stream, which, None)

    # Tasks and futures.

    def create_future(self):
        return Future(loop=self)

    def create_task(self, coro, *, name=None, context=None, **options):
        self._check_closed()
        if self._task_factory is None:
            return Task(coro, loop=self, name=name, context=context, **options)
        task = self._task_factory(self, coro, **({} if context is None else {"context": context}), **options)
        if name is not None:
            task.set_name(name)
        return task

    def set_task_factory(self, factory):
        if factory is not None and not callable(factory):
            raise TypeError("task factory must be a callable or None")
        self._task_factory = factory

    def get_task_factory(self):
        return self._task_factory

    def run_in_executor(self, executor, func, *args):
        """A future for what a function returns that runs in a thread, or in an executor with `submit`."""
        from .threads import in_thread

        self._check_closed()
        return in_thread(self, executor, func, args)

    # What goes wrong.

    def get_debug(self):
        return self._debug

    def set_debug(self, enabled):
        self._debug = enabled

    def get_exception_handler(self):
        return self._exception_handler

    def set_exception_handler(self, handler):
        if handler is not None and not callable(handler):
            raise TypeError("A callable object or None is expected, got %r" % (handler,))
        self._exception_handler = handler

    def default_exception_handler(self, context):
        """Writes what is known to standard error."""
        lines = [context.get("message") or "Unhandled exception in event loop"]
        for key in sorted(context):
            if key not in ("message", "exception"):
                lines.append("%s: %r" % (key, context[key]))
        print(*lines, sep="\n", file=sys.stderr)
        if context.get("exception") is not None:
            sys.print_exception(context["exception"], sys.stderr)

    def call_exception_handler(self, context):
        try:
            if self._exception_handler is None:
                self.default_exception_handler(context)
            else:
                self._exception_handler(self, context)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            failed = {"message": "Unhandled error in exception handler", "exception": error, "context": context}
            self.default_exception_handler(failed)


_POLLIN = 1
_POLLOUT = 4


class _Watcher(Handle):
    """Runs whenever a stream is ready."""

    __slots__ = ()
    _once = False


class _Readiness(Handle):
    """Runs when a stream is ready for the first time."""

    __slots__ = ()
    _once = True


def _set_none(future):
    if not future.done():
        future.set_result(None)


def _get_running_loop():
    return _running.get(get_ident())


def _set_running_loop(loop):
    if loop is None:
        _running.pop(get_ident(), None)
    else:
        _running[get_ident()] = loop


def get_running_loop():
    loop = _running.get(get_ident())
    if loop is None:
        raise RuntimeError("no running event loop")
    return loop


def get_event_loop():
    """The loop that runs in this thread, or the one that was set for it, or a new one."""
    ident = get_ident()
    loop = _running.get(ident) or _set.get(ident)
    if loop is None:
        loop = _set[ident] = Loop()
    return loop


def _prepared_loop():
    """The loop of this thread if there are tasks in it."""
    loop = _set.get(get_ident())
    return loop if loop is not None and loop._tasks and not loop._closed else None


def set_event_loop(loop):
    if loop is None:
        _set.pop(get_ident(), None)
    else:
        _set[get_ident()] = loop


def new_event_loop():
    return Loop()


# These modules need what stands above.
from .futures import Future, isfuture
from .tasks import Task, ensure_future
