"""Threads as objects, and what they wait with. Built on `_thread`, where threads take turns."""

import sys
import time
import weakref
from _thread import RLock, TIMEOUT_MAX, allocate_lock, error, get_ident, lock, stack_size
from _thread import start_new_thread as _start
from collections import deque, namedtuple

Lock = lock
ThreadError = error

# Threads that run, by ident. Guarded, like the numbers of names, by `_guard`.
_active = {}
_guard = allocate_lock()
_numbers = {"Thread-": 0, "Dummy-": 0}


def get_native_id():
    return get_ident()


def _new_name(kind):
    with _guard:
        _numbers[kind] += 1
        return kind + str(_numbers[kind])


def _deadline(timeout):
    return None if timeout is None else time.monotonic() + timeout


def _left(deadline):
    """What `acquire` is to be given so that it ends at the deadline."""
    return -1 if deadline is None else min(max(deadline - time.monotonic(), 0), TIMEOUT_MAX)


class Condition:
    """Threads wait until another one, holding the same lock, notifies them."""

    def __init__(self, lock=None):
        self._lock = lock = RLock() if lock is None else lock
        self.acquire = lock.acquire
        self.release = lock.release
        self._waiters = deque()

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *exception):
        return self._lock.__exit__(*exception)

    def __repr__(self):
        return "<Condition(%s, %d)>" % (self._lock, len(self._waiters))

    def _is_owned(self):
        owned = getattr(self._lock, "_is_owned", None)
        if owned is not None:
            return owned()
        if self._lock.acquire(False):
            self._lock.release()
            return False
        return True

    def _check_owned(self, what):
        if not self._is_owned():
            raise RuntimeError("cannot %s on un-acquired lock" % what)

    def wait(self, timeout=None):
        self._check_owned("wait")
        waiter = allocate_lock()
        waiter.acquire()
        self._waiters.append(waiter)
        save = getattr(self._lock, "_release_save", None)
        saved = save() if save else self._lock.release()
        notified = False
        try:
            if timeout is None:
                notified = waiter.acquire()
            elif timeout > 0:
                notified = waiter.acquire(True, min(timeout, TIMEOUT_MAX))
            else:
                notified = waiter.acquire(False)
            return notified
        finally:
            if save:
                self._lock._acquire_restore(saved)
            else:
                self._lock.acquire()
            if not notified and waiter in self._waiters:
                self._waiters.remove(waiter)

    def wait_for(self, predicate, timeout=None):
        deadline = _deadline(timeout)
        result = predicate()
        while not result:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                break
            self.wait(left)
            result = predicate()
        return result

    def notify(self, n=1):
        self._check_owned("notify")
        while n > 0 and self._waiters:
            self._waiters.popleft().release()
            n -= 1

    def notify_all(self):
        self.notify(len(self._waiters))

    notifyAll = notify_all


class Event:
    """A flag to wait for."""

    def __init__(self):
        self._cond = Condition(Lock())
        self._flag = False

    def __repr__(self):
        state = "set" if self._flag else "unset"
        return "<%s.%s at %#x: %s>" % (type(self).__module__, type(self).__qualname__, id(self), state)

    def is_set(self):
        return self._flag

    isSet = is_set

    def set(self):
        with self._cond:
            self._flag = True
            self._cond.notify_all()

    def clear(self):
        with self._cond:
            self._flag = False

    def wait(self, timeout=None):
        with self._cond:
            return self._flag or self._cond.wait_for(self.is_set, timeout)


class Semaphore:
    """A number that `acquire` takes one from when it is positive."""

    def __init__(self, value=1):
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self._cond = Condition(Lock())
        self._value = value

    def __repr__(self):
        return "<%s.%s at %#x: value=%d>" % (type(self).__module__, type(self).__qualname__, id(self), self._value)

    def acquire(self, blocking=True, timeout=None):
        if not blocking and timeout is not None:
            raise ValueError("can't specify timeout for non-blocking acquire")
        with self._cond:
            got = self._value > 0
            if not got and blocking:
                got = self._cond.wait_for(lambda: self._value > 0, timeout)
            if got:
                self._value -= 1
            return got

    __enter__ = acquire

    def release(self, n=1):
        if n < 1:
            raise ValueError("n must be one or more")
        with self._cond:
            self._give(n)

    def _give(self, n):
        self._value += n
        self._cond.notify(n)

    def __exit__(self, *exception):
        self.release()


class BoundedSemaphore(Semaphore):
    """A semaphore that is released no more often than it was acquired."""

    def __init__(self, value=1):
        super().__init__(value)
        self._most = value

    def __repr__(self):
        return super().__repr__()[:-1] + "/%d>" % self._most

    def _give(self, n):
        if self._value + n > self._most:
            raise ValueError("Semaphore released too many times")
        super()._give(n)


class BrokenBarrierError(RuntimeError):
    pass


class Barrier:
    """So many threads wait until all of them do; then all go on."""

    def __init__(self, parties, action=None, timeout=None):
        if parties < 1:
            raise ValueError("parties must be > 0")
        self._cond = Condition(Lock())
        self._parties = parties
        self._action = action
        self._timeout = timeout
        self._count = 0
        # "filling": threads come; "draining": they leave; "resetting": they leave with an error; "broken".
        self._state = "filling"

    def __repr__(self):
        name = "<%s.%s at %#x" % (type(self).__module__, type(self).__qualname__, id(self))
        return name + (": broken>" if self.broken else ": waiters=%d/%d>" % (self.n_waiting, self.parties))

    parties = property(lambda self: self._parties)
    n_waiting = property(lambda self: self._count if self._state == "filling" else 0)
    broken = property(lambda self: self._state == "broken")

    def wait(self, timeout=None):
        if timeout is None:
            timeout = self._timeout
        with self._cond:
            # Those of the last time leave first.
            self._cond.wait_for(lambda: self._state not in ("draining", "resetting"))
            if self._state == "broken":
                raise BrokenBarrierError
            index = self._count
            self._count += 1
            try:
                if self._count == self._parties:
                    self._let_go()
                else:
                    self._wait(timeout)
                return index
            finally:
                self._count -= 1
                if not self._count and self._state in ("draining", "resetting"):
                    self._state = "filling"
                    self._cond.notify_all()

    def _let_go(self):
        try:
            if self._action:
                self._action()
        except:
            self._break()
            raise
        self._state = "draining"
        self._cond.notify_all()

    def _wait(self, timeout):
        try:
            in_time = self._cond.wait_for(lambda: self._state != "filling", timeout)
        except:
            self._break()
            raise
        if not in_time:
            self._break()
        if self._state != "draining":
            raise BrokenBarrierError

    def _break(self):
        self._state = "broken"
        self._cond.notify_all()

    def reset(self):
        with self._cond:
            self._state = "resetting" if self._count else "filling"
            self._cond.notify_all()

    def abort(self):
        with self._cond:
            self._break()


class ExceptHookArgs(namedtuple("ExceptHookArgs", ("exc_type", "exc_value", "exc_traceback", "thread"))):
    def __new__(cls, args):
        return super().__new__(cls, *args)


def excepthook(args, /):
    """Shows an exception that ended a thread."""
    if args.exc_type is not SystemExit:
        name = get_ident() if args.thread is None else args.thread.name
        sys.stderr.write("Exception in thread %s:\n" % name)
        sys.print_exception(args.exc_value, sys.stderr)


__excepthook__ = excepthook


class Thread:
    """What `run` or a target does in a thread of its own."""

    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        if group is not None:
            raise AssertionError("group argument must be None for now")
        if name is None:
            name = _new_name("Thread-")
            if target is not None and hasattr(target, "__name__"):
                name += " (%s)" % target.__name__
        self._name = str(name)
        self._target = target
        self._args = args
        self._kwargs = {} if kwargs is None else kwargs
        self._daemonic = current_thread().daemon if daemon is None else bool(daemon)
        self._ident = None
        self._started = False
        # Held while the thread runs.
        self._running = allocate_lock()

    def _check_initialized(self):
        if not hasattr(self, "_running"):
            raise RuntimeError("Thread.__init__() not called")

    def __repr__(self):
        self._check_initialized()
        state = "initial" if not self._started else "started" if self.is_alive() else "stopped"
        if self._daemonic:
            state += " daemon"
        if self._ident is not None:
            state += " %d" % self._ident
        return "<%s(%s, %s)>" % (type(self).__name__, self._name, state)

    def start(self):
        if not hasattr(self, "_running"):
            raise RuntimeError("thread.__init__() not called")
        if self._started:
            raise RuntimeError("threads can only be started once")
        self._running.acquire()
        self._started = True
        try:
            ident = _start(self._bootstrap, ())
        except (OSError, MemoryError):
            self._started = False
            self._running.release()
            raise RuntimeError("can't start new thread") from None
        # The thread does the same, and may be first, or even have ended.
        with _guard:
            if self._running.locked():
                self._ident = ident
                _active[ident] = self

    def run(self):
        try:
            if self._target is not None:
                self._target(*self._args, **self._kwargs)
        finally:
            # What it worked on need not live on.
            del self._target, self._args, self._kwargs

    def _bootstrap(self):
        self._ident = ident = get_ident()
        with _guard:
            _active[ident] = self
        try:
            self.run()
        except SystemExit:
            pass
        except BaseException as e:
            excepthook(ExceptHookArgs((type(e), e, getattr(e, "__traceback__", None), self)))
        finally:
            _forget_locals(ident)
            with _guard:
                self._running.release()
                _active.pop(ident, None)

    def join(self, timeout=None):
        self._check_initialized()
        if not self._started:
            raise RuntimeError("cannot join thread before it is started")
        if self is current_thread():
            raise RuntimeError("cannot join current thread")
        deadline = _deadline(timeout)
        if self._running.acquire(True, _left(deadline)):
            self._running.release()

    def is_alive(self):
        self._check_initialized()
        return self._started and self._running.locked()

    @property
    def name(self):
        self._check_initialized()
        return self._name

    @name.setter
    def name(self, name):
        self._check_initialized()
        self._name = str(name)

    @property
    def ident(self):
        self._check_initialized()
        return self._ident

    native_id = ident

    @property
    def daemon(self):
        self._check_initialized()
        return self._daemonic

    @daemon.setter
    def daemon(self, daemonic):
        self._check_initialized()
        if self._started:
            raise RuntimeError("cannot set daemon status of active thread")
        self._daemonic = bool(daemonic)

    def getName(self):
        return self.name

    def setName(self, name):
        self.name = name

    def isDaemon(self):
        return self.daemon

    def setDaemon(self, daemonic):
        self.daemon = daemonic


class _OtherThread(Thread):
    """A thread that was not started as a `Thread`: the main one, or one of `_thread`."""

    def __init__(self, name, daemon):
        super().__init__(name=name, daemon=daemon)
        self._started = True
        self._running.acquire()
        self._ident = get_ident()
        with _guard:
            _active[self._ident] = self

    def join(self, timeout=None):
        if self is current_thread():
            raise RuntimeError("cannot join current thread")
        raise RuntimeError("cannot join a dummy thread")


class _MainThread(_OtherThread):
    join = Thread.join


class _DummyThread(_OtherThread):
    pass


class Timer(Thread):
    """Calls a function after a while, unless it is cancelled before."""

    def __init__(self, interval, function, args=None, kwargs=None):
        super().__init__()
        self.interval = interval
        self.function = function
        self.args = [] if args is None else args
        self.kwargs = {} if kwargs is None else kwargs
        self.finished = Event()

    def cancel(self):
        self.finished.set()

    def run(self):
        if not self.finished.wait(self.interval):
            self.function(*self.args, **self.kwargs)
        self.finished.set()


# All objects of class `local`, to take the attributes of a thread that ends out of them.
_locals = []


def _forget_locals(ident):
    with _guard:
        alive = []
        for reference in _locals:
            own = reference()
            if own is not None:
                object.__getattribute__(own, "_local_parts")[0].pop(ident, None)
                alive.append(reference)
        _locals[:] = alive


def _is_data(cls, name):
    """Whether an attribute of the class, not one of the thread, is what a name stands for when it is set."""
    return hasattr(type(getattr(cls, name, None)), "__set__")


class local:
    """An object whose attributes are different in each thread."""

    def __new__(cls, /, *args, **kwargs):
        self = super().__new__(cls)
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        object.__setattr__(self, "_local_parts", ({get_ident(): {}}, args, kwargs))
        with _guard:
            _locals.append(weakref.ref(self))
        return self

    def __getattribute__(self, name):
        own = _attributes(self)
        if name == "__dict__":
            return own
        if name in own and not _is_data(type(self), name):
            return own[name]
        if name == "_local_parts":
            raise AttributeError(name)
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        if name == "__dict__":
            raise AttributeError("'%s' object attribute '__dict__' is read-only" % type(self).__name__)
        own = _attributes(self)
        if _is_data(type(self), name):
            object.__setattr__(self, name, value)
        else:
            own[name] = value

    def __delattr__(self, name):
        if name == "__dict__":
            raise AttributeError("'%s' object attribute '__dict__' is read-only" % type(self).__name__)
        own = _attributes(self)
        if name in own:
            del own[name]
        else:
            object.__delattr__(self, name)


def _attributes(self):
    """The attributes of the running thread; a thread that comes for the first time initialises them."""
    parts, args, kwargs = object.__getattribute__(self, "_local_parts")
    ident = get_ident()
    own = parts.get(ident)
    if own is None:
        own = parts[ident] = {}
        type(self).__init__(self, *args, **kwargs)
    return own


def current_thread():
    known = _active.get(get_ident())
    return _DummyThread(_new_name("Dummy-"), True) if known is None else known


currentThread = current_thread


def main_thread():
    return _main


def enumerate():
    with _guard:
        return list(_active.values())


def active_count():
    with _guard:
        return len(_active)


activeCount = active_count


def _shutdown():
    """The main program has ended: waits for the threads that are not daemons."""
    while True:
        left = [thread for thread in enumerate() if thread is not _main and not thread.daemon]
        if not left:
            return
        for thread in left:
            thread.join()


_main = _MainThread("MainThread", False)
