"""Abstract base classes."""

import sys


def abstractmethod(function):
    function.__isabstractmethod__ = True
    return function


class abstractclassmethod(classmethod):
    __isabstractmethod__ = True


class abstractstaticmethod(staticmethod):
    __isabstractmethod__ = True


class abstractproperty(property):
    __isabstractmethod__ = True


# Counts registrations: answers that were remembered before the last one may be wrong.
_registrations = 0


def get_cache_token():
    return _registrations


def _abstract_names(cls, namespace):
    names = {name for name, value in namespace.items() if getattr(value, "__isabstractmethod__", False)}
    for base in cls.__bases__:
        for name in getattr(base, "__abstractmethods__", ()):
            if getattr(getattr(cls, name, None), "__isabstractmethod__", False):
                names.add(name)
    return frozenset(names)


def update_abstractmethods(cls):
    if hasattr(cls, "__abstractmethods__"):
        cls.__abstractmethods__ = _abstract_names(cls, cls.__dict__)
    return cls


class ABCMeta(type):
    def __new__(mcls, name, bases, namespace, /, **keywords):
        cls = super().__new__(mcls, name, bases, namespace, **keywords)
        cls.__abstractmethods__ = _abstract_names(cls, namespace)
        cls._abc_registered = []
        return cls

    def register(cls, subclass):
        """Makes a class a virtual subclass, gives it back."""
        global _registrations
        if not isinstance(subclass, type):
            raise TypeError("Can only register classes")
        if issubclass(subclass, cls):
            return subclass
        if issubclass(cls, subclass):
            raise RuntimeError("Refusing to create an inheritance cycle")
        cls._abc_registered.append(subclass)
        _registrations += 1
        return subclass

    def __instancecheck__(cls, instance):
        if type.__instancecheck__(cls, instance):
            return True
        own = getattr(instance, "__class__", None)
        kind = type(instance)
        return cls.__subclasscheck__(kind) or own is not kind and isinstance(own, type) and cls.__subclasscheck__(own)

    def __subclasscheck__(cls, subclass):
        if not isinstance(subclass, type):
            raise TypeError("issubclass() arg 1 must be a class")
        answer = cls.__subclasshook__(subclass)
        if answer is not NotImplemented:
            return answer
        if type.__subclasscheck__(cls, subclass):
            return True
        for registered in cls.__dict__.get("_abc_registered", ()):
            if issubclass(subclass, registered):
                return True
        for derived in type.__subclasses__(cls):
            if issubclass(subclass, derived):
                return True
        return False


class ABC(metaclass=ABCMeta):
    """What has this base may have abstract methods."""

    __slots__ = ()
