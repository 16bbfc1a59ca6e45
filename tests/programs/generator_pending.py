# pend_throw: the next resumption raises, whoever resumes; a loop, a delegating generator, or next().


def counter():
    for i in range(3):
        try:
            yield i
        except ValueError as error:
            print("caught", error)
            yield "after"


def delegating(inner):
    result = yield from inner
    print("result", result)


for consume in (list, next, lambda it: [x for x in it], lambda it: list(delegating(it))):
    generator = counter()
    print(next(generator), generator.pend_throw(ValueError("pending")), consume(generator))

generator = counter()
next(generator)
generator.pend_throw(KeyError("lost"))
print(repr(generator.pend_throw(None)), list(generator))

chain = delegating(delegating(counter()))
print(next(chain))
chain.pend_throw(ZeroDivisionError("at the root"))
try:
    next(chain)
except ZeroDivisionError as error:
    print("raised", error)
