# What tasks agree with: locks, events, conditions, semaphores, barriers, queues.
import asyncio


async def locks():
    lock = asyncio.Lock()
    log = []

    async def user(name):
        async with lock:
            log.append(name + " in")
            await asyncio.sleep(0)
            log.append(name + " out")

    await asyncio.gather(*map(user, "abc"))
    print(*log, sep=", ")
    print(lock.locked(), await lock.acquire(), lock.locked())
    waiting = asyncio.create_task(user("d"))
    cancelled = asyncio.create_task(user("e"))
    last = asyncio.create_task(user("f"))
    await asyncio.sleep(0)
    cancelled.cancel()
    lock.release()
    await asyncio.wait([waiting, cancelled, last])
    print(*log[6:], sep=", ")
    # Who is told and then cancelled passes it on.
    await lock.acquire()
    waiting, last = asyncio.create_task(user("g")), asyncio.create_task(user("h"))
    await asyncio.sleep(0)
    lock.release()
    waiting.cancel()
    await asyncio.wait([waiting, last])
    print(*log[10:], sep=", ")
    try:
        lock.release()
    except RuntimeError as error:
        print(error)
    print(repr(lock).rsplit(" ", 1)[1])


async def events():
    event = asyncio.Event()
    log = []

    async def waiter(name):
        log.append((name, await event.wait(), event.is_set()))

    tasks = [asyncio.create_task(waiter(name)) for name in "ab"]
    await asyncio.sleep(0)
    event.set()
    event.clear()
    await asyncio.gather(*tasks)
    event.set()
    await waiter("c")
    print(log)


async def conditions():
    condition = asyncio.Condition()
    items = []

    async def consumer(name):
        async with condition:
            await condition.wait_for(lambda: items)
            return name, items.pop(0)

    tasks = [asyncio.create_task(consumer(name)) for name in "abc"]
    await asyncio.sleep(0)
    for item in range(3):
        async with condition:
            items.append(item)
            condition.notify()
        await asyncio.sleep(0)
    print(await asyncio.gather(*tasks))
    for action in (condition.notify, condition.notify_all):
        try:
            action()
        except RuntimeError as error:
            print(error)
    try:
        await condition.wait()
    except RuntimeError as error:
        print(error)

    async def waits():
        async with condition:
            await condition.wait()
        return "woken"

    tasks = [asyncio.create_task(waits()) for _ in range(3)]
    await asyncio.sleep(0)
    async with condition:
        condition.notify(1)
        tasks[0].cancel()
    async with condition:
        condition.notify_all()
    print([type(each).__name__ for each in await asyncio.gather(*tasks, return_exceptions=True)], condition.locked())


async def semaphores():
    semaphore = asyncio.Semaphore(2)
    inside = most = 0

    async def user():
        nonlocal inside, most
        async with semaphore:
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    tasks = [asyncio.create_task(user()) for _ in range(7)]
    await asyncio.sleep(0)
    print(semaphore.locked())
    tasks[3].cancel()
    await asyncio.wait(tasks)
    print(most, inside, semaphore.locked())
    bounded = asyncio.BoundedSemaphore()
    await bounded.acquire()
    bounded.release()
    for wrong in (bounded.release, lambda: asyncio.Semaphore(-1)):
        try:
            wrong()
        except ValueError as error:
            print(error)


async def barriers():
    barrier = asyncio.Barrier(3)

    async def party(name):
        number = await barrier.wait()
        return name, 0 <= number < 3

    for _ in range(2):
        print(await asyncio.gather(*map(party, "abc")), barrier.n_waiting, barrier.parties)
    waiting = asyncio.create_task(party("d"))
    await asyncio.sleep(0)
    print(barrier.n_waiting)
    await barrier.reset()
    try:
        await waiting
    except asyncio.BrokenBarrierError:
        print("broken by reset", barrier.broken)
    await barrier.abort()
    try:
        await barrier.wait()
    except asyncio.BrokenBarrierError:
        print("broken", barrier.broken)


async def queues():
    queue = asyncio.Queue(2)
    got = []

    async def producer():
        for item in range(5):
            await queue.put(item)
        await queue.put(None)

    async def consumer():
        while (item := await queue.get()) is not None:
            got.append(item)
            queue.task_done()
        queue.task_done()

    await asyncio.gather(producer(), consumer())
    await queue.join()
    print(got, queue.empty(), queue.full(), queue.qsize(), queue.maxsize)
    queue.put_nowait(1)
    queue.put_nowait(2)
    for action in (lambda: queue.put_nowait(3), lambda: (queue.get_nowait(), queue.get_nowait(), queue.get_nowait())):
        try:
            action()
        except (asyncio.QueueFull, asyncio.QueueEmpty) as error:
            print(type(error).__name__)
    for kind in asyncio.PriorityQueue, asyncio.LifoQueue:
        queue = kind()
        for item in (3, 1, 2):
            await queue.put(item)
        print([await queue.get() for _ in range(3)])
    task = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.shutdown()
    try:
        await task
    except asyncio.QueueShutDown:
        print("shut down")
    try:
        queue.task_done()
        queue.task_done()
        queue.task_done()
        queue.task_done()
    except ValueError as error:
        print(error)
    try:
        await asyncio.wait_for(asyncio.Queue().get(), 0.001)
    except TimeoutError:
        print("nothing came")


for part in locks, events, conditions, semaphores, barriers, queues:
    print("-- " + part.__name__)
    asyncio.run(part())
