"""Enumerations: classes with a fixed set of named values."""

import sys
from types import DynamicClassAttribute, MappingProxyType

__all__ = [
    "CONFORM",
    "CONTINUOUS",
    "EJECT",
    "Enum",
    "EnumCheck",
    "EnumMeta",
    "EnumType",
    "Flag",
    "FlagBoundary",
    "IntEnum",
    "IntFlag",
    "KEEP",
    "NAMED_FLAGS",
    "ReprEnum",
    "STRICT",
    "StrEnum",
    "UNIQUE",
    "auto",
    "global_enum",
    "member",
    "nonmember",
    "property",
    "unique",
    "verify",
]

# The base classes, once they exist.
Enum = Flag = ReprEnum = None
_builtin_property = property


class nonmember:
    """Protects a value in the body of an enumeration from becoming a member."""

    def __init__(self, value):
        self.value = value


class member:
    """Makes a value in the body of an enumeration a member."""

    def __init__(self, value):
        self.value = value


class auto:
    """A value that _generate_next_value_ chooses."""

    def __init__(self, value=None):
        self.value = value

    def __repr__(self):
        return f"auto({self.value!r})"


class property(DynamicClassAttribute):
    """An attribute of members whose name may also be that of a member."""

    def __get__(self, instance, owner=None):
        if instance is None:
            found = owner._member_map_.get(self.name) if "_member_map_" in owner.__dict__ else None
            if found is None:
                raise AttributeError(f"{owner!r} has no attribute {self.name!r}")
            return found
        if self.fget is None:
            if self.name in type(instance)._member_map_:
                return type(instance)._member_map_[self.name]
            raise AttributeError(f"{type(instance)!r} has no attribute {self.name!r}")
        return self.fget(instance)

    def __set__(self, instance, value):
        if self.fset is not None:
            return self.fset(instance, value)
        raise AttributeError(f"<enum {self.clsname!r}> cannot set attribute {self.name!r}")

    def __delete__(self, instance):
        if self.fdel is not None:
            return self.fdel(instance)
        raise AttributeError(f"<enum {self.clsname!r}> cannot delete attribute {self.name!r}")

    def __set_name__(self, owner, name):
        self.name = name
        self.clsname = owner.__name__


def _is_dunder(name):
    return len(name) > 4 and name[:2] == name[-2:] == "__" and name[2] != "_" and name[-3] != "_"


def _is_sunder(name):
    return len(name) > 2 and name[0] == name[-1] == "_" and name[1] != "_" and name[-2] != "_"


def _is_private(cls_name, name):
    return name.startswith(f"_{cls_name.lstrip('_')}__") and not name.endswith("__")


def _is_descriptor(value):
    cls = type(value)
    return hasattr(cls, "__get__") or hasattr(cls, "__set__") or hasattr(cls, "__delete__") or _is_function(value)


_FUNCTIONS = (type(lambda: None), type(len), classmethod, staticmethod, _builtin_property)


def _is_function(value):
    return isinstance(value, _FUNCTIONS)


def _is_single_bit(value):
    return value > 0 and value & (value - 1) == 0


_SUNDERS = (
    "_order_",
    "_generate_next_value_",
    "_numeric_repr_",
    "_missing_",
    "_ignore_",
    "_iter_member_",
    "_iter_member_by_value_",
    "_iter_member_by_def_",
    "_add_alias_",
    "_add_value_alias_",
    "_use_args_",
    "_value_",
    "_name_",
)


class EnumDict(dict):
    """The namespace of the body of an enumeration: knows which names are members."""

    def __init__(self, cls_name=None):
        super().__init__()
        self._cls_name = cls_name
        self._member_names = {}
        self._last_values = []
        self._ignore = []
        self._generate = None

    @_builtin_property
    def member_names(self):
        return list(self._member_names)

    def __setitem__(self, key, value):
        if self._cls_name is not None and _is_private(self._cls_name, key):
            pass
        elif _is_sunder(key):
            if key not in _SUNDERS:
                raise ValueError(f"_sunder_ names, such as {key!r}, are reserved for future Enum use")
            if key == "_generate_next_value_":
                if self._member_names:
                    raise TypeError("_generate_next_value_ must be defined before members")
                self._generate = value.__func__ if isinstance(value, staticmethod) else value
            elif key == "_ignore_":
                value = value.replace(",", " ").split() if isinstance(value, str) else list(value)
                self._ignore = value
                already = set(value) & set(self._member_names)
                if already:
                    raise ValueError(f"_ignore_ cannot specify already set names: {already!r}")
        elif _is_dunder(key):
            if key == "__order__":
                key = "_order_"
        elif key in self._member_names:
            raise TypeError(f"{key!r} already defined as {self[key]!r}")
        elif key in self._ignore:
            pass
        elif isinstance(value, nonmember):
            value = value.value
        elif not isinstance(value, member) and (_is_descriptor(value) or isinstance(value, type) and False):
            if key in self:
                # A member or a method may not replace the other quietly.
                if key in self._member_names:
                    raise TypeError(f"{key!r} already defined as {self[key]!r}")
        else:
            if key in self:
                raise TypeError(f"{key!r} already defined as {self[key]!r}")
            if isinstance(value, member):
                value = value.value
            value = self._resolve(key, value)
            self._member_names[key] = None
            self._last_values.append(value)
        super().__setitem__(key, value)

    def _resolve(self, key, value):
        """The value with each auto() in it replaced."""
        if isinstance(value, auto):
            if value.value is None:
                value.value = self._generate(key, 1, len(self._member_names), self._last_values[:])
            return value.value
        if type(value) is tuple and any(isinstance(item, auto) for item in value):
            return tuple([self._resolve(key, item) for item in value])
        return value

    def update(self, members, **more):
        items = members.items() if hasattr(members, "keys") else members
        for name, value in items:
            self[name] = value
        for name, value in more.items():
            self[name] = value


_EnumDict = EnumDict


class EnumType(type):
    """The metaclass of enumerations."""

    @classmethod
    def __prepare__(metacls, cls, bases, **keywords):
        metacls._check_for_existing_members_(cls, bases)
        namespace = EnumDict(cls)
        member_type, first_enum = metacls._get_mixins_(cls, bases)
        if first_enum is not None:
            namespace._generate = getattr(first_enum, "_generate_next_value_", None)
        return namespace

    def __new__(metacls, cls, bases, namespace, *, boundary=None, _simple=False, **keywords):
        if _simple or not isinstance(namespace, EnumDict):
            return super().__new__(metacls, cls, bases, namespace, **keywords)
        names = list(namespace._member_names)
        for key in namespace._ignore:
            namespace.pop(key, None)
        order = namespace.pop("_order_", None)
        invalid = set(names) & {"mro", ""}
        if invalid:
            raise ValueError(f"invalid enum member name(s) {','.join(repr(name) for name in sorted(invalid))}")
        member_type, first_enum = metacls._get_mixins_(cls, bases)
        values = {name: namespace[name] for name in names}
        plain = {name: value for name, value in dict.items(namespace) if name not in values}
        if isinstance(plain.get("_generate_next_value_"), type(lambda: None)):
            plain["_generate_next_value_"] = staticmethod(plain["_generate_next_value_"])
        own_new = plain.get("__new__")
        plain.update(
            _member_names_=[],
            _member_map_={},
            _value2member_map_={},
            _unhashable_values_=[],
            _member_type_=member_type,
            _boundary_=boundary or getattr(first_enum, "_boundary_", None),
            _value_repr_=metacls._find_data_repr_(cls, bases),
        )
        if first_enum is None:
            plain["__new_member__"] = staticmethod(object.__new__)
        elif own_new is not None:
            plain["__new_member__"] = own_new
        is_flag = Flag is not None and first_enum is not None and issubclass(first_enum, Flag)
        if Flag is not None and is_flag or cls == "Flag":
            plain.update(_flag_mask_=0, _singles_mask_=0, _all_bits_=0, _inverted_=None)
        # __set_name__ of members is called when they exist, not for their raw values.
        enum_class = super().__new__(metacls, cls, bases, plain, **keywords)
        new_member, save_new, use_args = metacls._find_new_(plain, member_type, first_enum)
        for name in names:
            _add_member(enum_class, name, values[name], new_member, use_args, is_flag)
        if is_flag and names:
            _finish_flag(enum_class)
        if Enum is not None and (own_new is not None or names):
            enum_class.__new__ = Enum.__new__
        if ReprEnum is not None and ReprEnum in bases:
            # Texts are those of the plain value.
            for name in ("__str__", "__format__"):
                if name not in plain:
                    method = getattr(member_type, name)
                    if method is object.__str__:
                        method = member_type.__repr__
                    type.__setattr__(enum_class, name, method)
        if first_enum is not None:
            # What would be the mixed-in type's is the enumeration's otherwise.
            for name in ("__repr__", "__str__", "__format__", "__reduce_ex__"):
                if name not in enum_class.__dict__:
                    found = getattr(enum_class, name, None)
                    if found in (getattr(member_type, name, None), getattr(object, name, None)):
                        type.__setattr__(enum_class, name, getattr(first_enum, name))
        if order is not None:
            wanted = order.replace(",", " ").split() if isinstance(order, str) else list(order)
            wanted = [name for name in wanted if name in enum_class._member_names_ or name not in enum_class._member_map_]
            if wanted != enum_class._member_names_:
                raise TypeError(f"member order does not match _order_:\n  {enum_class._member_names_!r}\n  {wanted!r}")
        return enum_class

    def __init__(cls, *args, **keywords):
        pass

    def __bool__(cls):
        return True

    def __call__(cls, value=..., names=..., *more, module=None, qualname=None, type=None, start=1, boundary=None):
        if cls._member_map_:
            if value is ...:
                raise TypeError(f"{cls.__name__}.__new__() missing 1 required positional argument: 'value'")
            if names is not ...:
                value = (value, names) + more
            return cls.__new__(cls, value)
        if names is ... and type is None:
            return cls.__new__(cls, value)
        return cls._create_(
            value,
            None if names is ... else names,
            module=module,
            qualname=qualname,
            type=type,
            start=start,
            boundary=boundary,
        )

    def __contains__(cls, value):
        if isinstance(value, cls):
            return True
        try:
            cls(value)
            return True
        except (ValueError, KeyError):
            return False

    def __delattr__(cls, name):
        if name in cls._member_map_:
            raise AttributeError(f"{cls.__name__!r} cannot delete member {name!r}.")
        super().__delattr__(name)

    def __setattr__(cls, name, value):
        if name in cls.__dict__.get("_member_map_", {}):
            raise AttributeError(f"cannot reassign member {name!r}")
        super().__setattr__(name, value)

    def __dir__(cls):
        names = {"__class__", "__contains__", "__doc__", "__getitem__", "__init_subclass__", "__iter__", "__len__"}
        names |= {"__members__", "__module__", "__name__", "__qualname__"}
        return sorted(names | set(cls._member_names_))

    def __getitem__(cls, name):
        return cls._member_map_[name]

    def __iter__(cls):
        return (cls._member_map_[name] for name in cls._member_names_)

    def __reversed__(cls):
        return (cls._member_map_[name] for name in reversed(cls._member_names_))

    def __len__(cls):
        return len(cls._member_names_)

    @_builtin_property
    def __members__(cls):
        return MappingProxyType(cls._member_map_)

    def __repr__(cls):
        if Flag is not None and issubclass(cls, Flag):
            return f"<flag {cls.__name__!r}>"
        return f"<enum {cls.__name__!r}>"

    def _create_(cls, class_name, names, *, module=None, qualname=None, type=None, start=1, boundary=None):
        """The functional form: names as a text, a list, pairs or a mapping."""
        metacls = cls.__class__
        bases = (cls,) if type is None else (type, cls)
        namespace = metacls.__prepare__(class_name, bases)
        if isinstance(names, str):
            names = names.replace(",", " ").split()
        if isinstance(names, (tuple, list)) and names and isinstance(names[0], str):
            given, names, last = names, [], []
            for number, name in enumerate(given):
                value = namespace._generate(name, start, number, last[:])
                last.append(value)
                names.append((name, value))
        for item in names or ():
            if isinstance(item, str):
                name, value = item, names[item]
            else:
                name, value = item
            namespace[name] = value
        if module is None:
            try:
                module = sys._getframe(2).f_globals["__name__"]
            except (AttributeError, ValueError, KeyError):
                module = "__main__"
        namespace["__module__"] = module
        if qualname is not None:
            namespace["__qualname__"] = qualname
        return metacls.__new__(metacls, class_name, bases, namespace, boundary=boundary)

    @classmethod
    def _check_for_existing_members_(mcls, class_name, bases):
        for chain in bases:
            for base in chain.__mro__:
                if isinstance(base, EnumType) and base.__dict__.get("_member_names_"):
                    raise TypeError(f"<enum {class_name!r}> cannot extend {base!r}")

    @classmethod
    def _get_mixins_(mcls, class_name, bases):
        """The type that members hold a value of, and the last base, an enumeration."""
        if not bases or Enum is None:
            return object, None
        first_enum = bases[-1]
        if not isinstance(first_enum, EnumType):
            raise TypeError("new enumerations should be created as `EnumName([mixin_type, ...] [data_type,] enum_type)`")
        return mcls._find_data_type_(class_name, bases) or object, first_enum

    @classmethod
    def _find_data_type_(mcls, class_name, bases):
        found = []
        for chain in bases:
            candidate = None
            for base in chain.__mro__:
                if base is object:
                    continue
                if isinstance(base, EnumType):
                    if base._member_type_ is not object:
                        if base._member_type_ not in found:
                            found.append(base._member_type_)
                        break
                elif "__new__" in base.__dict__ or base.__module__ == "builtins" or "__dataclass_fields__" in base.__dict__:
                    if isinstance(base, EnumType):
                        continue
                    chosen = candidate or base
                    if chosen not in found:
                        found.append(chosen)
                    break
                else:
                    candidate = candidate or base
        if len(found) > 1:
            raise TypeError(f"too many data types for {class_name!r}: {set(found)!r}")
        return found[0] if found else None

    @classmethod
    def _find_data_repr_(mcls, class_name, bases):
        for chain in bases:
            for base in chain.__mro__:
                if base is object:
                    continue
                if isinstance(base, EnumType):
                    return base.__dict__.get("_value_repr_")
                if "__repr__" in base.__dict__ or base.__module__ == "builtins":
                    return base.__repr__
        return None

    @classmethod
    def _find_new_(mcls, namespace, member_type, first_enum):
        """The function that makes members, whether it is the program's own, and whether it takes the value's parts."""
        new = namespace.get("__new__")
        save_new = first_enum is not None and new is not None
        if new is None:
            if first_enum is not None:
                new = getattr(first_enum, "__new_member__", None)
            if new in (None, object.__new__):
                new = member_type.__new__
        if isinstance(new, staticmethod):
            new = new.__func__
        use_args = new is not object.__new__ and first_enum is not None
        return new, save_new, use_args


EnumMeta = EnumType


def _add_member(enum_class, name, value, new_member, use_args, is_flag):
    """Makes the member of one name, or finds the one of which it is an alias."""
    member_type = enum_class._member_type_
    args = value if isinstance(value, tuple) else (value,)
    if member_type is tuple:
        args = (args,)
    if use_args and new_member is not object.__new__:
        made = new_member(enum_class, *args)
    else:
        made = object.__new__(enum_class)
    if "_value_" not in made.__dict__:
        if member_type is object:
            made._value_ = value
        else:
            try:
                made._value_ = member_type(*args)
            except Exception as error:
                problem = TypeError("_value_ not set in __new__, unable to create it")
                problem.__cause__ = error
                raise problem
    value = made._value_
    made._name_ = name
    made.__objclass__ = enum_class
    if hasattr(enum_class, "__init__") and enum_class.__init__ is not object.__init__:
        made.__init__(*args)
        value = made._value_
    made._sort_order_ = len(enum_class._member_names_)
    known = None
    if is_flag and isinstance(value, int) and value and not _is_single_bit(value):
        known = next((m for m in enum_class._member_map_.values() if m._value_ == value), None)
    else:
        try:
            known = enum_class._value2member_map_.get(value)
        except TypeError:
            known = next((m for m in enum_class._member_map_.values() if m._value_ == value), None)
    if known is not None:
        made = known
    elif not is_flag or isinstance(value, int) and _is_single_bit(value):
        enum_class._member_names_.append(name)
    if is_flag and isinstance(value, int):
        enum_class._flag_mask_ |= value
        if _is_single_bit(value):
            enum_class._singles_mask_ |= value
        enum_class._all_bits_ = 2 ** enum_class._flag_mask_.bit_length() - 1
    # A property of this name stays one for members; the class gives the member.
    descriptor = None
    for entry in enum_class.__mro__[1:]:
        descriptor = entry.__dict__.get(name)
        if descriptor is not None:
            break
    if isinstance(descriptor, (property, DynamicClassAttribute)):
        redirect = property(descriptor.fget, descriptor.fset, descriptor.fdel)
        redirect.__set_name__(enum_class, name)
        type.__setattr__(enum_class, name, redirect)
    else:
        type.__setattr__(enum_class, name, made)
    enum_class._member_map_[name] = made
    try:
        enum_class._value2member_map_.setdefault(value, made)
    except TypeError:
        enum_class._unhashable_values_.append(value)


def _finish_flag(enum_class):
    singles = 0
    multi = 0
    for made in enum_class._member_map_.values():
        if isinstance(made._value_, int):
            if _is_single_bit(made._value_):
                singles |= made._value_
            else:
                multi |= made._value_ if made._value_ > 0 else 0
    ordered = sorted(enum_class._member_names_, key=lambda name: enum_class._member_map_[name]._value_)
    if ordered != enum_class._member_names_:
        enum_class._iter_member_ = enum_class._iter_member_by_def_
    missing = multi & ~singles
    if enum_class._boundary_ is not KEEP and missing:
        # Bits that have no name of their own count only for boundary KEEP.
        enum_class._flag_mask_ = singles | multi


def _owner(cls):
    """The name of a class as it stands in texts of members."""
    return cls.__name__


class Enum(metaclass=EnumType):
    """The base of enumerations."""

    @classmethod
    def __signature__(cls):
        return "(*values)" if cls._member_names_ else "(new_class_name, /, names)"

    def __new__(cls, value):
        if type(value) is cls:
            return value
        try:
            return cls._value2member_map_[value]
        except KeyError:
            pass
        except TypeError:
            for made in cls._member_map_.values():
                if made._value_ == value:
                    return made
        if not cls._member_map_:
            raise TypeError(f"{cls!r} has no members; specify `names=()` if you meant to create a new, empty, enum")
        problem = None
        try:
            result = cls._missing_(value)
        except Exception as error:
            problem, result = error, None
        if isinstance(result, cls) or Flag is not None and issubclass(cls, Flag) and cls._boundary_ is EJECT and isinstance(result, int):
            return result
        invalid = ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        if problem is not None:
            if isinstance(problem, ValueError):
                raise problem
            problem.__context__ = invalid
            raise problem
        if result is not None:
            raise TypeError(f"error in {cls.__name__}._missing_: returned {result!r} instead of None or a valid member")
        raise invalid

    def __init__(self, *args, **keywords):
        pass

    def _generate_next_value_(name, start, count, last_values):
        """The value for auto(): one more than the greatest so far."""
        if not last_values:
            return start
        try:
            return max(last_values) + 1
        except TypeError:
            raise TypeError("unable to sort non-numeric values") from None

    @classmethod
    def _missing_(cls, value):
        return None

    def __repr__(self):
        show = type(self)._value_repr_ or repr
        return f"<{_owner(type(self))}.{self._name_}: {show(self._value_)}>"

    def __str__(self):
        return f"{_owner(type(self))}.{self._name_}"

    def __format__(self, format_spec):
        return str.__format__(str(self), format_spec)

    def __dir__(self):
        names = {"__class__", "__doc__", "__eq__", "__hash__", "__module__", "name", "value"}
        for entry in type(self).__mro__:
            names.update(n for n in entry.__dict__ if n[0] != "_" and n not in type(self)._member_map_)
        return sorted(names)

    def __hash__(self):
        return hash(self._name_)

    def __reduce_ex__(self, protocol):
        return type(self), (self._value_,)

    def __deepcopy__(self, memo):
        return self

    def __copy__(self):
        return self

    def _add_alias_(self, name):
        cls = type(self)
        if name in cls._member_map_:
            if cls._member_map_[name] is not self:
                raise NameError(f"{name!r} is already bound: {cls._member_map_[name]!r}")
            return
        type.__setattr__(cls, name, self)
        cls._member_map_[name] = self

    def _add_value_alias_(self, value):
        cls = type(self)
        if value in cls._value2member_map_:
            if cls._value2member_map_[value] is not self:
                raise ValueError(f"{value!r} is already bound: {cls._value2member_map_[value]!r}")
            return
        cls._value2member_map_[value] = self

    @property
    def name(self):
        """The name of the member."""
        return self._name_

    @property
    def value(self):
        """The value of the member."""
        return self._value_


class ReprEnum(Enum):
    """Changes only the repr of the mixed-in type."""


class IntEnum(int, ReprEnum):
    """Members are ints."""


class StrEnum(str, ReprEnum):
    """Members are strs."""

    def __new__(cls, *values):
        if len(values) > 3:
            raise TypeError(f"too many arguments for str(): {values!r}")
        for value, what in zip(values, ("", "encoding", "errors")):
            if not isinstance(value, str):
                raise TypeError(f"{what} must be a string, not {value!r}" if what else f"{value!r} is not a string")
        made = str.__new__(cls, *values)
        made._value_ = str(*values)
        return made

    def _generate_next_value_(name, start, count, last_values):
        return name.lower()


class FlagBoundary(StrEnum):
    """What becomes of bits that no member has."""

    STRICT = auto()
    CONFORM = auto()
    EJECT = auto()
    KEEP = auto()


STRICT, CONFORM, EJECT, KEEP = FlagBoundary


class Flag(Enum, boundary=STRICT):
    """Members can be put together by | & ^ ~."""

    _numeric_repr_ = repr

    def _generate_next_value_(name, start, count, last_values):
        """The value for auto(): the next power of two."""
        if not last_values:
            return start if start is not None else 1
        last = max(last_values)
        try:
            return 2 ** last.bit_length()
        except Exception:
            raise TypeError(f"invalid flag value {last!r}") from None

    @classmethod
    def _iter_member_by_value_(cls, value):
        value &= cls._flag_mask_
        bit = 1
        while value:
            if value & bit:
                value ^= bit
                found = cls._value2member_map_.get(bit)
                if found is not None:
                    yield found
            bit <<= 1

    _iter_member_ = _iter_member_by_value_

    @classmethod
    def _iter_member_by_def_(cls, value):
        yield from sorted(cls._iter_member_by_value_(value), key=lambda m: m._sort_order_)

    @classmethod
    def _missing_(cls, value):
        """A member with several bits, made when it is first asked for."""
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        mask, singles, all_bits = cls._flag_mask_, cls._singles_mask_, cls._all_bits_
        negative = None
        if not ~all_bits <= value <= all_bits or value & (all_bits ^ mask):
            if cls._boundary_ is STRICT:
                width = max(value.bit_length(), mask.bit_length())
                raise ValueError(
                    f"{cls!r} invalid value {value!r}\n    given {_bin(value, width)}\n  allowed {_bin(mask, width)}"
                )
            if cls._boundary_ is CONFORM:
                value &= mask
            elif cls._boundary_ is EJECT:
                return value
            elif value < 0:
                value = max(all_bits + 1, 2 ** value.bit_length()) + value
        if value < 0:
            negative = value
            value = all_bits + 1 + value if cls._boundary_ in (EJECT, KEEP) else mask & value
        known = cls._value2member_map_.get(value)
        if known is not None:
            return known
        unknown = value & ~mask
        if cls._member_type_ is object:
            made = object.__new__(cls)
        else:
            made = cls._member_type_.__new__(cls, value)
        made._value_ = value
        parts = list(cls._iter_member_(value))
        if parts:
            rest = value
            for part in parts:
                rest &= ~part._value_
            made._name_ = "|".join([part._name_ for part in parts])
            if rest:
                made._name_ += f"|{cls._numeric_repr_(rest)}"
        else:
            made._name_ = None
        made._sort_order_ = len(cls._member_names_)
        cls._value2member_map_.setdefault(value, made)
        if negative is not None:
            cls._value2member_map_[negative] = made
        return made

    def __contains__(self, other):
        if not isinstance(other, type(self)):
            raise TypeError(
                f"unsupported operand type(s) for 'in': {type(other).__qualname__!r} and {type(self).__qualname__!r}"
            )
        return other._value_ & self._value_ == other._value_

    def __iter__(self):
        yield from self._iter_member_(self._value_)

    def __len__(self):
        return self._value_.bit_count()

    def __repr__(self):
        cls = type(self)
        show = cls._value_repr_ or repr
        if self._name_ is None:
            return f"<{_owner(cls)}: {show(self._value_)}>"
        return f"<{_owner(cls)}.{self._name_}: {show(self._value_)}>"

    def __str__(self):
        cls = type(self)
        if self._name_ is None:
            return f"{_owner(cls)}({self._value_!r})"
        return f"{_owner(cls)}.{self._name_}"

    def __bool__(self):
        return bool(self._value_)

    def _operand(self, other):
        if isinstance(other, type(self)):
            return other._value_
        if self._member_type_ is not object and isinstance(other, self._member_type_):
            return other
        return NotImplemented

    def __or__(self, other):
        other = self._operand(other)
        return other if other is NotImplemented else type(self)(self._value_ | other)

    def __and__(self, other):
        other = self._operand(other)
        return other if other is NotImplemented else type(self)(self._value_ & other)

    def __xor__(self, other):
        other = self._operand(other)
        return other if other is NotImplemented else type(self)(self._value_ ^ other)

    def __invert__(self):
        cls = type(self)
        if cls._boundary_ in (EJECT, KEEP):
            return cls(~self._value_)
        return cls(cls._singles_mask_ & ~self._value_)

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__


def _bin(value, width):
    """The bits of a number, negative ones as a machine would have them: 0b0 0011."""
    sign = "1" if value < 0 else "0"
    digits = f"{value & ((1 << width) - 1):0{width}b}" if width else "0"
    return f"0b{sign} {digits}"


class IntFlag(int, ReprEnum, Flag, boundary=KEEP):
    """Flags that are ints."""

    __or__ = __ror__ = Flag.__or__
    __and__ = __rand__ = Flag.__and__
    __xor__ = __rxor__ = Flag.__xor__
    __invert__ = Flag.__invert__
    __contains__ = Flag.__contains__


def unique(enumeration):
    """Class decorator: no two names may mean the same member."""
    doubles = [(name, found.name) for name, found in enumeration.__members__.items() if name != found.name]
    if doubles:
        details = ", ".join([f"{alias} -> {name}" for alias, name in doubles])
        raise ValueError(f"duplicate values found in {enumeration!r}: {details}")
    return enumeration


class EnumCheck(StrEnum):
    """What `verify` can check."""

    CONTINUOUS = "no skipped integer values"
    NAMED_FLAGS = "multi-flag aliases may not contain unnamed flags"
    UNIQUE = "one name per value"


CONTINUOUS, NAMED_FLAGS, UNIQUE = EnumCheck


class verify:
    """Class decorator: checks an enumeration."""

    def __init__(self, *checks):
        self.checks = checks

    def __call__(self, enumeration):
        name = enumeration.__name__
        is_flag = issubclass(enumeration, Flag)
        for check in self.checks:
            if check is UNIQUE:
                doubles = [(n, m.name) for n, m in enumeration.__members__.items() if n != m.name]
                if doubles:
                    details = ", ".join([f"{alias} -> {original}" for alias, original in doubles])
                    raise ValueError(f"aliases found in {enumeration!r}: {details}")
            elif check is CONTINUOUS:
                values = sorted(m._value_ for m in enumeration)
                if len(values) < 2:
                    continue
                if is_flag:
                    low, high = values[0].bit_length() - 1, values[-1].bit_length() - 1
                    missing = [1 << i for i in range(low, high) if 1 << i not in values]
                else:
                    missing = [i for i in range(values[0], values[-1]) if i not in values]
                if missing:
                    what = "flag" if is_flag else "enum"
                    raise ValueError(f"invalid {what} {name!r}: missing values {', '.join(map(str, missing))}")
            elif check is NAMED_FLAGS:
                bits = 0
                for m in enumeration:
                    bits |= m._value_
                for alias, m in enumeration.__members__.items():
                    if m._value_ > 0 and m._value_ & ~bits:
                        rest = m._value_ & ~bits
                        raise ValueError(
                            f"invalid Flag {name!r}: alias {alias} is missing combined values of {hex(rest)} "
                            "[use enum.show_flag_values(value) for details]"
                        )
        return enumeration


def show_flag_values(value):
    return [1 << i for i in range(value.bit_length()) if value >> i & 1]


def global_enum(cls, update_str=False):
    """Class decorator: the members become names of the module."""
    sys.modules[cls.__module__].__dict__.update(cls.__members__)
    return cls
