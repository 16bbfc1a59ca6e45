"""Warnings: messages on standard error that filters can turn off or into exceptions."""

import sys

__all__ = [
    "catch_warnings",
    "deprecated",
    "filterwarnings",
    "formatwarning",
    "resetwarnings",
    "showwarning",
    "simplefilter",
    "warn",
    "warn_explicit",
]

# (action, pattern of the message or None, category, pattern of the module or None, line or 0), the first that fits counts.
filters = [
    ("default", None, DeprecationWarning, "__main__", 0),
    ("ignore", None, DeprecationWarning, None, 0),
    ("ignore", None, PendingDeprecationWarning, None, 0),
    ("ignore", None, ImportWarning, None, 0),
    ("ignore", None, ResourceWarning, None, 0),
]
defaultaction = "default"
onceregistry = {}
_ACTIONS = ("error", "ignore", "always", "all", "default", "module", "once")


class WarningMessage:
    """A warning that was issued."""

    def __init__(self, message, category, filename, lineno, file=None, line=None, source=None):
        self.message, self.category, self.filename, self.lineno = message, category, filename, lineno
        self.file, self.line, self.source = file, line, source
        self._category_name = category.__name__ if category else None

    def __str__(self):
        return (
            f"{{message : {self.message!r}, category : {self._category_name!r}, filename : {self.filename!r}, "
            f"lineno : {self.lineno}, line : {self.line!r}}}"
        )


def formatwarning(message, category, filename, lineno, line=None):
    text = f"{filename}:{lineno}: {category.__name__}: {message}\n"
    if line is None:
        try:
            with open(filename) as file:
                line = file.read().split("\n")[lineno - 1]
        except (OSError, IndexError, UnicodeError):
            line = ""
    if line.strip():
        text += f"  {line.strip()}\n"
    return text


def showwarning(message, category, filename, lineno, file=None, line=None):
    if file is None:
        file = sys.stderr
    if file is not None:
        file.write(formatwarning(message, category, filename, lineno, line))


def _check_category(category):
    if not isinstance(category, type) or not issubclass(category, Warning):
        raise TypeError(f"category must be a Warning subclass, not '{type(category).__name__}'")


def _insert(item, append):
    if item in filters:
        if append:
            return
        filters.remove(item)
    if append:
        filters.append(item)
    else:
        filters.insert(0, item)


def _check_filter(action, lineno):
    if action not in _ACTIONS:
        raise ValueError(f"invalid action: {action!r}")
    if not isinstance(lineno, int):
        raise TypeError("lineno must be an int")
    if lineno < 0:
        raise ValueError("lineno must be an int >= 0")


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    _check_filter(action, lineno)
    for name, value in (("message", message), ("module", module)):
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a string")
    _insert((action, message or None, category, module or None, lineno), append)


def simplefilter(action, category=Warning, lineno=0, append=False):
    _check_filter(action, lineno)
    _insert((action, None, category, None, lineno), append)


def resetwarnings():
    filters.clear()


def _fits(pattern, text, flags=0):
    if pattern is None or pattern == text:
        return True
    import re

    return re.compile(pattern, flags).match(text) is not None


def _place(stacklevel):
    """Globals, file and line of the code that a warning is about."""
    try:
        frame = sys._getframe(stacklevel + 1)
        return frame.f_globals, frame.f_code.co_filename, frame.f_lineno
    except (AttributeError, ValueError):
        return sys.modules["__main__"].__dict__, "sys", 1


def warn(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=()):
    if isinstance(message, Warning):
        category = type(message)
    elif category is None:
        category = UserWarning
    _check_category(category)
    space, filename, line = _place(stacklevel)
    registry = space.setdefault("__warningregistry__", {})
    warn_explicit(message, category, filename, line, space.get("__name__", "<unknown>"), registry, source=source)


def warn_explicit(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None):
    if module is None:
        module = filename or "<unknown>"
        module = module.removesuffix(".py")
    if isinstance(message, Warning):
        text, category = str(message), type(message)
    else:
        text, message = message, category(message)
    if registry is None:
        registry = {}
    key = (text, category, lineno)
    if registry.get(key):
        return
    for action, pattern, kind, module_pattern, line in filters:
        if (
            issubclass(category, kind)
            and _fits(pattern, text, 2)
            and _fits(module_pattern, module)
            and line in (0, lineno)
        ):
            break
    else:
        action = defaultaction
    if action == "ignore":
        return
    if action == "error":
        raise message
    if action == "once":
        registry[key] = 1
        if onceregistry.get((text, category)):
            return
        onceregistry[(text, category)] = 1
    elif action == "module":
        registry[key] = 1
        if registry.get((text, category, 0)):
            return
        registry[(text, category, 0)] = 1
    elif action == "default":
        registry[key] = 1
    issued = WarningMessage(message, category, filename, lineno, source=source)
    _showwarnmsg(issued)


def _showwarnmsg(issued):
    if _recording:
        _recording[-1].append(issued)
    else:
        showwarning(issued.message, issued.category, issued.filename, issued.lineno, issued.file, issued.line)


# The lists of the catch_warnings that record, innermost last.
_recording = []


class catch_warnings:
    """Keeps the filters as they are beyond the block; with record=True gives a list of the warnings issued in it."""

    def __init__(self, *, record=False, module=None, action=None, category=Warning, lineno=0, append=False):
        self._record = record
        self._filter = None if action is None else (action, category, lineno, append)
        self._entered = False

    def __enter__(self):
        global showwarning
        if self._entered:
            raise RuntimeError(f"Cannot enter {self!r} twice")
        self._entered = True
        self._saved = filters[:], showwarning, _recording[:]
        log = None
        if self._record:
            log = []
            _recording.append(log)
        else:
            _recording.append(_Shown())
            if len(_recording) > 1 and not isinstance(_recording[-2], _Shown):
                _recording[-1] = _recording[-2]
        if self._filter is not None:
            simplefilter(*self._filter)
        for space in list(sys.modules.values()):
            registry = getattr(space, "__warningregistry__", None)
            if registry:
                registry.clear()
        return log

    def __exit__(self, *details):
        global showwarning
        if not self._entered:
            raise RuntimeError(f"Cannot exit {self!r} without entering first")
        filters[:], showwarning, _recording[:] = self._saved


class _Shown:
    """Where warnings go that nobody records."""

    def append(self, issued):
        showwarning(issued.message, issued.category, issued.filename, issued.lineno, issued.file, issued.line)


class deprecated:
    """Decorator: calls of the function, or instances and subclasses of the class, warn."""

    def __init__(self, message, /, *, category=DeprecationWarning, stacklevel=1):
        if not isinstance(message, str):
            raise TypeError(f"Expected an object of type str for 'message', not {type(message).__name__!r}")
        self.message, self.category, self.stacklevel = message, category, stacklevel

    def __call__(self, arg, /):
        message, category, stacklevel = self.message, self.category, self.stacklevel
        if category is None:
            arg.__deprecated__ = message
            return arg
        if isinstance(arg, type):
            original_new = arg.__new__

            def __new__(cls, /, *args, **keywords):
                if cls is arg:
                    warn(message, category=category, stacklevel=stacklevel + 1)
                if original_new is not object.__new__:
                    return original_new(cls, *args, **keywords)
                return original_new(cls)

            arg.__new__ = staticmethod(__new__)
            arg.__deprecated__ = message
            return arg
        if not callable(arg):
            raise TypeError(
                "@deprecated decorator with non-None category must be applied to a class or callable, not "
                f"{arg!r}"
            )
        import functools

        @functools.wraps(arg)
        def wrapper(*args, **keywords):
            warn(message, category=category, stacklevel=stacklevel + 1)
            return arg(*args, **keywords)

        arg.__deprecated__ = wrapper.__deprecated__ = message
        return wrapper
