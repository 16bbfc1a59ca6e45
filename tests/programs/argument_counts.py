# Wrong numbers of arguments of builtin functions and methods.
for call in (
    lambda: [].append(),
    lambda: [].append(1, 2),
    lambda: [].clear(1),
    lambda: {}.keys(1),
    lambda: len(),
    lambda: len(1, 2),
    lambda: callable(),
    lambda: [].insert(1),
    lambda: [].pop(1, 2),
    lambda: {}.pop(),
    lambda: getattr(1),
    lambda: isinstance(1),
    lambda: "".isalpha(1),
    lambda: globals(1),
):
    try:
        call()
    except TypeError as error:
        print(error)


class Stack(list):
    pass


try:
    Stack().append()
except TypeError as error:
    print(error)

# Only these have the value of a generator or call.
print(hasattr(StopIteration(1), "value"), hasattr(ValueError(1), "value"))
