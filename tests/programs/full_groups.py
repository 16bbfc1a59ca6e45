# Exception groups and except*.
def handle(exc):
    try:
        raise exc
    except* ValueError as group:
        print("values", [e.args for e in group.exceptions])
    except* (TypeError, KeyError) as group:
        print("types", [type(e).__name__ for e in group.exceptions])
    else:
        print("else")
    finally:
        print("finally")
handle(ExceptionGroup("g", [ValueError(1), TypeError(2), ValueError(3)]))
handle(ValueError("alone"))
handle(ExceptionGroup("g", [KeyError("k")]))
try:
    handle(ExceptionGroup("g", [OSError("unhandled"), ValueError(1)]))
except ExceptionGroup as rest:
    print("rest", [type(e).__name__ for e in rest.exceptions])
def fine():
    try:
        pass
    except* Exception:
        print("never")
    else:
        print("fine")
fine()
def nested():
    try:
        try:
            raise ExceptionGroup("outer", [ValueError(1), OSError("o")])
        except* ValueError:
            raise KeyError("new")
    except* KeyError as k:
        print("key", len(k.exceptions))
    except* OSError as o:
        print("os", len(o.exceptions))
nested()
def loop():
    out = []
    for i in range(3):
        try:
            if i:
                raise ExceptionGroup("l", [ValueError(i)])
        except* ValueError as e:
            out.append(e.exceptions[0].args[0])
    return out
print(loop())
