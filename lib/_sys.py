"""What `sys` has besides what every start needs; `sys` takes it from here when it is asked for."""

from collections import namedtuple

_names = "max max_exp max_10_exp min min_exp min_10_exp dig mant_dig epsilon radix rounds"
float_info = namedtuple("float_info", _names)(
    1.7976931348623157e308, 1024, 308, 2.2250738585072014e-308, -1021, -307, 15, 53, 2.220446049250313e-16, 2, 1
)
_names = "debug inspect interactive optimize dont_write_bytecode no_user_site no_site ignore_environment verbose bytes_warning quiet"
_names += " hash_randomization isolated dev_mode utf8_mode warn_default_encoding safe_path int_max_str_digits"
flags = namedtuple("flags", _names)(*[0] * 13, False, 1, 0, False, 0)
maxunicode = 0x10FFFF
warnoptions = []
copyright = "MIT licence"


def getdefaultencoding():
    return "utf-8"


def getfilesystemencoding():
    return "utf-8"


def getfilesystemencodeerrors():
    return "surrogateescape"


def is_finalizing():
    return False
