# Texts of containers that contain themselves.
import collections

items = [1]
items.append(items)
print(items, str(items), "%s" % (items,), f"{items!r}", "{}".format(items))
table = {1: 2}
table["self"] = table
print(table)
pair = ([], 2)
pair[0].append(pair)
print(pair, pair[0])
mixed = [1, (2,)]
mixed.append({"list": mixed, "again": mixed})
print(mixed)


class Items(list):
    pass


class Table(dict):
    pass


class Members(frozenset):
    pass


derived = Items([1])
derived.append(derived)
print(derived)
derived = Table()
derived["self"] = [derived]
print(derived)
queue = collections.deque((), 3)
queue.append(queue)
print(queue)
ordered = collections.OrderedDict(a=1)
ordered["self"] = ordered
print(ordered)
default = collections.defaultdict(list)
default[1] = default
print(default)
viewed = {}
viewed["values"] = viewed.values()
viewed["items"] = [viewed.items()]
print(viewed)
Named = collections.namedtuple("Named", "a b")
named = Named([], 1)
named.a.append(named)
print(named)


class Node:
    def __init__(self):
        self.links = [self]

    def __repr__(self):
        return f"Node({self.links})"


node = Node()
print(node, [node], {"node": node})
error = ValueError(items)
print(repr(error), error)

# The same object twice, but not inside of itself.
shared = [1]
print([shared, shared, (shared, {1: shared})])


# A text that could not be made leaves nothing behind.
class Fails:
    def __repr__(self):
        raise KeyError("no text")


broken = [Fails()]
for _ in range(2):
    try:
        print(repr(broken))
    except KeyError as caught:
        print("KeyError", caught)
broken[0] = 1
print(broken)

# Comparing and hashing have no end.
other = [1]
other.append(other)
for operation in (lambda: items == other, lambda: items < other, lambda: hash(pair[:0] + (named,))):
    try:
        print(operation())
    except (RecursionError, TypeError) as caught:
        print(type(caught).__name__)
