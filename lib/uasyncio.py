"""The older name of `asyncio`."""

import asyncio


def __getattr__(name):
    return getattr(asyncio, name)
