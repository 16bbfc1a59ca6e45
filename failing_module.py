import time
time.sleep(0.01)
1/0
