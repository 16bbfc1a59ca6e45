"""Tasks that end together."""

from .events import get_running_loop
from .exceptions import CancelledError
from .tasks import current_task


class TaskGroup:
    """An `async with` block at whose end all tasks that were made with it are done; when one fails, the others are cancelled."""

    def __init__(self):
        self._entered = False
        self._exiting = False
        self._aborting = False
        self._loop = None
        self._parent = None
        self._parent_cancelled = False
        self._tasks = set()
        self._errors = []
        self._fatal = None
        self._all_done = None

    def __repr__(self):
        text = ""
        if self._tasks:
            text += " tasks=%d" % len(self._tasks)
        if self._errors:
            text += " errors=%d" % len(self._errors)
        if self._aborting:
            text += " cancelling"
        elif self._entered:
            text += " entered"
        return "<TaskGroup%s>" % text

    async def __aenter__(self):
        if self._entered:
            raise RuntimeError("TaskGroup %r has already been entered" % self)
        self._loop = get_running_loop()
        self._parent = current_task(self._loop)
        if self._parent is None:
            raise RuntimeError("TaskGroup %r cannot determine the parent task" % self)
        self._entered = True
        return self

    async def __aexit__(self, kind, error, traceback):
        self._exiting = True
        if isinstance(error, (SystemExit, KeyboardInterrupt)) and self._fatal is None:
            self._fatal = error
        cancelled = error if isinstance(error, CancelledError) else None
        if error is not None and not self._aborting:
            self._abort()
        while self._tasks:
            if self._all_done is None:
                self._all_done = self._loop.create_future()
            try:
                await self._all_done
            except CancelledError as late:
                if not self._aborting:
                    # The parent is cancelled from outside.
                    cancelled = late
                    self._abort()
            self._all_done = None
        if self._fatal is not None:
            raise self._fatal
        if self._parent_cancelled:
            # This group cancelled the parent, to end its block.
            if self._parent.uncancel() == 0:
                cancelled = None
        if cancelled is not None and not self._errors:
            raise cancelled
        if error is not None and not isinstance(error, CancelledError):
            self._errors.append(error)
        if self._errors:
            if self._parent.cancelling():
                self._parent.uncancel()
                self._parent.cancel()
            try:
                raise BaseExceptionGroup("unhandled errors in a TaskGroup", self._errors) from None
            finally:
                self._errors = None
                self._parent = None

    def create_task(self, coro, *, name=None, context=None, **options):
        if not self._entered:
            coro.close()
            raise RuntimeError("TaskGroup %r has not been entered" % self)
        if self._exiting and not self._tasks:
            coro.close()
            raise RuntimeError("TaskGroup %r is finished" % self)
        if self._aborting:
            coro.close()
            raise RuntimeError("TaskGroup %r is shutting down" % self)
        task = self._loop.create_task(coro, name=name, context=context, **options)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._task_done)
        elif not task.cancelled() and task.exception() is not None:
            self._failed(task, task.exception())
        return task

    def _abort(self):
        self._aborting = True
        for task in list(self._tasks):
            if not task.done():
                task.cancel()

    def _task_done(self, task):
        self._tasks.discard(task)
        if self._all_done is not None and not self._tasks and not self._all_done.done():
            self._all_done.set_result(True)
        if task.cancelled() or task.exception() is None:
            return
        self._failed(task, task.exception())

    def _failed(self, task, error):
        self._errors.append(error)
        if isinstance(error, (SystemExit, KeyboardInterrupt)) and self._fatal is None:
            self._fatal = error
        if self._parent.done():
            message = "Task %r has errored out but its parent task %r is already completed" % (task, self._parent)
            self._loop.call_exception_handler({"message": message, "exception": error, "task": task})
        elif not self._aborting and not self._parent_cancelled:
            self._abort()
            # The block goes on to its end, or to what it waits for.
            self._parent_cancelled = True
            self._parent.cancel()
