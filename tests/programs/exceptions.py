# try, except, else, finally in many combinations; raise; custom exceptions; return and loops across them.
def attempt(f):
    try:
        f()
    except ZeroDivisionError as e:
        return "zero", type(e).__name__
    except (KeyError, IndexError) as e:
        return "lookup", type(e).__name__
    except Exception:
        return "other"
    else:
        return "fine"
    finally:
        print("done", end=" ")
print(attempt(lambda: 1 // 0), attempt(lambda: {}["x"]), attempt(lambda: [][1]), attempt(lambda: int("x")), attempt(lambda: 0))

class MyError(ValueError):
    def __init__(self, code):
        super().__init__("code %d" % code)
        self.code = code
try:
    raise MyError(7)
except ValueError as e:
    print(e.code, e.args, isinstance(e, MyError))

def order():
    try:
        try:
            raise KeyError("a")
        finally:
            print("inner finally")
    except KeyError as e:
        print("caught", e.args)
        try:
            raise
        except KeyError:
            print("again")
order()

def early(n):
    for i in range(n):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            print("body", i)
        finally:
            print("finally", i)
    else:
        print("no break")
    return "after"
print(early(2), early(5))

def ret():
    try:
        return "try"
    finally:
        print("cleanup")
def override():
    try:
        return "try"
    finally:
        return "finally"
def swallow():
    while True:
        try:
            1 // 0
        finally:
            break
    return "swallowed"
def nested():
    try:
        try:
            return 1
        finally:
            try:
                raise ValueError
            except ValueError:
                print("handled inside")
    finally:
        print("outermost")
print(ret(), override(), swallow(), nested())
def unbound():
    try:
        pass
    except Exception as e:
        pass
    try:
        e
    except NameError:
        return "unbound"
print(unbound())
try:
    e = 1
    raise ValueError("x")
except ValueError as e:
    pass
try:
    print(e)
except NameError:
    print("e is gone")
try:
    assert 1 == 2, "message"
except AssertionError as err:
    print("assert", err.args)
def chain():
    try:
        raise KeyError(1)
    except KeyError as k:
        raise ValueError(2) from None
try:
    chain()
except ValueError as e:
    print("chained", e.args)
def gen():
    try:
        yield 1
        yield 2
    finally:
        print("generator closed")
g = gen()
print(next(g))
g.close()
try:
    raise StopIteration(5)
except StopIteration as s:
    print(s.value)
for exc in (TypeError, ValueError("v"), OSError(2)):
    try:
        raise exc
    except Exception as e:
        print(type(e).__name__)
x = []
try:
    x.append(1)
except:
    x.append(2)
else:
    x.append(3)
finally:
    x.append(4)
print(x)
