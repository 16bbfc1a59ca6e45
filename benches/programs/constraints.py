"""DeltaBlue-like: variables joined by one-way constraints of several classes, planned once, run often."""


class Variable:
    def __init__(self, value=0):
        self.value = value
        self.determined_by = None
        self.readers = []


class Constraint:
    def __init__(self, strength, *variables):
        self.strength = strength
        self.variables = variables

    def output(self):
        return self.variables[-1]

    def inputs(self):
        return self.variables[:-1]

    def install(self):
        target = self.output()
        weaker = target.determined_by
        if weaker is not None and weaker.strength >= self.strength:
            return False
        target.determined_by = self
        for variable in self.inputs():
            variable.readers.append(self)
        return True


class Stay(Constraint):
    def execute(self):
        pass


class Equal(Constraint):
    def execute(self):
        self.variables[1].value = self.variables[0].value


class Scale(Constraint):
    def execute(self):
        source, factor, offset, target = self.variables
        target.value = source.value * factor.value + offset.value


class Sum(Constraint):
    def execute(self):
        self.output().value = sum([variable.value for variable in self.inputs()])


def plan(start):
    order, marked, waiting = [], set(), [start]
    while waiting:
        variable = waiting.pop()
        for constraint in variable.readers:
            if constraint.output().determined_by is constraint and id(constraint) not in marked:
                marked.add(id(constraint))
                order.append(constraint)
                waiting.append(constraint.output())
    return order


def chain(n):
    first = last = Variable()
    factor, offset = Variable(1), Variable(1)
    for i in range(n):
        following = Variable()
        if i % 3 == 0:
            Scale(2, last, factor, offset, following).install()
        elif i % 3 == 1:
            Equal(2, last, following).install()
        else:
            Sum(2, last, offset, following).install()
        Stay(1, following).install()
        last = following
    return first, last


first, last = chain(400)
total = 0
for value in range(40):
    for constraint in plan(first):
        pass
    first.value = value
    for constraint in plan(first):
        constraint.execute()
    total += last.value
print(total)
