# The containers of weakref, proxies, references to methods: what dies disappears from them.
import gc
import weakref
from weakref import WeakKeyDictionary, WeakMethod, WeakSet, WeakValueDictionary, proxy


class Thing:
    def __init__(self, number):
        self.number = number

    def __repr__(self):
        return f"Thing({self.number})"

    def __eq__(self, other):
        return isinstance(other, Thing) and self.number == other.number

    def __hash__(self):
        return hash(self.number)

    def __add__(self, other):
        return self.number + other

    def __radd__(self, other):
        return other + self.number

    def __len__(self):
        return self.number

    def __getitem__(self, key):
        return key * self.number

    def method(self, by=1):
        return self.number * by


def collect():
    # What calls left on the stack must not keep alive what is to die.
    (lambda *args: None)(*range(60))
    gc.collect()


kept = [Thing(number) for number in range(3)]


def fill(values, keys, members):
    for number in range(3, 60):
        thing = Thing(number)
        values[number] = keys[thing] = thing
        keys[thing] = number
        members.add(thing)
    for thing in kept:
        values[thing.number] = thing
        keys[thing] = thing.number
        members.add(thing)
    print(len(values) >= 3, len(keys) >= 3, len(members) >= 3)


values, keys, members = WeakValueDictionary(), WeakKeyDictionary(), WeakSet()
fill(values, keys, members)
collect()
print(3 <= len(values) < 30, 3 <= len(keys) < 30, 3 <= len(members) < 30)
print(sorted(number for number in values if number < 3), sorted(thing.number for thing in keys if thing.number < 3))
print([values[number] for number in range(3)], [keys[thing] for thing in kept], [thing in members for thing in kept])
print(values.get(1), values.get(1000, "none"), keys.get(kept[2]), keys.get(Thing(1000)), 1000 in values, Thing(1000) in keys)
print(Thing(1) in members, 7 in members, Thing(99) in members)

values, keys = WeakValueDictionary(a=kept[0], b=kept[1]), WeakKeyDictionary({kept[0]: "zero", kept[1]: "one"})
print(list(values.items()), list(keys.items()), list(values.values()), list(keys.values()), list(values), list(keys))
print(values.pop("a"), values.setdefault("c", kept[2]), len(values), keys.pop(kept[0]), len(keys), keys.popitem())
del values["c"]
for action in (lambda: values["c"], lambda: values.pop("c"), lambda: keys[kept[0]], lambda: WeakSet().pop()):
    try:
        action()
    except KeyError as error:
        print("KeyError", error.args[0] is not None)
print(sorted((values | {"d": kept[0]}).keys()), sorted(values.copy()), bool(keys))

some, others = WeakSet(kept[:2]), WeakSet(kept[1:])
print(*(sorted(s, key=hash) for s in (some | others, some & others, some - others, some ^ others)))
every = WeakSet(kept)
print(some <= every, some < some, every >= others, some == WeakSet(kept[:2]), some.isdisjoint(others))
some.discard(kept[0])
some.add(kept[2])
some.update([kept[0]])
some.remove(kept[1])
print(sorted(some, key=hash), len(some))

thing = Thing(7)
stands = proxy(thing)
print(stands.number, stands + 1, 1 + stands, len(stands), stands[3], stands == thing, str(stands), stands.method(2))
stands.color = "red"
print(thing.color, type(stands).__name__, type(stands) is weakref.ProxyType, hasattr(stands, "size"))
function = proxy(Thing.method)
print(function(thing, 3), type(function) is weakref.CallableProxyType)

method = WeakMethod(thing.method)
print(method()(5), method == WeakMethod(thing.method), method() == thing.method)
try:
    WeakMethod(5)
except TypeError as error:
    print(error)


def dead():
    things = [Thing(number) for number in range(50)]
    return [proxy(thing) for thing in things], [WeakMethod(thing.method) for thing in things]


proxies, methods = dead()
collect()
found = []
for one in proxies:
    try:
        found.append(one.number)
    except ReferenceError as error:
        text = str(error)
print(len(found) < 20, text, sum(method() is not None for method in methods) < 20)
