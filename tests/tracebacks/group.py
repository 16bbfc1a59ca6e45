class Own(Exception):
    pass


def fail():
    inner = ExceptionGroup("inner", [TypeError("t"), Own("k")])
    inner.add_note("a note\nof two lines")
    raise ExceptionGroup("group", [ValueError("v"), inner])


fail()
