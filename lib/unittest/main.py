"""The command line of unittest."""

import sys

from unittest import loader, runner

__all__ = ["TestProgram", "main"]

_USAGE = """\
usage: {name} [-h] [-v] [-q] [-f] [-k PATTERN] [tests ...]

tests            modules, classes or methods; `discover [-s DIR] [-p PATTERN] [-t TOP]` looks for files
-v, --verbose    a line for each test
-q, --quiet      only what failed
-f, --failfast   stop after the first failure
-k PATTERN       only tests whose name has this text or fits this pattern
"""


class TestProgram:
    def __init__(
        self,
        module="__main__",
        defaultTest=None,
        argv=None,
        testRunner=None,
        testLoader=loader.defaultTestLoader,
        exit=True,
        verbosity=1,
        failfast=None,
        catchbreak=None,
        buffer=None,
        warnings=None,
        *,
        tb_locals=False,
        durations=None,
    ):
        if isinstance(module, str):
            __import__(module)
            module = sys.modules[module]
        self.module, self.exit, self.verbosity = module, exit, verbosity
        self.failfast, self.testRunner, self.testLoader = bool(failfast), testRunner, testLoader
        self.defaultTest = [defaultTest] if isinstance(defaultTest, str) else defaultTest
        argv = sys.argv if argv is None else argv
        self.progName = argv[0].rpartition("/")[2] if argv else "unittest"
        self._parse(list(argv[1:]))
        self.runTests()

    def _parse(self, args):
        names, patterns = [], []
        discover = {"start_dir": ".", "pattern": "test*.py", "top_level_dir": None}
        discovering = self.module is None and not [arg for arg in args if not arg.startswith("-")]
        while args:
            arg = args.pop(0)
            if arg in ("-h", "--help"):
                print(_USAGE.format(name=self.progName), end="")
                sys.exit(0)
            elif arg in ("-v", "--verbose"):
                self.verbosity = 2
            elif arg in ("-q", "--quiet"):
                self.verbosity = 0
            elif arg in ("-f", "--failfast"):
                self.failfast = True
            elif arg in ("-b", "--buffer", "-c", "--catch", "--locals"):
                pass
            elif arg == "-k" and args:
                pattern = args.pop(0)
                patterns.append(pattern if "*" in pattern else f"*{pattern}*")
            elif arg in ("-s", "--start-directory") and args:
                discover["start_dir"] = args.pop(0)
            elif arg in ("-p", "--pattern") and args:
                discover["pattern"] = args.pop(0)
            elif arg in ("-t", "--top-level-directory") and args:
                discover["top_level_dir"] = args.pop(0)
            elif arg == "discover" and self.module is None and not names:
                discovering = True
            elif arg.startswith("-"):
                sys.stderr.write(_USAGE.format(name=self.progName))
                sys.exit(2)
            elif discovering:
                discover["start_dir"] = arg
            else:
                names.append(arg[:-3].replace("/", ".") if arg.endswith(".py") else arg)
        if patterns:
            self.testLoader.testNamePatterns = patterns
        if discovering:
            self.test = self.testLoader.discover(**discover)
        elif names or self.defaultTest:
            self.test = self.testLoader.loadTestsFromNames(names or self.defaultTest, self.module)
        else:
            self.test = self.testLoader.loadTestsFromModule(self.module)

    def runTests(self):
        make = self.testRunner or runner.TextTestRunner
        if isinstance(make, type):
            make = make(verbosity=self.verbosity, failfast=self.failfast)
        self.result = make.run(self.test)
        if self.exit:
            if self.result.testsRun == 0 and not self.result.skipped:
                sys.exit(5)
            sys.exit(not self.result.wasSuccessful())


main = TestProgram
