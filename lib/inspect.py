"""Facts about live objects: kinds, members, signatures."""

import sys
import types

__all__ = [
    "BoundArguments",
    "Parameter",
    "Signature",
    "getattr_static",
    "getdoc",
    "getfile",
    "getmembers",
    "getmodule",
    "getmro",
    "isabstract",
    "isasyncgen",
    "isasyncgenfunction",
    "isawaitable",
    "isbuiltin",
    "isclass",
    "iscode",
    "iscoroutine",
    "iscoroutinefunction",
    "isdatadescriptor",
    "isframe",
    "isfunction",
    "isgenerator",
    "isgeneratorfunction",
    "ismethod",
    "ismethoddescriptor",
    "ismodule",
    "isroutine",
    "istraceback",
    "signature",
    "unwrap",
]

CO_VARARGS, CO_VARKEYWORDS, CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR = 4, 8, 32, 128, 512


class _empty:
    """Stands for a default or an annotation that is not there."""


def ismodule(obj):
    return isinstance(obj, types.ModuleType)


def isclass(obj):
    return isinstance(obj, type)


def ismethod(obj):
    return isinstance(obj, types.MethodType)


def isfunction(obj):
    return isinstance(obj, types.FunctionType)


def isbuiltin(obj):
    return isinstance(obj, types.BuiltinFunctionType)


def isroutine(obj):
    return isbuiltin(obj) or isfunction(obj) or ismethod(obj)


def iscode(obj):
    return isinstance(obj, types.CodeType)


def isframe(obj):
    return types.FrameType is not type(None) and isinstance(obj, types.FrameType)


def istraceback(obj):
    return isinstance(obj, types.TracebackType)


def isgenerator(obj):
    return isinstance(obj, types.GeneratorType)


def isasyncgen(obj):
    return isinstance(obj, types.AsyncGeneratorType)


def iscoroutine(obj):
    return isinstance(obj, types.CoroutineType) and (
        types.CoroutineType is not types.GeneratorType or _flags_of(obj, "cr_code", "gi_code") & CO_COROUTINE != 0
    )


def isawaitable(obj):
    return iscoroutine(obj) or hasattr(type(obj), "__await__")


def _flags_of(obj, *names):
    for name in names:
        code = getattr(obj, name, None)
        if code is not None:
            return code.co_flags
    return 0


def _function_of(obj):
    """The Python function in a method or a partial."""
    import functools

    while True:
        if ismethod(obj):
            obj = obj.__func__
        elif isinstance(obj, functools.partial):
            obj = obj.func
        else:
            return obj


def _has_flag(obj, flag):
    obj = _function_of(obj)
    return isfunction(obj) and obj.__code__.co_flags & flag != 0


def isgeneratorfunction(obj):
    return _has_flag(obj, CO_GENERATOR)


def iscoroutinefunction(obj):
    return _has_flag(obj, CO_COROUTINE) or getattr(obj, "_is_coroutine_mark", False) is True


def isasyncgenfunction(obj):
    return _has_flag(obj, CO_ASYNC_GENERATOR)


def markcoroutinefunction(func):
    func._is_coroutine_mark = True
    return func


def isdatadescriptor(obj):
    if isclass(obj) or ismethod(obj) or isfunction(obj):
        return False
    return hasattr(type(obj), "__set__") or hasattr(type(obj), "__delete__") or isinstance(obj, property)


def ismethoddescriptor(obj):
    if isclass(obj) or ismethod(obj) or isfunction(obj):
        return False
    return hasattr(type(obj), "__get__") and not isdatadescriptor(obj)


def isabstract(obj):
    return isclass(obj) and bool(getattr(obj, "__abstractmethods__", ()))


def getmembers(object, predicate=None):
    """Pairs of name and value of all attributes for which the predicate is true, by name."""
    members = []
    for name in dir(object):
        try:
            value = getattr(object, name)
        except AttributeError:
            continue
        if predicate is None or predicate(value):
            members.append((name, value))
    members.sort(key=lambda pair: pair[0])
    return members


def getmro(cls):
    return cls.__mro__


def getmodule(object):
    if ismodule(object):
        return object
    return sys.modules.get(getattr(object, "__module__", None))


def getmodulename(path):
    name = path.replace("\\", "/").rpartition("/")[2]
    for suffix in (".py", ".mpy"):
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return None


def getfile(object):
    if ismodule(object):
        file = getattr(object, "__file__", None)
        if file:
            return file
        raise TypeError(f"{object!r} is a built-in module")
    if isclass(object):
        file = getattr(sys.modules.get(object.__module__), "__file__", None)
        if file:
            return file
        raise TypeError(f"{object!r} is a built-in class")
    object = _function_of(object)
    if isfunction(object):
        object = object.__code__
    if iscode(object):
        return object.co_filename
    raise TypeError(
        "module, class, method, function, traceback, frame, or code object was expected, got "
        f"{type(object).__name__}"
    )


getsourcefile = getfile


def getsourcelines(object):
    """The lines of the source of a function, class or module, and the number of the first."""
    with open(getfile(object)) as file:
        lines = file.read().splitlines(True)
    if ismodule(object):
        return lines, 0
    if isclass(object):
        start = next(
            (i for i, line in enumerate(lines) if line.split("(")[0].split(":")[0].split() == ["class", object.__name__]),
            None,
        )
        if start is None:
            raise OSError("could not find class definition")
    else:
        start = _function_of(object).__code__.co_firstlineno - 1
    return lines[start : _end_of_block(lines, start)], start + 1


def _end_of_block(lines, start):
    """The end of the indented block that begins at a line."""

    def indent(line):
        return len(line) - len(line.lstrip())

    own = indent(lines[start])
    end = start + 1
    in_head = not lines[start].split("#")[0].rstrip().endswith(":")
    for i in range(start + 1, len(lines)):
        line = lines[i]
        if in_head:
            in_head = not line.split("#")[0].rstrip().endswith(":")
        elif line.strip() and not line.lstrip().startswith("#") and indent(line) <= own:
            break
        if line.strip():
            end = i + 1
    return end


def getsource(object):
    return "".join(getsourcelines(object)[0])


def getdoc(object):
    doc = getattr(object, "__doc__", None)
    if doc is None and isclass(object):
        doc = next((base.__doc__ for base in object.__mro__ if base is not type and base.__doc__), None)
    return cleandoc(doc) if isinstance(doc, str) else None


def cleandoc(doc):
    """A docstring without its indentation."""
    lines = doc.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    lines = [lines[0].lstrip()] + [line[margin:] for line in lines[1:]]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines)


def getattr_static(obj, attr, default=_empty):
    """An attribute without asking descriptors or __getattr__."""
    own = getattr(obj, "__dict__", {}) if not isclass(obj) else {}
    for entry in (obj if isclass(obj) else type(obj)).__mro__:
        found = entry.__dict__.get(attr, _empty)
        if found is not _empty:
            return found if attr not in own or isdatadescriptor(found) else own[attr]
    if attr in own:
        return own[attr]
    if default is not _empty:
        return default
    raise AttributeError(attr)


def unwrap(func, *, stop=None):
    """Follows the chain of __wrapped__."""
    seen = {id(func)}
    while hasattr(func, "__wrapped__") and not (stop is not None and stop(func)):
        func = func.__wrapped__
        if id(func) in seen:
            raise ValueError(f"wrapper loop when unwrapping {func!r}")
        seen.add(id(func))
    return func


def currentframe():
    try:
        return sys._getframe(1)
    except (AttributeError, ValueError):
        return None


class _ParameterKind(int):
    def __new__(cls, value, name, description):
        made = int.__new__(cls, value)
        made.name, made.description = name, description
        return made

    def __str__(self):
        return self.name

    def __repr__(self):
        return f"<_ParameterKind.{self.name}: {int(self)}>"


_POSITIONAL_ONLY = _ParameterKind(0, "POSITIONAL_ONLY", "positional-only")
_POSITIONAL_OR_KEYWORD = _ParameterKind(1, "POSITIONAL_OR_KEYWORD", "positional or keyword")
_VAR_POSITIONAL = _ParameterKind(2, "VAR_POSITIONAL", "variadic positional")
_KEYWORD_ONLY = _ParameterKind(3, "KEYWORD_ONLY", "keyword-only")
_VAR_KEYWORD = _ParameterKind(4, "VAR_KEYWORD", "variadic keyword")


def formatannotation(annotation, base_module=None):
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        if annotation.__module__ in ("builtins", base_module):
            return annotation.__qualname__
        return f"{annotation.__module__}.{annotation.__qualname__}"
    return repr(annotation).replace("typing.", "")


class Parameter:
    """A parameter of a function."""

    __slots__ = ("_name", "_kind", "_default", "_annotation")

    POSITIONAL_ONLY = _POSITIONAL_ONLY
    POSITIONAL_OR_KEYWORD = _POSITIONAL_OR_KEYWORD
    VAR_POSITIONAL = _VAR_POSITIONAL
    KEYWORD_ONLY = _KEYWORD_ONLY
    VAR_KEYWORD = _VAR_KEYWORD
    empty = _empty

    def __init__(self, name, kind, *, default=_empty, annotation=_empty):
        if not isinstance(name, str):
            raise TypeError(f"name must be a str, not a {type(name).__name__}")
        if not name.isidentifier():
            raise ValueError(f"{name!r} is not a valid parameter name")
        if default is not _empty and kind in (_VAR_POSITIONAL, _VAR_KEYWORD):
            raise ValueError(f"{kind.description} parameters cannot have default values")
        self._name, self._kind, self._default, self._annotation = name, kind, default, annotation

    name = property(lambda self: self._name)
    kind = property(lambda self: self._kind)
    default = property(lambda self: self._default)
    annotation = property(lambda self: self._annotation)

    def replace(self, *, name=..., kind=..., default=..., annotation=...):
        return Parameter(
            self._name if name is ... else name,
            self._kind if kind is ... else kind,
            default=self._default if default is ... else default,
            annotation=self._annotation if annotation is ... else annotation,
        )

    def __str__(self):
        text = self._name
        if self._annotation is not _empty:
            text += f": {formatannotation(self._annotation)}"
        if self._default is not _empty:
            text += (" = " if self._annotation is not _empty else "=") + repr(self._default)
        if self._kind == _VAR_POSITIONAL:
            return "*" + text
        return "**" + text if self._kind == _VAR_KEYWORD else text

    def __repr__(self):
        return f'<Parameter "{self}">'

    def __eq__(self, other):
        if not isinstance(other, Parameter):
            return NotImplemented
        return (self._name, self._kind, self._default, self._annotation) == (
            other._name,
            other._kind,
            other._default,
            other._annotation,
        )

    def __hash__(self):
        return hash((self._name, int(self._kind)))


class BoundArguments:
    """Arguments sorted to parameters."""

    def __init__(self, signature, arguments):
        self.signature, self.arguments = signature, arguments

    @property
    def args(self):
        result = []
        for name, param in self.signature.parameters.items():
            if param.kind >= _KEYWORD_ONLY or name not in self.arguments:
                break
            if param.kind == _VAR_POSITIONAL:
                result.extend(self.arguments[name])
            else:
                result.append(self.arguments[name])
        return tuple(result)

    @property
    def kwargs(self):
        result = {}
        by_name = False
        for name, param in self.signature.parameters.items():
            if name not in self.arguments:
                by_name = by_name or param.kind < _KEYWORD_ONLY and param.kind != _VAR_POSITIONAL
            elif param.kind == _VAR_KEYWORD:
                result.update(self.arguments[name])
            elif param.kind == _KEYWORD_ONLY or by_name and param.kind != _VAR_POSITIONAL:
                result[name] = self.arguments[name]
        return result

    def apply_defaults(self):
        complete = {}
        for name, param in self.signature.parameters.items():
            if name in self.arguments:
                complete[name] = self.arguments[name]
            elif param.default is not _empty:
                complete[name] = param.default
            elif param.kind == _VAR_POSITIONAL:
                complete[name] = ()
            elif param.kind == _VAR_KEYWORD:
                complete[name] = {}
        self.arguments = complete

    def __eq__(self, other):
        if not isinstance(other, BoundArguments):
            return NotImplemented
        return self.signature == other.signature and self.arguments == other.arguments

    def __repr__(self):
        return f"<BoundArguments ({', '.join([f'{name}={value!r}' for name, value in self.arguments.items()])})>"


class Signature:
    """The parameters of a function and what its result is."""

    empty = _empty

    def __init__(self, parameters=None, *, return_annotation=_empty, __validate_parameters__=True):
        found = {}
        last, seen_default = _POSITIONAL_ONLY, False
        for param in parameters or ():
            if param.kind < last:
                raise ValueError(
                    f"wrong parameter order: {last.description} parameter before {param.kind.description} parameter"
                )
            last = param.kind
            if param.kind <= _POSITIONAL_OR_KEYWORD:
                if param.default is not _empty:
                    seen_default = True
                elif seen_default:
                    raise ValueError("non-default argument follows default argument")
            if param.name in found:
                raise ValueError(f"duplicate parameter name: {param.name!r}")
            found[param.name] = param
        self.parameters = types.MappingProxyType(found)
        self.return_annotation = return_annotation

    @classmethod
    def from_callable(cls, obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
        return signature(obj, follow_wrapped=follow_wrapped)

    def replace(self, *, parameters=..., return_annotation=...):
        return Signature(
            self.parameters.values() if parameters is ... else parameters,
            return_annotation=self.return_annotation if return_annotation is ... else return_annotation,
        )

    def bind(self, /, *args, **kwargs):
        return self._bind(args, kwargs, False)

    def bind_partial(self, /, *args, **kwargs):
        return self._bind(args, kwargs, True)

    def _bind(self, args, kwargs, partial):
        arguments = {}
        kwargs = dict(kwargs)
        args = list(args)
        extra = None
        for param in self.parameters.values():
            if param.kind == _VAR_POSITIONAL:
                if args:
                    arguments[param.name] = tuple(args)
                    args = []
            elif param.kind == _VAR_KEYWORD:
                extra = param.name
            elif args and param.kind <= _POSITIONAL_OR_KEYWORD:
                if param.name in kwargs and param.kind == _POSITIONAL_OR_KEYWORD:
                    raise TypeError(f"multiple values for argument {param.name!r}")
                arguments[param.name] = args.pop(0)
            elif param.name in kwargs and param.kind != _POSITIONAL_ONLY:
                arguments[param.name] = kwargs.pop(param.name)
            elif param.default is _empty and not partial:
                raise TypeError(f"missing a required argument: {param.name!r}")
        if args:
            raise TypeError("too many positional arguments")
        if kwargs:
            if extra is None:
                raise TypeError(f"got an unexpected keyword argument {next(iter(kwargs))!r}")
            arguments[extra] = kwargs
        return BoundArguments(self, arguments)

    def __str__(self):
        return self.format()

    def format(self, *, max_width=None):
        parts = []
        star_done = positional_only = False
        for param in self.parameters.values():
            if param.kind == _POSITIONAL_ONLY:
                positional_only = True
            elif positional_only:
                parts.append("/")
                positional_only = False
            if param.kind == _VAR_POSITIONAL:
                star_done = True
            elif param.kind == _KEYWORD_ONLY and not star_done:
                parts.append("*")
                star_done = True
            parts.append(str(param))
        if positional_only:
            parts.append("/")
        text = f"({', '.join(parts)})"
        if max_width is not None and len(text) > max_width:
            text = "(\n    " + ",\n    ".join(parts) + "\n)"
        if self.return_annotation is not _empty:
            text += f" -> {formatannotation(self.return_annotation)}"
        return text

    def __repr__(self):
        return f"<Signature {self}>"

    def __eq__(self, other):
        if not isinstance(other, Signature):
            return NotImplemented
        return (
            dict(self.parameters) == dict(other.parameters) and self.return_annotation == other.return_annotation
        )

    def __hash__(self):
        return hash(tuple(self.parameters))


def _signature_of_function(function):
    code = function.__code__
    names = code.co_varnames
    n_pos, n_kw = code.co_argcount, code.co_kwonlyargcount
    n_only = code.co_posonlyargcount
    defaults = function.__defaults__ or ()
    kw_defaults = function.__kwdefaults__ or {}
    annotations = getattr(function, "__annotations__", None) or {}

    def make(name, kind, default=_empty):
        return Parameter(name, kind, default=default, annotation=annotations.get(name, _empty))

    params = []
    for i, name in enumerate(names[:n_pos]):
        kind = _POSITIONAL_ONLY if i < n_only else _POSITIONAL_OR_KEYWORD
        from_end = i - (n_pos - len(defaults))
        params.append(make(name, kind, defaults[from_end] if from_end >= 0 else _empty))
    at = n_pos + n_kw
    if code.co_flags & CO_VARARGS:
        params.append(make(names[at], _VAR_POSITIONAL))
        at += 1
    by_keyword = names[n_pos : n_pos + n_kw]
    if code.co_flags & CO_VARARGS:
        # Behind *args the compiler gives the last of them the first place.
        by_keyword = by_keyword[1:] + by_keyword[:1]
    for name in by_keyword:
        params.append(make(name, _KEYWORD_ONLY, kw_defaults.get(name, _empty)))
    if code.co_flags & CO_VARKEYWORDS:
        params.append(make(names[at], _VAR_KEYWORD))
    return Signature(params, return_annotation=annotations.get("return", _empty))


def _without_first(found):
    params = list(found.parameters.values())
    if params and params[0].kind <= _POSITIONAL_OR_KEYWORD:
        del params[0]
    elif not params or params[0].kind != _VAR_POSITIONAL:
        raise ValueError("invalid method signature")
    return found.replace(parameters=params)


def _signature_of_partial(obj, found):
    bound = found.bind_partial(*obj.args, **obj.keywords)
    params = []
    by_name = False
    for name, param in found.parameters.items():
        if name in obj.keywords and param.kind != _VAR_KEYWORD:
            by_name = True
            params.append(param.replace(kind=_KEYWORD_ONLY, default=obj.keywords[name]))
        elif name in bound.arguments and param.kind <= _POSITIONAL_OR_KEYWORD:
            continue
        elif by_name and param.kind == _POSITIONAL_OR_KEYWORD:
            params.append(param.replace(kind=_KEYWORD_ONLY))
        elif by_name and param.kind == _VAR_POSITIONAL:
            continue
        else:
            params.append(param)
    params.sort(key=lambda param: param.kind)
    return found.replace(parameters=params)


def signature(obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
    """The signature of a callable."""
    import functools

    if not callable(obj):
        raise TypeError(f"{obj!r} is not a callable object")
    if ismethod(obj):
        return _without_first(signature(obj.__func__))
    if follow_wrapped:
        obj = unwrap(obj, stop=lambda f: hasattr(f, "__signature__"))
        if ismethod(obj):
            return signature(obj)
    own = getattr(obj, "__signature__", None)
    if isinstance(own, Signature):
        return own
    if isfunction(obj):
        return _signature_of_function(obj)
    if isinstance(obj, functools.partial):
        return _signature_of_partial(obj, signature(obj.func))
    if isclass(obj):
        meta_call = getattr_static(type(obj), "__call__", None)
        if isfunction(meta_call):
            return _without_first(_signature_of_function(meta_call))
        for name in ("__new__", "__init__"):
            found = getattr_static(obj, name, None)
            if isinstance(found, staticmethod):
                found = found.__func__
            if isfunction(found):
                return _without_first(signature(found))
        if obj.__init__ is object.__init__ and obj.__new__ is object.__new__:
            return Signature()
    else:
        call = getattr_static(type(obj), "__call__", None)
        if isfunction(call):
            return _without_first(signature(call))
    raise ValueError(f"no signature found for builtin {obj!r}")


def get_annotations(obj, *, globals=None, locals=None, eval_str=False):
    annotations = getattr(obj, "__annotations__", None)
    if annotations is None:
        return {}
    if eval_str:
        space = globals if globals is not None else getattr(obj, "__globals__", None) or {}
        return {k: eval(v, space, locals) if isinstance(v, str) else v for k, v in annotations.items()}
    return dict(annotations)
