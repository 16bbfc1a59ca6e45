# contextvars: values that belong to what is being done, also among tasks.
import asyncio
import contextvars
import threading

number = contextvars.ContextVar("number", default=0)
bare = contextvars.ContextVar("bare")
print(number.name, number.get(), number.get("own"), bare.get(None))
try:
    bare.get()
except LookupError as error:
    print(error.args[0] is bare)
token = number.set(1)
print(number.get(), token.var is number, token.old_value is contextvars.Token.MISSING)
inner = number.set(2)
print(inner.old_value)
number.reset(inner)
print(number.get())
for wrong in (lambda: number.reset(inner), lambda: bare.reset(token), lambda: number.reset(5), lambda: contextvars.ContextVar(1)):
    try:
        wrong()
    except (RuntimeError, ValueError, TypeError) as error:
        print(type(error).__name__)

context = contextvars.copy_context()
print(len(context), context[number], number in context, bare in context, list(context) == [number], context.get(bare))


def work(value):
    number.set(value)
    bare.set("set")
    return number.get(), contextvars.copy_context() == context


print(context.run(work, 5), number.get(), context[number], dict(context.items()) == {number: 5, bare: "set"})
try:
    context.run(context.run, print)
except RuntimeError:
    print("entered already")
try:
    context.run(number.reset, token)
except ValueError:
    print("another context")
number.reset(token)
print(number.get(), contextvars.Context() == contextvars.Context())

seen = []
thread = threading.Thread(target=lambda: seen.append(number.get()))
number.set(7)
thread.start()
thread.join()
print(seen)


async def task(value):
    before = number.get()
    number.set(value)
    await asyncio.sleep(0)
    return before, number.get()


async def main():
    number.set(100)
    print(await asyncio.gather(task(1), task(2)), number.get())
    print(await task(3), number.get())
    asyncio.get_running_loop().call_soon(number.set, 4)
    await asyncio.sleep(0)
    print(number.get(), await asyncio.to_thread(number.get))
    own = contextvars.copy_context()
    own.run(number.set, 50)
    made = asyncio.create_task(task(60), context=own)
    print(await made, own[number], made.get_context() is own)
    future = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda future: print("callback", number.get()), context=own)
    future.set_result(None)
    await asyncio.sleep(0)


asyncio.run(main())
print(number.get())
with asyncio.Runner() as runner:
    runner.run(task(8))
    print(runner.run(task(9)))
