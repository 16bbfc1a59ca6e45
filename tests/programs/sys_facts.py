# What sys says of numbers, texts and options.
import sys

print(sys.float_info.max, sys.float_info.min, sys.float_info.epsilon, sys.float_info.dig, sys.float_info.mant_dig, sys.float_info.radix)
print(sys.maxunicode, sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.flags.optimize, sys.flags.verbose, sys.is_finalizing())
print(1.0 + sys.float_info.epsilon > 1.0, hasattr(sys, "nothing"), getattr(sys, "_nothing", "none"))
try:
    sys.nothing
except AttributeError as e:
    print(e)
