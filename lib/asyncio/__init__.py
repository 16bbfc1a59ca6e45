"""Coroutines that take turns: tasks, what they wait for, and the loop that runs them.

What CPython's `asyncio` and MicroPython's have in common and most of what either has alone. Modules that many programs do not
need are loaded when something of theirs is asked for."""

from .exceptions import CancelledError, IncompleteReadError, InvalidStateError, LimitOverrunError, TimeoutError
from .exceptions import BrokenBarrierError, QueueEmpty, QueueFull, QueueShutDown
from .events import (
    Handle,
    Loop,
    TimerHandle,
    get_event_loop,
    get_running_loop,
    new_event_loop,
    set_event_loop,
)
from .events import _get_running_loop, _set_running_loop
from .futures import Future, isfuture
from .tasks import (
    Task,
    all_tasks,
    create_task,
    current_task,
    ensure_future,
    iscoroutine,
    iscoroutinefunction,
    sleep,
    sleep_ms,
)
from .runners import Runner, run, run_until_complete

AbstractEventLoop = BaseEventLoop = Loop

# Where the rest is, by name.
_LATER = {
    "locks": ("Barrier", "BoundedSemaphore", "Condition", "Event", "Lock", "Semaphore", "ThreadSafeFlag"),
    "queues": ("LifoQueue", "PriorityQueue", "Queue"),
    "streams": ("StreamReader", "StreamWriter"),
    "taskgroups": ("TaskGroup",),
    "threads": ("run_coroutine_threadsafe", "to_thread"),
    "timeouts": ("Timeout", "timeout", "timeout_at", "wait_for", "wait_for_ms"),
    "waiting": ("ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION", "as_completed", "gather", "shield", "wait"),
}

__all__ = [
    "AbstractEventLoop", "BaseEventLoop", "BrokenBarrierError", "CancelledError", "Future", "Handle", "IncompleteReadError",
    "InvalidStateError", "LimitOverrunError", "Loop", "QueueEmpty", "QueueFull", "QueueShutDown", "Runner", "Task",
    "TimeoutError", "TimerHandle", "all_tasks", "create_task", "current_task", "ensure_future", "get_event_loop",
    "get_running_loop", "iscoroutine", "iscoroutinefunction", "isfuture", "new_event_loop", "run", "run_until_complete",
    "set_event_loop", "sleep", "sleep_ms",
]  # fmt: skip
for _names in _LATER.values():
    __all__.extend(_names)
del _names


def __getattr__(name):
    for module, names in _LATER.items():
        if name in names:
            found = getattr(__import__("asyncio." + module, None, None, (name,)), name)
            globals()[name] = found
            return found
    raise AttributeError("module 'asyncio' has no attribute '%s'" % name)
