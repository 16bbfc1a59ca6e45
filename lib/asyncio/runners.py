"""Programs whose main function is a coroutine."""

from . import events
from .tasks import all_tasks, ensure_future, iscoroutine


class Runner:
    """A loop for several main functions, one after the other."""

    def __init__(self, *, debug=None, loop_factory=None):
        self._debug = debug
        self._factory = loop_factory
        self._loop = None
        self._closed = False

    def __enter__(self):
        self.get_loop()
        return self

    def __exit__(self, *exception):
        self.close()

    def get_loop(self):
        if self._closed:
            raise RuntimeError("Runner is closed")
        if self._loop is None:
            # Tasks that were made before run in it, as in MicroPython.
            loop = None if self._factory else events._prepared_loop()
            self._loop = loop or (self._factory or events.new_event_loop)()
            if self._debug is not None:
                self._loop.set_debug(self._debug)
            if self._factory is None:
                events.set_event_loop(self._loop)
            # One for all that it runs.
            self._context = events.copied_context()
        return self._loop

    def run(self, coro, *, context=None):
        """Runs a coroutine until it ends, and returns its result."""
        if events._get_running_loop() is not None:
            raise RuntimeError("Runner.run() cannot be called from a running event loop")
        if not iscoroutine(coro):
            if not hasattr(coro, "__await__"):
                raise TypeError("An asyncio.Future, a coroutine or an awaitable is required")
            task = ensure_future(coro, loop=self.get_loop())
        else:
            loop = self.get_loop()
            task = loop.create_task(coro, context=self._context if context is None else context)
        try:
            return self._loop.run_until_complete(task)
        except KeyboardInterrupt:
            # The program was interrupted: the main function may clean up.
            if not task.done():
                task.cancel()
                _finish(self._loop, [task])
            raise

    def close(self):
        """Cancels what still runs."""
        loop = self._loop
        if self._closed or loop is None:
            self._closed = True
            return
        self._closed = True
        try:
            _cancel_all(loop)
            if loop._in_threads:
                loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            if self._factory is None:
                events.set_event_loop(None)
            loop.close()


def _finish(loop, tasks):
    """Runs the loop until the tasks are done, whatever comes of them."""
    left = len(tasks)

    def one_less(task):
        nonlocal left
        left -= 1
        if not left:
            loop.stop()

    for task in tasks:
        task.add_done_callback(one_less)
    loop.run_forever()


def _cancel_all(loop):
    tasks = list(all_tasks(loop))
    for task in tasks:
        task.cancel()
    if tasks:
        _finish(loop, tasks)
    for task in tasks:
        if not task.cancelled() and task.exception() is not None:
            message = "unhandled exception during asyncio.run() shutdown"
            loop.call_exception_handler({"message": message, "exception": task.exception(), "task": task})


def run(main, *, debug=None, loop_factory=None):
    """Runs a coroutine in a loop of its own, which ends with it."""
    if events._get_running_loop() is not None:
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    with Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(main)


def run_until_complete(main):
    """Runs a coroutine in the usual loop, which may go on later (MicroPython)."""
    return events.get_event_loop().run_until_complete(main)
