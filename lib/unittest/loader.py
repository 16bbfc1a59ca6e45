"""Finds tests in classes, modules and folders."""

import functools
import sys

from unittest.case import FunctionTestCase, TestCase
from unittest.suite import TestSuite

__all__ = ["TestLoader", "defaultTestLoader"]


def _matches(name, pattern):
    """Whether a name fits a pattern with * and ?."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(_matches(name[i:], pattern[1:]) for i in range(len(name) + 1))
    return bool(name) and pattern[0] in (name[0], "?") and _matches(name[1:], pattern[1:])


class _FailedTest(TestCase):
    """Stands for a test that could not be loaded."""

    def __init__(self, name, error):
        self._error = error
        super().__init__(name)

    def __getattr__(self, name):
        if name != self._testMethodName:
            raise AttributeError(name)

        def fail():
            raise self._error

        return fail


class TestLoader:
    testMethodPrefix = "test"
    sortTestMethodsUsing = staticmethod(lambda a, b: (a > b) - (a < b))
    testNamePatterns = None
    suiteClass = TestSuite

    def __init__(self):
        self.errors = []

    def getTestCaseNames(self, testCaseClass):
        def wanted(name):
            if not name.startswith(self.testMethodPrefix) or not callable(getattr(testCaseClass, name)):
                return False
            full = f"{testCaseClass.__module__}.{testCaseClass.__qualname__}.{name}"
            return self.testNamePatterns is None or any(_matches(full, p) for p in self.testNamePatterns)

        names = [name for name in dir(testCaseClass) if wanted(name)]
        if self.sortTestMethodsUsing:
            names.sort(key=functools.cmp_to_key(self.sortTestMethodsUsing))
        return names

    def loadTestsFromTestCase(self, testCaseClass):
        if issubclass(testCaseClass, TestSuite):
            raise TypeError("Test cases should not be derived from TestSuite. Maybe you meant to derive from TestCase?")
        if testCaseClass in (TestCase, FunctionTestCase):
            names = []
        else:
            names = self.getTestCaseNames(testCaseClass)
            if not names and hasattr(testCaseClass, "runTest"):
                names = ["runTest"]
        return self.suiteClass([testCaseClass(name) for name in names])

    def loadTestsFromModule(self, module, *, pattern=None):
        tests = []
        for name in dir(module):
            found = getattr(module, name)
            if isinstance(found, type) and issubclass(found, TestCase) and found not in (TestCase, FunctionTestCase):
                tests.append(self.loadTestsFromTestCase(found))
        suite = self.suiteClass(tests)
        load_tests = getattr(module, "load_tests", None)
        if load_tests is not None:
            return load_tests(self, suite, pattern)
        return suite

    def loadTestsFromName(self, name, module=None):
        parts = name.split(".")
        error = None
        if module is None:
            prefix = parts[:]
            while prefix:
                try:
                    module = __import__(".".join(prefix))
                    break
                except ImportError as failure:
                    error = error or failure
                    prefix.pop()
            if module is None:
                return self._failed(parts[-1], error)
            parts = parts[1:]
        found, parent = module, None
        for part in parts:
            try:
                parent, found = found, getattr(found, part)
            except AttributeError as failure:
                return self._failed(part, error or failure)
        if isinstance(found, type(sys)):
            return self.loadTestsFromModule(found)
        if isinstance(found, type) and issubclass(found, TestCase):
            return self.loadTestsFromTestCase(found)
        if isinstance(parent, type) and issubclass(parent, TestCase):
            return self.suiteClass([parent(parts[-1])])
        if isinstance(found, TestSuite):
            return found
        if callable(found):
            test = found()
            if isinstance(test, TestSuite):
                return test
            if isinstance(test, TestCase):
                return self.suiteClass([test])
            raise TypeError(f"calling {found} returned {test}, not a test")
        raise TypeError(f"don't know how to make test from: {found}")

    def loadTestsFromNames(self, names, module=None):
        return self.suiteClass([self.loadTestsFromName(name, module) for name in names])

    def _failed(self, name, error):
        self.errors.append(f"Failed to import test module: {name}")
        return self.suiteClass([_FailedTest(name, error)])

    def discover(self, start_dir, pattern="test*.py", top_level_dir=None):
        """All tests in files of a folder, and in packages below it, whose names fit the pattern."""
        import os

        top = top_level_dir or start_dir
        if top not in sys.path:
            sys.path.insert(0, top)
        prefix = start_dir[len(top) :].strip("/").replace("/", ".")
        return self.suiteClass(list(self._in_folder(os, start_dir, prefix, pattern)))

    def _in_folder(self, os, folder, prefix, pattern):
        for name in sorted(os.listdir(folder)):
            path = f"{folder}/{name}"
            module = f"{prefix}.{name}" if prefix else name
            if name.endswith(".py") and _matches(name, pattern):
                module = module[:-3]
                try:
                    __import__(module)
                except Exception as error:
                    yield self._failed(module, error)
                else:
                    yield self.loadTestsFromModule(sys.modules[module], pattern=pattern)
            elif "." not in name and os.stat(path)[0] & 0x4000 and "__init__.py" in os.listdir(path):
                yield from self._in_folder(os, path, module, pattern)


defaultTestLoader = TestLoader()
