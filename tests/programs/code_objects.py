# Code objects of functions run by exec and eval: as a call without arguments.

def show(function):
    for run in (exec, eval):
        try:
            print(run.__name__, run(function.__code__))
        except TypeError:
            print(run.__name__, "TypeError")


def five():
    print("runs")
    return 5


def one(argument):
    return argument


def closing():
    x = 1

    def inner():
        return x

    return inner


def inside():
    x = 2
    return (lambda: x)()


show(five)
show(one)
show(closing())
show(inside)
show(lambda *, key: key)


def generator():
    yield 1
    yield 2


exec(generator.__code__)
print(list(eval(generator.__code__)))


async def coroutine():
    return 1


eval(coroutine.__code__).close()
