# Code is made ready by its first call: what can happen before and during it.
import sys


def generator():
    yield 1
    yield 2


# Made before the code ran, resumed after another of its generators did.
early, late = generator(), generator()
print(list(late), list(early), early.gi_running)

thrown = generator()
try:
    thrown.throw(ValueError("before the start"))
except ValueError as error:
    print(error)
unused = generator()
unused.close()
print(list(unused))


def never():
    return undefined_name


print(never.__name__, never.__code__.co_name, never.__code__.co_firstlineno)


def recursive(n):
    return n and recursive(n - 1) + 1


print(recursive(300))

# The same code with other globals, before and after its first call.
code = compile("def f(): return x\nresult = f()", "<text>", "exec")
for x in range(2):
    space = {"x": x}
    exec(code, space)
    print(space["result"], space["f"]())
exec(never.__code__, {"undefined_name": 5})


# What sites learned is forgotten when a name comes between, however many functions learned something.
def reader(i):
    return eval(f"lambda: len('{i}' * {i})")


readers = [reader(i) for i in range(40)]
print(sum(r() for r in readers), sum(r() for r in readers[::2]))
len = lambda text: 1
print(sum(r() for r in readers))
del len
print(sum(r() for r in readers))


class Base:
    def name(self):
        return "base"


class Derived(Base):
    pass


def ask(thing):
    return thing.name()


def ask_again(thing):
    return thing.name()


thing = Derived()
print(ask(thing), ask_again(thing))
Derived.name = lambda self: "derived"
print(ask(thing), ask_again(thing))
del Derived.name
print(ask(thing), ask_again(thing))
thing.name = lambda: "own"
print(ask(thing), ask_again(thing))


def traced():
    first_called_when_traced(0)
    first_called_when_traced(1)


def first_called_when_traced(i):
    return i


events = []


def tracer(frame, event, arg):
    events.append((frame.f_code.co_name, event, frame.f_lineno))
    return tracer


sys.settrace(tracer)
traced()
sys.settrace(None)
print(events)
