class Own(Exception):
    pass


def fail():
    raise ExceptionGroup("group", [ValueError("v"), ExceptionGroup("inner", [TypeError("t"), Own("k")])])


try:
    fail()
except* TypeError as error:
    error.add_note("a note\nof two lines")
    pass
