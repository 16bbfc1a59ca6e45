"""Streams that tasks read and write without stopping others."""

from .events import get_running_loop
from .exceptions import IncompleteReadError


class Stream:
    """Reads and writes any stream that `select.poll` knows (as in MicroPython, one class for both)."""

    def __init__(self, stream, extra=None):
        self.s = stream
        self._extra = extra or {}
        # What `write` could not write at once.
        self._out = b""

    def get_extra_info(self, name, default=None):
        return self._extra.get(name, default)

    def close(self):
        """`wait_closed` does it."""

    async def wait_closed(self):
        self.s.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        await self.wait_closed()

    async def _some(self, read, what):
        """The first answer of the stream that is not None."""
        while True:
            await get_running_loop()._until(self.s, 1)
            result = read(what)
            if result is not None:
                return result

    async def read(self, n=-1):
        """At most `n` bytes, as soon as there are some; without `n` all until the end."""
        if n >= 0:
            return await self._some(self.s.read, n)
        whole = []
        while True:
            part = await self._some(self.s.read, -1)
            if not part:
                return b"".join(whole)
            whole.append(part)

    async def readinto(self, buffer):
        return await self._some(self.s.readinto, buffer)

    async def readexactly(self, n):
        if n < 0:
            raise ValueError("readexactly size can not be less than zero")
        whole = []
        left = n
        while left:
            part = await self._some(self.s.read, left)
            if not part:
                raise IncompleteReadError(b"".join(whole), n)
            whole.append(part)
            left -= len(part)
        return b"".join(whole)

    async def readline(self):
        whole = []
        while True:
            part = await self._some(lambda _: self.s.readline(), None)
            whole.append(part)
            if not part or part.endswith(b"\n"):
                return b"".join(whole)

    def __aiter__(self):
        return self

    async def __anext__(self):
        line = await self.readline()
        if not line:
            raise StopAsyncIteration
        return line

    def write(self, data):
        """Writes what can be written at once, and keeps the rest for `drain`."""
        if not self._out:
            written = self.s.write(data)
            if written == len(data):
                return
            if written is not None:
                data = data[written:]
        self._out += data

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    async def drain(self):
        """Writes what was kept."""
        if not self._out:
            from .tasks import sleep

            # Who writes fast lets others run, too.
            return await sleep(0)
        rest = memoryview(self._out)
        done = 0
        try:
            while done < len(rest):
                await get_running_loop()._until(self.s, 2)
                done += self.s.write(rest[done:]) or 0
        finally:
            self._out = bytes(rest[done:])


StreamReader = StreamWriter = Stream
