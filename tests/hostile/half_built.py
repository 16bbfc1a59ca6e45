# Bad input: see crates/cli/tests/hostile.rs.
try:
    import array
except ImportError:
    array = None
import collections, io


def tr(f):
    try:
        f()
        return "ok"
    except Exception as e:
        return type(e).__name__


for B in (
    list,
    dict,
    set,
    frozenset,
    tuple,
    str,
    bytes,
    bytearray,
    int,
    float,
    complex,
    ValueError,
    OSError,
    KeyError,
    StopIteration,
    SystemExit,
    UnicodeDecodeError,
    UnicodeEncodeError,
    BaseExceptionGroup,
    range,
    slice,
    property,
    staticmethod,
    classmethod,
    type,
    object,
    collections.deque,
    collections.OrderedDict,
    collections.defaultdict,
    io.StringIO,
    io.BytesIO,
    memoryview,
    super,
    enumerate,
    zip,
    map,
    filter,
    reversed,
):
    try:

        class C(B):
            def __init__(s, *a):
                s.n = 1
                for n in dir(s):
                    if n in ("__init__", "__class__", "__del__", "getter", "setter", "deleter", "__new__", "__call__", "copy"):
                        continue
                    try:
                        m = getattr(s, n)
                        if callable(m):
                            m()
                    except Exception:
                        pass
                    try:
                        m(s)
                    except Exception:
                        pass

        for a in ((), (1,), ([1],), ("a",), ("i",), (lambda: 1, [1])):
            try:
                C(*a)
            except Exception:
                pass

        class D(B):
            def __new__(c, *a):
                return B.__new__(c)

            def __init__(s, *a):
                pass

        for a in ((), (1,)):
            try:
                o = D(*a)
            except Exception:
                continue
            for n in dir(o):
                if n in ("__class__", "getter", "setter", "deleter", "__new__"):
                    continue
                try:
                    m = getattr(o, n)
                    if callable(m):
                        m()
                except Exception:
                    pass
                try:
                    m(o)
                except Exception:
                    pass
            for f in (
                lambda: repr(o),
                lambda: str(o),
                lambda: hash(o),
                lambda: o == o,
                lambda: o < o,
                lambda: len(o),
                lambda: list(o),
                lambda: bool(o),
                lambda: o + o,
                lambda: o[0],
                lambda: o.args,
                lambda: o(),
                lambda: iter(o),
                lambda: next(o),
                lambda: -o,
                lambda: int(o),
                lambda: o.__dict__,
                lambda: setattr(o, "x", 1),
                lambda: delattr(o, "x"),
                lambda: print(o),
                lambda: bytes(o),
                lambda: memoryview(o),
                lambda: B.__init__(o),
                lambda: B.__init__(o, o),
                lambda: B.__init__(o, [1]),
                lambda: B.__init__(1),
                lambda: B.__new__(int),
                lambda: B.__new__(list),
                lambda: B.__new__(C),
                lambda: object.__new__(B),
                lambda: object.__init__(o),
                lambda: super(D, o).__init__(),
                lambda: super(D, 5).__init__(),
                lambda: super(D, []).__init__(),
                lambda: list.__init__(o, [1]),
                lambda: dict.__init__(o, a=1),
                lambda: ValueError.__init__(o, 1),
                lambda: setattr(o, "__class__", int),
                lambda: setattr(o, "__class__", C),
                lambda: repr(o),
                lambda: setattr(o, "__dict__", {}),
                lambda: setattr(o, "__dict__", 5),
                lambda: setattr(o, "args", 5),
                lambda: setattr(o, "__cause__", 5),
                lambda: setattr(o, "__traceback__", 5),
                lambda: repr(o),
            ):
                tr(f)
    except TypeError as e:
        print(B, e)
print("ok")
