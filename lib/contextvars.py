"""Variables whose values belong to what is being done: each context has its own, and tasks and callbacks run in copies."""

from _thread import get_ident

__all__ = ["Context", "ContextVar", "Token", "copy_context"]

# The context of each thread, by ident.
_current = {}


class Token:
    """What `set` changed, for `reset`; as a context manager it resets by itself."""

    __slots__ = ("_context", "_var", "_old", "_used")

    MISSING = type("_Missing", (), {"__repr__": lambda self: "<Token.MISSING>"})()

    @property
    def var(self):
        return self._var

    @property
    def old_value(self):
        return self._old

    def __repr__(self):
        return "<Token%s var=%r at %#x>" % (" used" if self._used else "", self._var, id(self))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._var.reset(self)

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)


_MISSING = Token.MISSING


class ContextVar:
    """A variable."""

    __slots__ = ("_name", "_default")

    def __init__(self, name, *, default=_MISSING):
        if not isinstance(name, str):
            raise TypeError("context variable name must be a str")
        self._name = name
        self._default = default

    @property
    def name(self):
        return self._name

    def __repr__(self):
        default = "" if self._default is _MISSING else " default=%r" % (self._default,)
        return "<ContextVar name=%r%s at %#x>" % (self._name, default, id(self))

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)

    def get(self, default=_MISSING, /):
        """The value in this context, or the default given here, or the variable's own."""
        context = _current.get(get_ident())
        if context is not None and self in context._values:
            return context._values[self]
        if default is not _MISSING:
            return default
        if self._default is not _MISSING:
            return self._default
        raise LookupError(self)

    def set(self, value, /):
        """Sets the value in this context; the token undoes it."""
        context = _context()
        token = Token()
        token._context = context
        token._var = self
        token._old = context._values.get(self, _MISSING)
        token._used = False
        context._values[self] = value
        return token

    def reset(self, token, /):
        if not isinstance(token, Token):
            raise TypeError("expected an instance of Token, got %r" % (token,))
        if token._used:
            raise RuntimeError("%r has already been used once" % (token,))
        if token._var is not self:
            raise ValueError("%r was created by a different ContextVar" % (token,))
        if token._context is not _current.get(get_ident()):
            raise ValueError("%r was created in a different Context" % (token,))
        token._used = True
        if token._old is _MISSING:
            del token._context._values[self]
        else:
            token._context._values[self] = token._old


class Context:
    """Values of variables: a mapping that only they change."""

    __slots__ = ("_values", "_entered", "__weakref__")

    def __init__(self):
        self._values = {}
        self._entered = False

    def run(self, callable, /, *args, **kwargs):
        """Calls a function in this context."""
        if self._entered:
            raise RuntimeError("cannot enter context: %r is already entered" % (self,))
        ident = get_ident()
        before = _current.get(ident)
        self._entered = True
        _current[ident] = self
        try:
            return callable(*args, **kwargs)
        finally:
            self._entered = False
            if before is None:
                _current.pop(ident, None)
            else:
                _current[ident] = before

    def copy(self):
        new = Context()
        new._values = self._values.copy()
        return new

    def __getitem__(self, var):
        return self._values[_variable(var)]

    def __contains__(self, var):
        return _variable(var) in self._values

    def get(self, var, default=None, /):
        return self._values.get(_variable(var), default)

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def __eq__(self, other):
        return self._values == other._values if isinstance(other, Context) else NotImplemented

    __hash__ = None

    def keys(self):
        return self._values.keys()

    def values(self):
        return self._values.values()

    def items(self):
        return self._values.items()


def _variable(var):
    if not isinstance(var, ContextVar):
        raise TypeError("a ContextVar key was expected, got %r" % (var,))
    return var


def _context():
    """The context of this thread, which is made when something is set in it."""
    ident = get_ident()
    context = _current.get(ident)
    if context is None:
        context = _current[ident] = Context()
    return context


def copy_context():
    """A copy of the context of this thread."""
    context = _current.get(get_ident())
    return Context() if context is None else context.copy()
