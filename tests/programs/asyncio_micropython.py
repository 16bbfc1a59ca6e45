# What MicroPython's asyncio has besides: milliseconds, flags that interrupts set, streams of any kind, tasks before the loop runs.
import asyncio
import io
import micropython
import time

import uasyncio

print(uasyncio.sleep is asyncio.sleep, uasyncio.Lock is asyncio.Lock)


async def times():
    start = time.ticks_ms()
    print(await asyncio.sleep_ms(5), time.ticks_diff(time.ticks_ms(), start) >= 5)
    print(await asyncio.wait_for_ms(asyncio.sleep_ms(1), 1000))
    try:
        await asyncio.wait_for_ms(asyncio.sleep_ms(10000), 5)
    except asyncio.TimeoutError:
        print("TimeoutError")
    try:
        await asyncio.sleep_ms(time.ticks_add(0, -1) // 2 + 1)
    except OverflowError as error:
        print(error)


async def flags():
    flag = asyncio.ThreadSafeFlag()

    async def waiter():
        for _ in range(2):
            await flag.wait()
            print("flag")

    task = asyncio.create_task(waiter())
    await asyncio.sleep(0)
    micropython.schedule(lambda flag: flag.set(), flag)
    await asyncio.sleep_ms(5)
    print(task.done())
    await asyncio.to_thread(flag.set)
    await task
    flag.set()
    flag.clear()
    try:
        await asyncio.wait_for_ms(flag.wait(), 5)
    except asyncio.TimeoutError:
        print("clear")


async def streams():
    ring = micropython.RingIO(8)
    stream = asyncio.StreamReader(ring)
    data = b"one\ntwo\nthree" * 3

    async def writer():
        stream.write(data)
        await stream.drain()

    task = asyncio.create_task(writer())
    print(await stream.readline(), await stream.readexactly(6), await stream.read(4))
    buffer = bytearray(6)
    count = await stream.readinto(buffer)
    rest = await stream.readexactly(len(data) - 4 - 6 - 4 - count)
    print(len(rest) + count, ring.any())
    await task
    print(stream.get_extra_info("peername", "nobody"))
    async with asyncio.StreamWriter(micropython.RingIO(4), {"name": 5}) as other:
        other.write(b"abc")
        print(other.get_extra_info("name"), other.s.any())

    class Short(io.IOBase):
        """Ends after two parts."""

        parts = [b"ab", None, b"c", b""]

        def read(self, count):
            return self.parts.pop(0)

        def ioctl(self, request, argument):
            return argument if request == 3 else 0

    try:
        await asyncio.StreamReader(Short()).readexactly(5)
    except asyncio.IncompleteReadError as error:
        print(error, error.partial, error.expected)
    Short.parts = [b"x", b"y", b""]
    print(await asyncio.StreamReader(Short()).read())


for part in times, flags, streams:
    print("-- " + part.__name__)
    asyncio.run(part())


async def early(name):
    print(name, asyncio.get_event_loop().is_running())


print("-- before")
asyncio.create_task(early("before the loop runs"))
asyncio.run(early("main"))
loop = asyncio.get_event_loop()
loop.create_task(early("in the usual loop"))
asyncio.run_until_complete(early("until complete"))
heard = []


async def unheard():
    asyncio.get_event_loop().set_exception_handler(lambda loop, context: heard.append(repr(context["exception"])))
    asyncio.create_task(early(1 / 0 if heard else "task"))

    async def failing():
        raise ValueError("nobody asked")

    asyncio.create_task(failing())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(heard)


asyncio.run(unheard())
