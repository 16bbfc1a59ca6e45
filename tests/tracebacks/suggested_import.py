try:
    math
except NameError:
    from math import squrt
