some_global = 1


def function(argument):
    local = some_globl
    return local


def other(argument):
    first_value = 1
    try:
        return firstvalue
    except NameError:
        return argumnet


try:
    function(1)
except NameError:
    other(2)
