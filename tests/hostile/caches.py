# Bad input: see crates/cli/tests/hostile.rs.
class A:
    def f(s):
        return "A"

    x = 1


class B:
    def f(s):
        return "B"

    y = 2


class S:
    __slots__ = ("a", "b")


class T(list):
    pass


class E(ValueError):
    pass


a = A()
a.p = 1
a.q = 2


def use(o):
    try:
        return o.f()
    except AttributeError:
        return None


def rd(o, n):
    try:
        return o.p
    except AttributeError:
        return None


for i in range(3):
    use(a)
    rd(a, "p")
for C in (B, A, S, T, int, E, 5, None, type):
    try:
        a.__class__ = C
    except (TypeError, AttributeError) as e:
        pass
    print(use(a), rd(a, "p"), end=" ")
    try:
        a.z = 1
        a.p = 2
        repr(a)
        del a.p
        a.p = 3
    except AttributeError:
        pass
t = T([1, 2])
for C in (B, A, S, E, list):
    try:
        t.__class__ = C
    except (TypeError, AttributeError) as e:
        pass
    repr(t)
d = a.__dict__
try:
    d["new"] = 1
    print(a.new)
    d.clear()
    print(hasattr(a, "p"))
    a.__dict__ = {"p": 9}
    print(a.p)
    del a.__dict__
except (AttributeError, TypeError) as e:
    print(e)


# class mutation
class P:
    pass


class Q(P):
    pass


q = Q()


def g():
    return q.m()


P.m = lambda s: 1
print(g(), g())
Q.m = lambda s: 2
print(g(), g())
del Q.m
print(g())
q.m = lambda: 3
print(g())
del q.m
P.m = lambda s: 4
print(g())
del P.m
try:
    g()
except AttributeError:
    print("AE")
try:
    Q.__bases__ = (A,)
    print(g())
except (TypeError, AttributeError):
    print("nobases")
# global caches
x = 1


def h():
    return x


print(h(), h())
del x
try:
    h()
except NameError:
    print("NE")
x = 5
print(h())
globals()["x"] = 6
print(h())
globals().pop("x")
try:
    h()
except NameError:
    print("NE")
globals().update(x=7)
print(h())
for i in range(1000):
    globals()["v%d" % i] = i
print(h())
x = 8
print(h())


def ln():
    return len([])


print(ln())
len = lambda x: "my"
print(ln())
del len
print(ln())
import builtins


def w():
    return zork


builtins.zork = 1
print(w())
builtins.zork = 2
print(w())
del builtins.zork
try:
    w()
except NameError:
    print("NE")


def setg():
    global gg
    gg = 1


setg()
setg()
del gg
setg()
print(gg)
globals().pop("gg")
setg()
print(gg)
src = compile("y=x\ndef ff(): return x\nz=ff()", "a", "exec")
for i in range(5):
    dd = {"x": i}
    exec(src, dd)
    print(dd["y"], dd["z"], end=" ")
import sys

m = sys


def ms():
    return m.last_value


sys.last_value = 1
print(ms(), ms())
sys.last_value = 2
print(ms())
del sys.last_value
try:
    ms()
except AttributeError:
    print("AE")
sys.last_value = 3
print(ms())
del sys.last_value
k = {"x": 1}
exec("def ff(): return x", k)
print(k["ff"]())
k.clear()
ff2 = None
k = {"x": 1}
exec("def ff(): return x", k)
ff2 = k["ff"]
print(ff2())
k.pop("x")
try:
    ff2()
except NameError:
    print("NE")
k["x"] = 2
print(ff2())
k.popitem()
try:
    print(ff2())
except NameError:
    print("NE")
k.setdefault("x", 4)
print(ff2())
k |= {"x": 5}
print(ff2())
print("ok")
