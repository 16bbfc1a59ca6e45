import time
first = 1
time.sleep(0.02)
last = 2
