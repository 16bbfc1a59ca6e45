# Tasks, futures, what waits for several of them, limits of time, and groups.
import asyncio
import time

order = []


def section(name):
    print("-- " + name)


async def worker(name, turns, result=None):
    for turn in range(turns):
        order.append((name, turn))
        await asyncio.sleep(0)
    return name if result is None else result


async def failing(error, turns=1):
    for _ in range(turns):
        await asyncio.sleep(0)
    raise error


async def stubborn():
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError as error:
        print("stubborn heard", repr(error))
        return "went on"


async def turns():
    section("turns")
    tasks = [asyncio.create_task(worker(name, 3), name=name) for name in "abc"]
    print([task.done() for task in tasks], [task.get_name() for task in tasks])
    print(await asyncio.gather(*tasks))
    print(order)
    print([task.result() for task in tasks], tasks[0].cancelled(), tasks[0].exception())
    print(await asyncio.gather(), await asyncio.gather(worker("d", 0), worker("e", 1)))
    print(await asyncio.sleep(0.001, "slept"))
    print(asyncio.current_task() in asyncio.all_tasks(), len(asyncio.all_tasks()))


async def futures():
    section("futures")
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    future.add_done_callback(lambda done: print("callback 1", done.result()))
    unwanted = lambda done: print("never")
    future.add_done_callback(unwanted)
    print(future.remove_done_callback(unwanted), future.done())
    loop.call_soon(future.set_result, 5)
    print(await future, await future)
    await asyncio.sleep(0)
    for action in (lambda: future.set_result(6), lambda: loop.create_future().result(), lambda: loop.create_future().exception()):
        try:
            action()
        except asyncio.InvalidStateError as error:
            print(type(error).__name__)
    other = loop.create_future()
    loop.call_later(0.001, other.set_exception, KeyError("k"))
    try:
        await other
    except KeyError as error:
        print(repr(error))
    third = loop.create_future()
    print(third.cancel("why"), third.cancel(), third.cancelled())
    try:
        await third
    except asyncio.CancelledError as error:
        print(repr(error))
    when = []
    now = loop.time()
    for delay in (0.02, 0.001, 0.01):
        loop.call_at(now + delay, when.append, delay)
    loop.call_later(0.005, when.append, "cancelled").cancel()
    await asyncio.sleep(0.05)
    print(when)


async def cancelling():
    section("cancelling")
    task = asyncio.create_task(worker("x", 1000))
    await asyncio.sleep(0)
    print(task.cancel("enough"), task.cancelling(), task.cancelled())
    try:
        await task
    except asyncio.CancelledError as error:
        print(repr(error), task.cancelled(), task.done(), task.cancel())
    task = asyncio.create_task(worker("never started", 1))
    task.cancel()
    print(await asyncio.gather(task, return_exceptions=True) and task.cancelled(), order[-1])
    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    task.cancel()
    print(await task, task.cancelled(), task.cancelling(), task.uncancel())

    async def inner():
        try:
            await asyncio.sleep(60)
        finally:
            print("inner cleans up")

    async def outer():
        try:
            await asyncio.create_task(inner())
        finally:
            print("outer cleans up")

    task = asyncio.create_task(outer())
    await asyncio.sleep(0.001)
    task.cancel()
    print(await asyncio.wait([task]) and task.cancelled())
    protected = asyncio.create_task(worker("p", 3))
    task = asyncio.ensure_future(asyncio.shield(protected))
    await asyncio.sleep(0)
    task.cancel()
    print((await asyncio.gather(task, return_exceptions=True))[0].__class__.__name__, await protected)


async def failures():
    section("failures")
    try:
        await asyncio.gather(worker("f", 2), failing(ValueError("v")), failing(KeyError("late"), 3))
    except ValueError as error:
        print(repr(error))
    print(await asyncio.gather(worker("g", 1), failing(ValueError("w")), return_exceptions=True))
    task = asyncio.create_task(failing(OSError(5)))
    print(await asyncio.wait([task]) and repr(task.exception()))
    for wrong in (lambda: asyncio.create_task(5), lambda: asyncio.ensure_future("x")):
        try:
            wrong()
        except TypeError as error:
            print("TypeError")

    async def awaits_itself():
        await asyncio.current_task()

    try:
        await asyncio.create_task(awaits_itself())
    except RuntimeError as error:
        print(str(error)[:28])


async def several():
    section("several")
    fast, slow = asyncio.create_task(asyncio.sleep(0.001, "fast")), asyncio.create_task(asyncio.sleep(60, "slow"))
    done, pending = await asyncio.wait([fast, slow], return_when=asyncio.FIRST_COMPLETED)
    print(done == {fast}, pending == {slow})
    done, pending = await asyncio.wait([slow], timeout=0.001)
    print(done, pending == {slow})
    slow.cancel()
    bad = asyncio.create_task(failing(ValueError()))
    done, pending = await asyncio.wait([bad, asyncio.create_task(asyncio.sleep(60))], return_when=asyncio.FIRST_EXCEPTION)
    print(done == {bad}, len(pending))
    ends = []
    for next_one in asyncio.as_completed([worker("later", 12), worker("first", 1)]):
        ends.append(await next_one)
    print(ends)
    tasks = [asyncio.create_task(worker(turns, turns)) for turns in (24, 1, 12)]
    async for task in asyncio.as_completed(tasks):
        ends.append((task.result(), task in tasks))
    print(ends)
    try:
        for next_one in asyncio.as_completed([asyncio.sleep(10)], timeout=0.001):
            await next_one
    except TimeoutError:
        print("TimeoutError")


async def limits():
    section("limits")
    print(await asyncio.wait_for(asyncio.sleep(0, 1), 1), await asyncio.wait_for(asyncio.sleep(0, 2), None))
    for limit in (0.001, 0, -1):
        try:
            await asyncio.wait_for(asyncio.sleep(60), limit)
        except asyncio.TimeoutError as error:
            print("TimeoutError", repr(error.__cause__))
    try:
        async with asyncio.timeout(0.001) as limit:
            await asyncio.sleep(60)
    except TimeoutError:
        print("late", limit.expired())
    async with asyncio.timeout(60) as limit:
        limit.reschedule(asyncio.get_running_loop().time() + 50)
    print(limit.expired(), limit.when() > 0)
    async with asyncio.timeout(None) as limit:
        print(limit.when())
    try:
        async with asyncio.timeout(0.5):
            try:
                async with asyncio.timeout(0.001):
                    await asyncio.sleep(60)
            except TimeoutError:
                print("inner")
            await asyncio.sleep(60)
    except TimeoutError:
        print("outer")
    task = asyncio.create_task(asyncio.wait_for(asyncio.sleep(60), 60))
    await asyncio.sleep(0.001)
    task.cancel()
    print(await asyncio.wait([task]) and task.cancelled())


async def groups():
    section("groups")
    async with asyncio.TaskGroup() as group:
        first = group.create_task(worker("t1", 1, 1))
        second = group.create_task(worker("t2", 2, 2))
    print(first.result() + second.result())
    try:
        async with asyncio.TaskGroup() as group:
            long = group.create_task(asyncio.sleep(60))
            group.create_task(failing(ValueError("one")))
            group.create_task(failing(KeyError("two")))
            await asyncio.sleep(60)
            print("never")
    except* ValueError as errors:
        print(errors.exceptions, long.cancelled())
    except* KeyError as errors:
        print(errors.exceptions, errors.message)
    try:
        async with asyncio.TaskGroup() as group:
            long = group.create_task(asyncio.sleep(60))
            raise IndexError("block")
    except ExceptionGroup as errors:
        print(errors.exceptions, long.cancelled())

    async def cancelled_from_outside():
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(60))

    task = asyncio.create_task(cancelled_from_outside())
    await asyncio.sleep(0.001)
    task.cancel()
    print(await asyncio.wait([task]) and task.cancelled())
    coro = worker("late", 1)
    try:
        group.create_task(coro)
    except RuntimeError as error:
        print(str(error).split("> ")[-1])


async def threads():
    section("threads")
    loop = asyncio.get_running_loop()

    def block(a, b=0):
        return a + b

    def fail():
        raise ValueError("in the thread")

    print(await asyncio.to_thread(block, 1, b=2), await loop.run_in_executor(None, block, 5))
    try:
        await asyncio.to_thread(fail)
    except ValueError as error:
        print(error)

    def from_outside():
        made = asyncio.run_coroutine_threadsafe(asyncio.sleep(0.001, "from outside"), loop)
        return made.result(10)

    print(await asyncio.to_thread(from_outside))
    event = asyncio.Event()
    await asyncio.gather(event.wait(), asyncio.to_thread(loop.call_soon_threadsafe, event.set))
    print(event.is_set())


async def handlers():
    section("handlers")
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: print(sorted(context), context["exception"].__class__.__name__))
    loop.call_soon(lambda: 1 // 0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    loop.set_exception_handler(None)


for part in turns, futures, cancelling, failures, several, limits, groups, threads, handlers:
    asyncio.run(part())

section("loops")


async def leaves_tasks():
    async def left():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            print("left alone")
            raise

    asyncio.create_task(left())
    await asyncio.sleep(0)
    return "result"


print(asyncio.run(leaves_tasks()))


async def leaves_a_thread():
    def work():
        time.sleep(0.05)
        finished.append("thread")

    asyncio.get_running_loop().run_in_executor(None, work)


# The loop does not close below a thread that works for it.
finished = []
asyncio.run(leaves_a_thread())
print(finished)
try:
    asyncio.run(failing(ValueError("main")))
except ValueError as error:
    print(repr(error))
try:
    asyncio.get_running_loop()
except RuntimeError as error:
    print(error)


async def nested():
    coro = worker("n", 1)
    try:
        asyncio.run(coro)
    except RuntimeError as error:
        print(error)
    coro.close()


asyncio.run(nested())
with asyncio.Runner() as runner:
    loop = runner.get_loop()
    print(runner.run(worker("r", 1)), runner.run(worker("s", 1)), loop is runner.get_loop(), loop.is_running())
print(loop.is_closed())
loop = asyncio.new_event_loop()
loop.call_soon(loop.stop)
loop.run_forever()
print(loop.run_until_complete(asyncio.sleep(0, "once")), loop.is_closed())
loop.close()
try:
    loop.call_soon(print)
except RuntimeError as error:
    print(error)


async def stops_too_early():
    asyncio.get_running_loop().stop()
    await asyncio.sleep(60)


with asyncio.Runner() as runner:
    try:
        runner.run(stops_too_early())
    except RuntimeError as error:
        print(error)
