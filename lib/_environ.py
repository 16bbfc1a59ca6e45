"""`os.environ`: the variables of the process as a mapping. It shows what `os.putenv` does, too, as `os.getenv` does."""

import os


def _text(value):
    if not isinstance(value, str):
        raise TypeError("str expected, not " + type(value).__name__)
    return value


class Environ:
    def __getitem__(self, key):
        value = os.getenv(_text(key))
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value):
        os.putenv(_text(key), _text(value))

    def __delitem__(self, key):
        self[key]
        os.unsetenv(key)

    def __contains__(self, key):
        return os.getenv(_text(key)) is not None

    def __iter__(self):
        return iter(os._variables())

    def __len__(self):
        return len(os._variables())

    def __repr__(self):
        return f"environ({self.copy()!r})"

    def __eq__(self, other):
        return self.copy() == other.copy() if isinstance(other, (dict, Environ)) else NotImplemented

    def __or__(self, other):
        return self.copy() | dict(other) if isinstance(other, (dict, Environ)) else NotImplemented

    def __ror__(self, other):
        return dict(other) | self.copy() if isinstance(other, (dict, Environ)) else NotImplemented

    def __ior__(self, other):
        self.update(other)
        return self

    def copy(self):
        return {name: os.getenv(name) for name in self}

    def keys(self):
        return self.copy().keys()

    def values(self):
        return self.copy().values()

    def items(self):
        return self.copy().items()

    def get(self, key, default=None):
        return os.getenv(_text(key), default)

    def pop(self, key, *default):
        if default and key not in self:
            (value,) = default
            return value
        value = self[key]
        del self[key]
        return value

    def popitem(self):
        for key in self:
            return key, self.pop(key)
        raise KeyError("the environment is empty")

    def setdefault(self, key, value):
        if key not in self:
            self[key] = value
        return self[key]

    def clear(self):
        for key in self:
            del self[key]

    def update(self, other=(), **values):
        for key, value in dict(other, **values).items():
            self[key] = value
