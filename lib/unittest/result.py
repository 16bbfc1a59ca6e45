"""Where the outcomes of tests are collected."""

import traceback

__all__ = ["TestResult"]


class TestResult:
    """Counts tests and keeps what failed."""

    def __init__(self, stream=None, descriptions=None, verbosity=None):
        self.failfast = False
        self.failures = []
        self.errors = []
        self.testsRun = 0
        self.skipped = []
        self.expectedFailures = []
        self.unexpectedSuccesses = []
        self.collectedDurations = []
        self.shouldStop = False
        self.buffer = self.tb_locals = False

    def startTest(self, test):
        self.testsRun += 1

    def stopTest(self, test):
        pass

    def startTestRun(self):
        pass

    def stopTestRun(self):
        pass

    def _fail(self, found, test, err):
        found.append((test, self._text_of(err, test)))
        if self.failfast:
            self.stop()

    def addError(self, test, err):
        self._fail(self.errors, test, err)

    def addFailure(self, test, err):
        self._fail(self.failures, test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            found = self.failures if issubclass(err[0], test.failureException) else self.errors
            self._fail(found, subtest, err)

    def addSuccess(self, test):
        pass

    def addSkip(self, test, reason):
        self.skipped.append((test, reason))

    def addExpectedFailure(self, test, err):
        self.expectedFailures.append((test, self._text_of(err, test)))

    def addUnexpectedSuccess(self, test):
        self.unexpectedSuccesses.append(test)
        if self.failfast:
            self.stop()

    def addDuration(self, test, elapsed):
        self.collectedDurations.append((str(test), elapsed))

    def wasSuccessful(self):
        return not self.failures and not self.errors and not self.unexpectedSuccesses

    def stop(self):
        self.shouldStop = True

    def _text_of(self, err, test):
        """The traceback without the calls of this package."""
        _, value, _ = err
        lines = traceback.format_exception(value)
        return "".join([line for line in lines if not line.startswith('  File "unittest/')])

    def __repr__(self):
        cls = type(self)
        return (
            f"<{cls.__module__}.{cls.__qualname__} run={self.testsRun} errors={len(self.errors)} "
            f"failures={len(self.failures)}>"
        )
