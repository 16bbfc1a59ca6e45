"""Tests that run together."""

import sys

from unittest.case import SkipTest

__all__ = ["BaseTestSuite", "TestSuite"]


class _ErrorHolder:
    """Stands for a setUpClass or setUpModule that failed."""

    failureException = None

    def __init__(self, description):
        self.description = description

    def id(self):
        return self.description

    def shortDescription(self):
        return None

    def __repr__(self):
        return f"<ErrorHolder description={self.description!r}>"

    __str__ = id

    def run(self, result):
        pass

    def countTestCases(self):
        return 0


class BaseTestSuite:
    """A list of tests and suites."""

    def __init__(self, tests=()):
        self._tests = []
        self.addTests(tests)

    def __repr__(self):
        cls = type(self)
        return f"<{cls.__module__}.{cls.__qualname__} tests={list(self)}>"

    def __eq__(self, other):
        if not isinstance(other, type(self)):
            return NotImplemented
        return list(self) == list(other)

    def __iter__(self):
        return iter(self._tests)

    def countTestCases(self):
        return sum([test.countTestCases() for test in self])

    def addTest(self, test):
        if not callable(test):
            raise TypeError(f"{test!r} is not callable")
        if isinstance(test, type):
            raise TypeError("TestCases and TestSuites must be instantiated before passing them to addTest()")
        self._tests.append(test)

    def addTests(self, tests):
        if isinstance(tests, str):
            raise TypeError("tests must be an iterable of tests, not a string")
        for test in tests:
            self.addTest(test)

    def run(self, result):
        for test in self:
            if result.shouldStop:
                break
            test(result)
        return result

    def __call__(self, *args, **keywords):
        return self.run(*args, **keywords)

    def debug(self):
        for test in self:
            test.debug()


class TestSuite(BaseTestSuite):
    """A suite that calls setUpClass, setUpModule and their counterparts."""

    def run(self, result, debug=False):
        top = not getattr(result, "_running_suite", False)
        result._running_suite = True
        for test in self:
            if result.shouldStop:
                break
            if not isinstance(test, BaseTestSuite):
                self._leave_class(test, result)
                self._enter_module(test, result)
                self._enter_class(test, result)
                result._previous_class = type(test)
                if getattr(type(test), "_class_setup_failed", False) or getattr(result, "_module_setup_failed", False):
                    continue
            if debug:
                test.debug()
            else:
                test(result)
        if top:
            self._leave_class(None, result)
            self._leave_module(result)
            result._running_suite = False
            result._previous_class = None
        return result

    def debug(self):
        from unittest.result import TestResult

        self.run(TestResult(), True)

    def _failed(self, result, error, what):
        holder = _ErrorHolder(what)
        if isinstance(error, SkipTest):
            result.addSkip(holder, str(error))
        else:
            result.addError(holder, (type(error), error, error.__traceback__))

    def _enter_class(self, test, result):
        cls = type(test)
        if getattr(result, "_previous_class", None) is cls or getattr(result, "_module_setup_failed", False):
            return
        if getattr(cls, "__unittest_skip__", False):
            return
        cls._class_setup_failed = False
        try:
            if hasattr(cls, "setUpClass"):
                cls.setUpClass()
        except Exception as error:
            cls._class_setup_failed = True
            self._failed(result, error, f"setUpClass ({cls.__module__}.{cls.__qualname__})")
            self._class_cleanups(cls, result)

    def _class_cleanups(self, cls, result):
        if hasattr(cls, "doClassCleanups"):
            cls.doClassCleanups()
            for _, error, _ in cls.tearDown_exceptions:
                self._failed(result, error, f"tearDownClass ({cls.__module__}.{cls.__qualname__})")

    def _leave_class(self, test, result):
        cls = getattr(result, "_previous_class", None)
        if cls is None or cls is type(test):
            return
        if getattr(cls, "_class_setup_failed", False) or getattr(result, "_module_setup_failed", False):
            return
        if getattr(cls, "__unittest_skip__", False):
            return
        try:
            if hasattr(cls, "tearDownClass"):
                cls.tearDownClass()
        except Exception as error:
            self._failed(result, error, f"tearDownClass ({cls.__module__}.{cls.__qualname__})")
        self._class_cleanups(cls, result)

    def _enter_module(self, test, result):
        previous = getattr(result, "_previous_class", None)
        current = type(test).__module__
        if previous is not None and previous.__module__ == current:
            return
        self._leave_module(result)
        result._module_setup_failed = False
        setup = getattr(sys.modules.get(current), "setUpModule", None)
        if setup is None:
            return
        try:
            setup()
        except Exception as error:
            result._module_setup_failed = True
            self._failed(result, error, f"setUpModule ({current})")

    def _leave_module(self, result):
        previous = getattr(result, "_previous_class", None)
        if previous is None or getattr(result, "_module_setup_failed", False):
            return
        name = previous.__module__
        teardown = getattr(sys.modules.get(name), "tearDownModule", None)
        try:
            if teardown is not None:
                teardown()
            from unittest.case import doModuleCleanups

            doModuleCleanups()
        except Exception as error:
            self._failed(result, error, f"tearDownModule ({name})")
