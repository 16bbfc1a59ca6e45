# What leaves try, finally and with, in what order, and which exceptions are the context of which; in generators, too.
def f():
    out = []
    for i in range(3):
        try:
            if i == 0: continue
            out.append(i)
        finally:
            out.append('f')
        out.append('n')
    return out
print(f())
def f2():
    out=[]
    while True:
        try:
            for j in range(2):
                try:
                    if j==0: break
                finally:
                    out.append('a')
            if len(out) > 3: return out
        finally:
            out.append('b')
        out.append('c')
print(f2())
class M:
    def __enter__(self): return self
    def __exit__(self, *a): return True
def f3():
    out=[]
    for i in range(4):
        with M():
            if i==0: continue
            if i==2: raise ValueError
            out.append(i)
        out.append('n')
    return out
print(f3())
def g():
    for i in range(3):
        try:
            break
        finally:
            yield i
            yield 'still'
        yield 'wrong'
    yield 'end'
print(list(g()))
def g2():
    try:
        return 5
    finally:
        yield 1
    yield 'wrong'
def g2b():
    r = yield from g2()
    yield r
print(list(g2b()))
def f4():
    out=[]
    for i in range(3):
        try:
            try:
                if i==0: continue
            finally:
                if i==0: raise KeyError
                out.append('in')
            out.append('after')
        except KeyError: out.append('caught')
        try: out.append('x')
        finally: out.append('y')
        out.append('z')
    return out
print(f4())
def f5():
    out=[]
    for i in range(3):
        try:
            if i==1: continue
            try:
                if i==0: continue
            finally:
                try: 1//0
                except ZeroDivisionError: out.append('zde')
        finally:
            out.append('o')
        out.append('n')
    return out
print(f5())
def f6():
    try:
        try:
            raise KeyError(1)
        finally:
            try: raise ValueError(2)
            except ValueError: pass
    except KeyError as e: return e.args
print(f6())
def f7():
    try: raise KeyError
    except KeyError as k:
        try: raise ValueError
        except ValueError as v: return repr(v.__context__), v.__context__ is k
print(f7())
def f8():
    try:
        try: 1//0
        finally: {}['x']
    except KeyError as e: return repr(e.__context__)
print(f8())
def f9():
    try:
        raise KeyError('a')
    except KeyError:
        try:
            raise
        except KeyError as e: return repr(e), repr(e.__context__)
try: print(f9())
except BaseException as e: print(repr(e))
def f10():
    try:
        try: raise KeyError('a')
        except KeyError: raise ValueError('b') from None
    except ValueError as e: return e.__suppress_context__, repr(e.__context__), repr(e.__cause__)
print(f10())
def helper():
    try: raise TypeError('t')
    except TypeError as e: return repr(e.__context__)
def f11():
    try: raise KeyError('a')
    except KeyError: return helper()
print(f11())


# A finally block that an exception passes through changes nothing of what it was raised in the handling of.
def contexts(error):
    while error is not None:
        yield repr(error)
        error = error.__context__


def passes_through():
    try:
        raise ValueError("first")
    except ValueError:
        try:
            try:
                raise TypeError("second")
            except TypeError:
                raise KeyError("third")
        finally:
            pass


class Raises:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        raise KeyError("third")


async def leaves_manager():
    try:
        raise ValueError("first")
    finally:
        async with Raises():
            raise TypeError("second")


for function in (passes_through, lambda: leaves_manager().send(None)):
    try:
        function()
    except KeyError as error:
        print(*contexts(error))
