"""Tracebacks as text."""

import sys
from _traceback import calls as _calls, format as _format, places as _places

__all__ = [
    "FrameSummary",
    "StackSummary",
    "TracebackException",
    "clear_frames",
    "extract_stack",
    "extract_tb",
    "format_exc",
    "format_exception",
    "format_exception_only",
    "format_list",
    "format_stack",
    "format_tb",
    "print_exc",
    "print_exception",
    "print_last",
    "print_list",
    "print_stack",
    "print_tb",
    "walk_stack",
    "walk_tb",
]

_GIVEN = object()


def _exception(exc, value):
    """The exception of the two ways of calling: one argument, or class, exception, traceback."""
    if value is _GIVEN:
        return exc
    return value


def _lines(text):
    return text.splitlines(True)


def format_exception(exc, /, value=_GIVEN, tb=_GIVEN, limit=None, chain=True):
    exc = _exception(exc, value)
    if exc is None:
        return ["NoneType: None\n"]
    return _grouped(_format(exc, chain, tb is not None))


def _grouped(text):
    """The lines of a text; those of one call are one item."""
    result = []
    for line in _lines(text):
        if line.startswith("    ") and result and result[-1].startswith("  File "):
            result[-1] += line
        else:
            result.append(line)
    return result


def format_exception_only(exc, /, value=_GIVEN, *, show_group=False):
    exc = _exception(exc, value)
    if exc is None:
        return ["NoneType: None\n"]
    if isinstance(exc, BaseExceptionGroup):
        return [f"{type(exc).__name__}: {exc}\n"]
    return _lines(_format(exc, False, False))


def print_exception(exc, /, value=_GIVEN, tb=_GIVEN, limit=None, file=None, chain=True):
    (file or sys.stderr).write("".join(format_exception(exc, value, tb, limit, chain)))


def format_exc(limit=None, chain=True):
    return "".join(format_exception(sys.exception(), limit=limit, chain=chain))


def print_exc(limit=None, file=None, chain=True):
    print_exception(sys.exception(), limit=limit, file=file, chain=chain)


def print_last(limit=None, file=None, chain=True):
    exc = getattr(sys, "last_exc", None)
    if exc is None:
        raise ValueError("no last exception")
    print_exception(exc, limit=limit, file=file, chain=chain)


def format_tb(tb, limit=None):
    if limit is not None:
        return extract_tb(tb, limit).format()
    return _grouped(_calls(tb))


def print_tb(tb, limit=None, file=None):
    (file or sys.stderr).write("".join(format_tb(tb, limit)))


def walk_tb(tb):
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


def walk_stack(frame):
    while frame is not None:
        yield frame, frame.f_lineno
        frame = frame.f_back


def _source_line(filename, lineno):
    try:
        with open(filename) as file:
            return file.read().split("\n")[lineno - 1]
    except (OSError, IndexError, UnicodeError):
        return ""


class FrameSummary:
    """A call of a traceback."""

    def __init__(self, filename, lineno, name, *, lookup_line=True, locals=None, line=None, **place):
        self.filename, self.lineno, self.name = filename, lineno, name
        self.locals = None if locals is None else {key: repr(value) for key, value in locals.items()}
        self.end_lineno, self.colno = place.get("end_lineno", lineno), place.get("colno")
        self.end_colno = place.get("end_colno")
        self._line = line

    @property
    def line(self):
        if self._line is None and self.lineno is not None:
            self._line = _source_line(self.filename, self.lineno)
        return None if self._line is None else self._line.strip()

    def __iter__(self):
        return iter((self.filename, self.lineno, self.name, self.line))

    def __getitem__(self, index):
        return (self.filename, self.lineno, self.name, self.line)[index]

    def __len__(self):
        return 4

    def __eq__(self, other):
        if isinstance(other, (FrameSummary, tuple)):
            return tuple(self) == tuple(other)
        return NotImplemented

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"


class StackSummary(list):
    """The calls of a traceback."""

    @classmethod
    def from_list(cls, items):
        result = cls()
        for item in items:
            if not isinstance(item, FrameSummary):
                filename, lineno, name, line = item
                item = FrameSummary(filename, lineno, name, line=line)
            result.append(item)
        return result

    @classmethod
    def extract(cls, frames, *, limit=None, lookup_lines=True, capture_locals=False):
        return _limited(
            cls(FrameSummary(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in frames), limit
        )

    def format_frame_summary(self, summary):
        text = f'  File "{summary.filename}", line {summary.lineno}, in {summary.name}\n'
        if summary.line:
            text += f"    {summary.line}\n"
        if summary.locals:
            text += "".join([f"    {name} = {value}\n" for name, value in sorted(summary.locals.items())])
        return text

    def format(self):
        result = []
        last, count = None, 0
        for summary in self:
            place = summary.filename, summary.lineno, summary.name
            count = count + 1 if place == last else 1
            if place != last and result and last_count > 3:
                result.append(_repeated(last_count))
            last, last_count = place, count
            if count <= 3:
                result.append(self.format_frame_summary(summary))
        if count > 3:
            result.append(_repeated(count))
        return result


def _repeated(count):
    more = count - 3
    return f"  [Previous line repeated {more} more time{'s' if more > 1 else ''}]\n"


def _limited(stack, limit):
    if limit is None:
        return stack
    return StackSummary(stack[:limit] if limit >= 0 else stack[limit:])


def extract_tb(tb, limit=None):
    return _limited(StackSummary(FrameSummary(*place) for place in _places(tb)), limit)


def _frame(f):
    if f is not None:
        return f
    try:
        return sys._getframe(2)
    except (AttributeError, ValueError):
        return None


def extract_stack(f=None, limit=None):
    frames = list(walk_stack(_frame(f)))
    frames.reverse()
    return StackSummary.extract(frames[-limit:] if limit else frames)


def format_stack(f=None, limit=None):
    return extract_stack(_frame(f), limit).format()


def print_stack(f=None, limit=None, file=None):
    (file or sys.stderr).write("".join(format_stack(_frame(f), limit)))


def format_list(extracted_list):
    return StackSummary.from_list(extracted_list).format()


def print_list(extracted_list, file=None):
    (file or sys.stderr).write("".join(format_list(extracted_list)))


def clear_frames(tb):
    """Frames are not kept here: there is nothing to clear."""


class TracebackException:
    """An exception, ready to be shown later."""

    def __init__(self, exc_type, exc_value, exc_traceback, *, limit=None, lookup_lines=True, capture_locals=False, compact=False, max_group_width=15, max_group_depth=10, save_exc_type=True, _seen=None):  # fmt: skip
        seen = {id(exc_value)} if _seen is None else _seen | {id(exc_value)}
        self.exc_type = exc_type if save_exc_type else None
        self.exc_type_str = exc_type.__qualname__
        self.stack = extract_tb(exc_traceback, limit)
        self._text = format_exception(exc_value, exc_value, exc_traceback)
        self._alone = format_exception(exc_value, exc_value, exc_traceback, chain=False)
        self._only = format_exception_only(exc_value)
        self._str = str(exc_value)
        self.__notes__ = getattr(exc_value, "__notes__", None)
        self.__suppress_context__ = exc_value.__suppress_context__

        def linked(other):
            if other is None or id(other) in seen:
                return None
            return TracebackException(type(other), other, other.__traceback__, _seen=seen)

        self.__cause__, self.__context__ = linked(exc_value.__cause__), linked(exc_value.__context__)
        self.exceptions = None
        if isinstance(exc_value, BaseExceptionGroup):
            self.exceptions = [linked(each) for each in exc_value.exceptions]
        if isinstance(exc_value, SyntaxError):
            self.filename, self.lineno, self.text = exc_value.filename, exc_value.lineno, exc_value.text
            self.offset, self.msg = exc_value.offset, exc_value.msg

    @classmethod
    def from_exception(cls, exc, *args, **keywords):
        return cls(type(exc), exc, exc.__traceback__, *args, **keywords)

    def __str__(self):
        return self._str

    def __eq__(self, other):
        return self._text == other._text if isinstance(other, TracebackException) else NotImplemented

    def format(self, *, chain=True, **options):
        yield from self._text if chain else self._alone

    def format_exception_only(self, *, show_group=False, **options):
        yield from self._only

    def print(self, *, file=None, chain=True, **options):
        (file or sys.stderr).write("".join(self.format(chain=chain)))
