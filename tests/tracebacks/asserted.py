def f(x):
    assert x == 2, f"x is {x}"


with open("/dev/null") as file:
    f(3)
