class CustomError(Exception):
    def __str__(self):
        return "line one\nline two"


def fail():
    error = CustomError("é", 1)
    error.add_note("noted")
    ü = "ü"
    raise error if ü else ValueError


assert fail() == 1, "message"
