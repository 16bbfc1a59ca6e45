# Data structures made of classes.
class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next
class Linked:
    def __init__(self, items=()):
        self.head = None
        self.size = 0
        for item in items:
            self.push(item)
    def push(self, value):
        self.head = Node(value, self.head)
        self.size += 1
    def pop(self):
        if self.head is None:
            raise IndexError("empty")
        node = self.head
        self.head = node.next
        self.size -= 1
        return node.value
    def __iter__(self):
        node = self.head
        while node is not None:
            yield node.value
            node = node.next
    def __len__(self):
        return self.size
    def reverse(self):
        previous = None
        while self.head:
            self.head.next, previous, self.head = previous, self.head, self.head.next
        self.head = previous
stack = Linked([1, 2, 3])
print(list(stack), len(stack), stack.pop(), list(stack))
try:
    Linked().pop()
except IndexError as e:
    print("error:", e.args[0])
class Tree:
    def __init__(self):
        self.root = None
    def insert(self, key, value):
        def go(node):
            if node is None:
                return [key, value, None, None]
            if key < node[0]:
                node[2] = go(node[2])
            elif key > node[0]:
                node[3] = go(node[3])
            else:
                node[1] = value
            return node
        self.root = go(self.root)
        return self
    def items(self):
        def walk(node):
            if node:
                yield from walk(node[2])
                yield node[0], node[1]
                yield from walk(node[3])
        return walk(self.root)
    def __getitem__(self, key):
        node = self.root
        while node:
            if key == node[0]:
                return node[1]
            node = node[2] if key < node[0] else node[3]
        raise KeyError(key)
    def __contains__(self, key):
        try:
            self[key]
        except KeyError:
            return False
        else:
            return True
t = Tree()
for i, word in enumerate("the quick brown fox jumps over the lazy dog".split()):
    t.insert(word, i)
print(list(t.items()), t["fox"], "cat" in t, "dog" in t)
class Matrix:
    def __init__(self, rows):
        self.rows = [list(r) for r in rows]
    def __matmul__(self, other):
        return Matrix([[sum(a * b for a, b in zip(row, col)) for col in zip(*other.rows)] for row in self.rows])
    def __repr__(self):
        return "Matrix(%r)" % self.rows
    def __setitem__(self, at, value):
        i, j = at
        self.rows[i][j] = value
    def __getitem__(self, at):
        i, j = at
        return self.rows[i][j]
    def __iadd__(self, n):
        self.rows = [[v + n for v in row] for row in self.rows]
        return self
m = Matrix([[1, 2], [3, 4]])
m[0, 1] = 5
m += 1
m[1, 1] *= 2
print(m, m[0, 1], m @ Matrix([[1, 0], [0, 1]]))
class Account:
    rate = 0.5
    def __init__(self, owner, balance=0):
        self.owner = owner
        self._balance = balance
        self.log = []
    @property
    def balance(self):
        return self._balance
    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("bad amount")
        self._balance += amount
        self.log.append(("+", amount))
    def withdraw(self, amount):
        if amount > self._balance:
            raise ValueError("insufficient")
        self._balance -= amount
        self.log.append(("-", amount))
a = Account("ann", 10)
for op, n in [("deposit", 5), ("withdraw", 100), ("deposit", -1), ("withdraw", 12)]:
    try:
        getattr(a, op)(n)
    except ValueError as e:
        print(op, n, e)
    else:
        print(op, n, a.balance)
print(a.log, a.owner, Account.rate, a.rate)
a.rate = 1
print(Account.rate, a.rate, sorted(k for k in a.__dict__))
class Singleton:
    _one = None
    def __new__(cls):
        if cls._one is None:
            cls._one = object.__new__(cls)
        return cls._one
print(Singleton() is Singleton())
class Lazy:
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return name + "!"
print(Lazy().hello, hasattr(Lazy(), "_x"))
