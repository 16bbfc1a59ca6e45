import time
time.sleep(0.01)
import circle_a
b = 1
