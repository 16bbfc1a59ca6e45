def convert(text):
    try:
        return int(text)
    except ValueError as error:
        raise KeyError("second") from error


def outer():
    try:
        convert("x")
    except KeyError:
        [].pop()


outer()
