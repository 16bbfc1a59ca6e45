# Weak references and finalizers.
import gc
import weakref


class Thing:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return "Thing(%r)" % self.name


class Doomed(Thing):
    def __del__(self):
        print("del", self.name, self.back and self.back())


log = []


class Logged(Thing):
    def __del__(self):
        log.append(self.back() is None)


def use_up():
    # Overwrites what calls left on the stacks.
    return sum([len(str(i)) for i in range(10)])


def plain():
    print("-- plain")
    thing = Thing("a")
    ref = weakref.ref(thing)
    print(ref(), ref() is thing, ref.__callback__)
    gc.collect()
    print(ref())
    thing = None
    use_up()
    gc.collect()
    print(ref(), ref.__callback__)


def cycle():
    print("-- cycle")
    one, two = Thing("one"), Thing("two")
    one.other, two.other = two, one
    refs = [weakref.ref(one), weakref.ref(two, lambda r: print("two is gone", r()))]
    one = two = None
    use_up()
    gc.collect()
    print([r() for r in refs])


def callbacks():
    print("-- callbacks")
    seen = []

    def note(r):
        seen.append(r() is None)
        # Neither a collection nor new references do harm here.
        gc.collect()
        weakref.ref(Thing("inner"), seen.append)

    things = [Thing(i) for i in range(100)]
    refs = [weakref.ref(thing, note) for thing in things]
    print(refs[3].__callback__ is note)
    thing = things[50]
    things = None
    use_up()
    gc.collect()
    print(len(seen) >= 98, seen.count(True) >= 98, refs[50]() is thing)


def unreachable_reference():
    print("-- unreachable reference")
    thing = Thing("kept")
    thing.ref = weakref.ref(thing, lambda r: print("never called"))
    thing = None
    use_up()
    gc.collect()


def with_del():
    print("-- with __del__")
    doomed = Doomed("first")
    target = Thing("target")
    doomed.back = weakref.ref(target)
    ref = weakref.ref(doomed, lambda r: print("callback", r()))
    doomed = None
    use_up()
    gc.collect()
    print(ref(), target)
    # The referent dies together with what refers to it: it is found no more. (A stale word on the native stack may keep a few.)
    for i in range(20):
        logged = Logged(i)
        logged.back = weakref.ref(logged)
    logged = None
    use_up()
    gc.collect()
    print(len(log) >= 15, all(log))


def equality():
    print("-- equality")
    x, y = Thing("x"), Thing("y")
    rx, rx2, ry = weakref.ref(x), weakref.ref(x), weakref.ref(y)
    never_hashed = weakref.ref(x)
    print(rx == rx2, rx == ry, rx != ry, rx == x, hash(rx) == hash(rx2))
    print({rx: 1}[rx2], ry in {rx, rx2})
    before = hash(rx)
    x = None
    use_up()
    gc.collect()
    print(hash(rx) == before, rx == rx, rx == rx2)
    try:
        hash(never_hashed)
    except TypeError as error:
        print(error)


def finalizers():
    print("-- finalizers")
    thing = Thing("f")
    first = weakref.finalize(thing, print, "first", 1, sep="-")
    second = weakref.finalize(thing, lambda **kw: sorted(kw.items()), one=1, two=2)
    third = weakref.finalize(thing, print, "third")
    print(first.alive, second.peek()[0] is thing, second.peek()[2:])
    print(second(), second.alive, second(), second.peek())
    print(third.detach()[2], third.alive, third.detach(), third())
    thing = None
    use_up()
    gc.collect()
    print(first.alive, first.peek(), first())


def many():
    print("-- many")
    thing = Thing("many")
    for i in range(2000):
        weakref.finalize(thing, print, "never").detach()
    for i in range(2000):
        weakref.ref(thing)
    refs = [weakref.ref(thing) for i in range(500)]
    print(all([r() is thing for r in refs]))
    thing = None
    use_up()
    gc.collect()
    print(any([r() is not None for r in refs]))


def wrong():
    print("-- wrong")
    for make in (
        lambda: weakref.ref(),
        lambda: weakref.ref(1),
        lambda: weakref.ref(1.5),
        lambda: weakref.ref(Thing(0), None, None),
        lambda: weakref.ref(Thing(0), callback=None),
        lambda: weakref.finalize(Thing(0)),
        lambda: weakref.finalize(None, print),
        lambda: weakref.ref(make)(1),
        lambda: weakref.finalize.peek(1),
        lambda: weakref.finalize.detach(weakref.ref(make)),
    ):
        try:
            make()
            print("no error")
        except TypeError:
            print("TypeError")
    try:
        weakref.ref(wrong)().missing
    except AttributeError:
        print("AttributeError")


for test in (
    plain, cycle, callbacks, unreachable_reference, with_del, equality, finalizers, many, wrong,
):
    test()
