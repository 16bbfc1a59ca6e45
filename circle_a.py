import time
time.sleep(0.01)
import circle_b
a = 1
