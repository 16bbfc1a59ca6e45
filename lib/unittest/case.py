"""A test case and its assertions."""

import sys

__all__ = ["FunctionTestCase", "SkipTest", "TestCase", "expectedFailure", "skip", "skipIf", "skipUnless"]


class SkipTest(Exception):
    """Raised by a test to be skipped."""


class _ShouldStop(Exception):
    """The test must stop: a subtest failed and the result wants no more."""


def _id(obj):
    return obj


def skip(reason):
    """Decorator: the test or class is skipped."""

    def decorator(test_item):
        if not isinstance(test_item, type):
            import functools

            inner = test_item

            @functools.wraps(inner)
            def test_item(*args, **keywords):
                raise SkipTest(reason)

        test_item.__unittest_skip__ = True
        test_item.__unittest_skip_why__ = reason
        return test_item

    if isinstance(reason, type(_id)):
        test_item, reason = reason, ""
        return decorator(test_item)
    return decorator


def skipIf(condition, reason):
    return skip(reason) if condition else _id


def skipUnless(condition, reason):
    return _id if condition else skip(reason)


def expectedFailure(test_item):
    test_item.__unittest_expecting_failure__ = True
    return test_item


def _run_cleanups(cleanups):
    """Calls cleanups, the last first; gives the exceptions."""
    errors = []
    while cleanups:
        function, args, keywords = cleanups.pop()
        try:
            function(*args, **keywords)
        except Exception as error:
            errors.append(error)
    return errors


_module_cleanups = []


def addModuleCleanup(function, /, *args, **keywords):
    _module_cleanups.append((function, args, keywords))


def _enter(manager, add_cleanup):
    cls = type(manager)
    try:
        enter, exit = cls.__enter__, cls.__exit__
    except AttributeError:
        raise TypeError(
            f"'{cls.__module__}.{cls.__qualname__}' object does not support the context manager protocol"
        ) from None
    result = enter(manager)
    add_cleanup(exit, manager, None, None, None)
    return result


def enterModuleContext(cm):
    return _enter(cm, addModuleCleanup)


def doModuleCleanups():
    errors = _run_cleanups(_module_cleanups)
    if errors:
        raise errors[0]


def _text(obj, short=False):
    try:
        result = repr(obj)
    except Exception:
        result = object.__repr__(obj)
    return result if not short or len(result) < 80 else result[:80] + " [truncated]..."


def _common_texts(*objects):
    """The texts of objects; long ones without the middle of what they share."""
    texts = [_text(obj) for obj in objects]
    longest = max(map(len, texts))
    if longest <= 80:
        return texts
    prefix = 0
    while all(len(text) > prefix and text[prefix] == texts[0][prefix] for text in texts):
        prefix += 1
    kept = 80 - (longest - prefix) - 5 - 12 - 5
    if kept > 5:
        head = _shortened(texts[0][:prefix], 5, kept)
        return [head + text[prefix:] for text in texts]
    head = _shortened(texts[0][:prefix], 5, 12)
    return [head + _shortened(text[prefix:], 5, 5) for text in texts]


def _shortened(text, head, tail):
    left_out = len(text) - head - tail
    if left_out > 12:
        return f"{text[:head]}[{left_out} chars]{text[len(text) - tail:]}"
    return text


class _AssertRaises:
    """The context of assertRaises and its like."""

    expectation = "raises"

    def __init__(self, expected, test, regex=None):
        self.expected, self.test, self.regex = expected, test, regex
        self.msg = None

    def handle(self, name, args, keywords):
        if not _is_exception_class(self.expected, self.base):
            raise TypeError(f"{name}() arg 1 must be {self.base_text}")
        if not args:
            self.msg = keywords.pop("msg", None)
            if keywords:
                raise TypeError(f"{next(iter(keywords))!r} is an invalid keyword argument for this function")
            return self
        function, *args = args
        self.name = getattr(function, "__name__", str(function))
        with self:
            function(*args, **keywords)

    base, base_text = BaseException, "an exception type or tuple of exception types"
    name = None

    def _fail(self, text):
        raise self.test.failureException(self.test._formatMessage(self.msg, text))

    def __enter__(self):
        return self

    def __exit__(self, exc_type, value, traceback):
        if exc_type is None:
            try:
                expected = self.expected.__name__
            except AttributeError:
                expected = str(self.expected)
            self._fail(f"{expected} not raised by {self.name}" if self.name else f"{expected} not raised")
        if not issubclass(exc_type, self.expected):
            return False
        self.exception = value
        if self.regex is not None:
            import re

            pattern = re.compile(self.regex) if isinstance(self.regex, str) else self.regex
            if not pattern.search(str(value)):
                shown = self.regex if isinstance(self.regex, str) else getattr(pattern, "pattern", self.regex)
                self._fail(f'"{shown}" does not match "{value}"')
        return True

    def __class_getitem__(cls, item):
        return cls


def _is_exception_class(expected, base):
    if isinstance(expected, tuple):
        return all(_is_exception_class(each, base) for each in expected)
    return isinstance(expected, type) and issubclass(expected, base)


class _AssertWarns(_AssertRaises):
    base, base_text = Warning, "a warning class or tuple of warning classes"

    def __enter__(self):
        import warnings

        self._manager = warnings.catch_warnings(record=True)
        self.warnings = self._manager.__enter__()
        warnings.simplefilter("always", Warning)
        return self

    def __exit__(self, exc_type, value, traceback):
        self._manager.__exit__(exc_type, value, traceback)
        if exc_type is not None:
            return False
        fitting = [each for each in self.warnings if isinstance(each.message, self.expected)]
        for each in fitting:
            self.warning, self.filename, self.lineno = each.message, each.filename, each.lineno
            if self.regex is None:
                return
            import re

            if re.search(self.regex, str(each.message)):
                return
        expected = getattr(self.expected, "__name__", str(self.expected))
        if fitting:
            self._fail(f'"{self.regex}" does not match "{fitting[0].message}"')
        self._fail(f"{expected} not triggered by {self.name}" if self.name else f"{expected} not triggered")


class _SubTest:
    """A part of a test with parameters of its own, for messages."""

    def __init__(self, test_case, message, params):
        self.test_case, self._message, self.params = test_case, message, params
        self.failureException = test_case.failureException

    def _description(self):
        parts = []
        if self._message is not None:
            parts.append(f"[{self._message}]")
        if self.params:
            parts.append(f"({', '.join([f'{key}={value!r}' for key, value in self.params.items()])})")
        return " ".join(parts) or "(<subtest>)"

    def id(self):
        return f"{self.test_case.id()} {self._description()}"

    def shortDescription(self):
        return self.test_case.shortDescription()

    def __str__(self):
        return f"{self.test_case} {self._description()}"

    def countTestCases(self):
        return 1


class _SubTestContext:
    def __init__(self, test, message, params):
        self.test = test
        outer = test._subtest
        if outer is not None:
            params = {**outer.params, **params}
        self.subtest, self.outer = _SubTest(test, message, params), outer

    def __enter__(self):
        self.test._subtest = self.subtest

    def __exit__(self, exc_type, value, traceback):
        test = self.test
        test._subtest = self.outer
        outcome = test._outcome
        if outcome is None or exc_type is None:
            return False
        if issubclass(exc_type, SkipTest):
            outcome.result.addSkip(self.subtest, str(value))
            return True
        if issubclass(exc_type, (KeyboardInterrupt, _ShouldStop)) or not issubclass(exc_type, Exception):
            return False
        outcome.success = False
        if outcome.expecting_failure:
            outcome.expected = (exc_type, value, traceback)
        else:
            outcome.result.addSubTest(test, self.subtest, (exc_type, value, traceback))
            if outcome.result.failfast:
                raise _ShouldStop
        return True


class _Outcome:
    def __init__(self, result):
        self.result = result
        self.success = True
        self.expecting_failure = False
        self.expected = None

    def run(self, test, function):
        """Calls a part of a test; notes what goes wrong. Tells whether all went well."""
        try:
            function()
            return True
        except KeyboardInterrupt:
            raise
        except SkipTest as skipped:
            self.success = False
            self.result.addSkip(test, str(skipped))
        except _ShouldStop:
            pass
        except Exception as error:
            self.success = False
            details = (type(error), error, error.__traceback__)
            if self.expecting_failure:
                self.expected = details
            elif isinstance(error, test.failureException):
                self.result.addFailure(test, details)
            else:
                self.result.addError(test, details)
        return False


class TestCase:
    """A test: a method with what is to be done before and after it."""

    failureException = AssertionError
    longMessage = True
    maxDiff = 80 * 8
    _class_cleanups = ()
    _outcome = _subtest = None

    def __init_subclass__(cls, *args, **keywords):
        super().__init_subclass__(*args, **keywords)
        cls._class_cleanups = []

    def __init__(self, methodName="runTest"):
        self._testMethodName = methodName
        self._cleanups = []
        self._type_equality = {}
        try:
            method = getattr(self, methodName)
        except AttributeError:
            if methodName != "runTest":
                raise ValueError(f"no such test method in {type(self)}: {methodName}") from None
            self._testMethodDoc = "No test"
        else:
            self._testMethodDoc = getattr(method, "__doc__", None)

    def addTypeEqualityFunc(self, typeobj, function):
        self._type_equality[typeobj] = function

    def addCleanup(self, function, /, *args, **keywords):
        self._cleanups.append((function, args, keywords))

    def enterContext(self, cm):
        return _enter(cm, self.addCleanup)

    @classmethod
    def addClassCleanup(cls, function, /, *args, **keywords):
        cls._class_cleanups.append((function, args, keywords))

    @classmethod
    def enterClassContext(cls, cm):
        return _enter(cm, cls.addClassCleanup)

    @classmethod
    def doClassCleanups(cls):
        cls.tearDown_exceptions = [(type(e), e, e.__traceback__) for e in _run_cleanups(list(cls._class_cleanups))]
        cls._class_cleanups = []

    def setUp(self):
        pass

    def tearDown(self):
        pass

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def countTestCases(self):
        return 1

    def defaultTestResult(self):
        from unittest.result import TestResult

        return TestResult()

    def shortDescription(self):
        doc = self._testMethodDoc
        return doc.strip().split("\n")[0].strip() if doc else None

    def id(self):
        cls = type(self)
        return f"{cls.__module__}.{cls.__qualname__}.{self._testMethodName}"

    def __eq__(self, other):
        return self._testMethodName == other._testMethodName if type(self) is type(other) else NotImplemented

    def __hash__(self):
        return hash((type(self), self._testMethodName))

    def __str__(self):
        cls = type(self)
        name = f"{cls.__module__}.{cls.__qualname__}"
        return f"{self._testMethodName} ({name}.{self._testMethodName})"

    def __repr__(self):
        cls = type(self)
        return f"<{cls.__module__}.{cls.__qualname__} testMethod={self._testMethodName}>"

    def subTest(self, msg=None, **params):
        return _SubTestContext(self, msg, params)

    # Asynchronous tests call these another way.

    def _set_up(self):
        self.setUp()

    def _tear_down(self):
        self.tearDown()

    def _call_method(self, method):
        method()

    def run(self, result=None):
        own = result is None
        if own:
            result = self.defaultTestResult()
            result.startTestRun()
        result.startTest(self)
        try:
            method = getattr(self, self._testMethodName)
            if getattr(type(self), "__unittest_skip__", False) or getattr(method, "__unittest_skip__", False):
                reason = getattr(type(self), "__unittest_skip_why__", "") or getattr(method, "__unittest_skip_why__", "")
                result.addSkip(self, reason)
                return result
            outcome = self._outcome = _Outcome(result)
            expecting = getattr(type(self), "__unittest_expecting_failure__", False) or getattr(
                method, "__unittest_expecting_failure__", False
            )
            if outcome.run(self, self._set_up):
                outcome.expecting_failure = expecting
                outcome.run(self, lambda: self._call_method(method))
                outcome.expecting_failure = False
                outcome.run(self, self._tear_down)
            self.doCleanups()
            if outcome.expected is not None:
                result.addExpectedFailure(self, outcome.expected)
            elif outcome.success:
                if expecting:
                    result.addUnexpectedSuccess(self)
                else:
                    result.addSuccess(self)
            return result
        finally:
            self._outcome = None
            result.stopTest(self)
            if own:
                result.stopTestRun()

    def doCleanups(self):
        outcome = self._outcome or _Outcome(self.defaultTestResult())
        while self._cleanups:
            function, args, keywords = self._cleanups.pop()
            outcome.run(self, lambda: self._call_method(lambda: function(*args, **keywords)))
        return outcome.success

    def __call__(self, *args, **keywords):
        return self.run(*args, **keywords)

    def debug(self):
        self._set_up()
        self._call_method(getattr(self, self._testMethodName))
        self._tear_down()
        while self._cleanups:
            function, args, keywords = self._cleanups.pop()
            self._call_method(lambda: function(*args, **keywords))

    def skipTest(self, reason):
        raise SkipTest(reason)

    def fail(self, msg=None):
        raise self.failureException(msg)

    def _formatMessage(self, msg, standard):
        if not self.longMessage:
            return msg or standard
        return standard if msg is None else f"{standard} : {msg}"

    def _fail(self, msg, standard):
        raise self.failureException(self._formatMessage(msg, standard))

    def assertTrue(self, expr, msg=None):
        if not expr:
            self._fail(msg, f"{_text(expr)} is not true")

    def assertFalse(self, expr, msg=None):
        if expr:
            self._fail(msg, f"{_text(expr)} is not false")

    def assertRaises(self, expected_exception, *args, **kwargs):
        return _AssertRaises(expected_exception, self).handle("assertRaises", args, kwargs)

    def assertRaisesRegex(self, expected_exception, expected_regex, *args, **kwargs):
        return _AssertRaises(expected_exception, self, expected_regex).handle("assertRaisesRegex", args, kwargs)

    def assertWarns(self, expected_warning, *args, **kwargs):
        return _AssertWarns(expected_warning, self).handle("assertWarns", args, kwargs)

    def assertWarnsRegex(self, expected_warning, expected_regex, *args, **kwargs):
        return _AssertWarns(expected_warning, self, expected_regex).handle("assertWarnsRegex", args, kwargs)

    def assertEqual(self, first, second, msg=None):
        if type(first) is type(second):
            kind = type(first)
            own = self._type_equality.get(kind)
            if own is not None:
                return (getattr(self, own) if isinstance(own, str) else own)(first, second, msg=msg)
            if kind is str:
                return self.assertMultiLineEqual(first, second, msg)
            if kind is list:
                return self.assertListEqual(first, second, msg)
            if kind is tuple:
                return self.assertTupleEqual(first, second, msg)
            if kind is dict:
                return self.assertDictEqual(first, second, msg)
            if kind is set or kind is frozenset:
                return self.assertSetEqual(first, second, msg)
        if not first == second:
            self._fail(msg, "%s != %s" % tuple(_common_texts(first, second)))

    def assertNotEqual(self, first, second, msg=None):
        if not first != second:
            self._fail(msg, f"{_text(first)} == {_text(second)}")

    def assertAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        if first == second:
            return
        if delta is not None and places is not None:
            raise TypeError("specify delta or places not both")
        difference = abs(first - second)
        if delta is not None:
            if difference <= delta:
                return
            within = f"within {_text(delta)} delta"
        else:
            places = 7 if places is None else places
            if round(difference, places) == 0:
                return
            within = f"within {places} places"
        self._fail(msg, f"{_text(first)} != {_text(second)} {within} ({_text(difference)} difference)")

    def assertNotAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        if delta is not None and places is not None:
            raise TypeError("specify delta or places not both")
        difference = abs(first - second)
        if delta is not None:
            if first != second and difference > delta:
                return
            within = f"within {_text(delta)} delta ({_text(difference)} difference)"
        else:
            places = 7 if places is None else places
            if first != second and round(difference, places) != 0:
                return
            within = f"within {places} places"
        self._fail(msg, f"{_text(first)} == {_text(second)} {within}")

    def assertSequenceEqual(self, seq1, seq2, msg=None, seq_type=None):
        name = "sequence"
        if seq_type is not None:
            name = seq_type.__name__
            for which, seq in (("First", seq1), ("Second", seq2)):
                if not isinstance(seq, seq_type):
                    raise self.failureException(f"{which} sequence is not a {name}: {_text(seq)}")
        if seq1 == seq2:
            return
        standard = "%ss differ: %s != %s\n" % ((name.capitalize(),) + tuple(_common_texts(seq1, seq2)))
        for i in range(min(len(seq1), len(seq2))):
            if seq1[i] != seq2[i]:
                standard += f"\nFirst differing element {i}:\n{_text(seq1[i])}\n{_text(seq2[i])}\n"
                break
        if len(seq1) != len(seq2):
            longer, seq, n = ("First", seq1, len(seq2)) if len(seq1) > len(seq2) else ("Second", seq2, len(seq1))
            standard += f"\n{longer} {name} contains {len(seq) - n} additional elements.\n"
            standard += f"First extra element {n}:\n{_text(seq[n])}\n"
        self._fail(msg, standard + _diff([_text(seq1)], [_text(seq2)]))

    def assertListEqual(self, list1, list2, msg=None):
        self.assertSequenceEqual(list1, list2, msg, list)

    def assertTupleEqual(self, tuple1, tuple2, msg=None):
        self.assertSequenceEqual(tuple1, tuple2, msg, tuple)

    def assertSetEqual(self, set1, set2, msg=None):
        only1, only2 = set1 - set2, set2 - set1
        lines = []
        for which, items in (("first", only1), ("second", only2)):
            if items:
                lines.append(f"Items in the {which} set but not the {'second' if which == 'first' else 'first'}:")
                lines.extend([repr(item) for item in items])
        if lines:
            self._fail(msg, "\n".join(lines))

    def assertDictEqual(self, d1, d2, msg=None):
        self.assertIsInstance(d1, dict, "First argument is not a dictionary")
        self.assertIsInstance(d2, dict, "Second argument is not a dictionary")
        if d1 != d2:
            self._fail(msg, "%s != %s" % tuple(_common_texts(d1, d2)) + _diff([_text(d1)], [_text(d2)]))

    def assertMultiLineEqual(self, first, second, msg=None):
        self.assertIsInstance(first, str, "First argument is not a string")
        self.assertIsInstance(second, str, "Second argument is not a string")
        if first != second:
            standard = "%s != %s" % tuple(_common_texts(first, second))
            self._fail(msg, standard + _diff(first.splitlines(), second.splitlines()) + "\n")

    def assertCountEqual(self, first, second, msg=None):
        rest = list(second)
        missing = []
        for item in first:
            if item in rest:
                rest.remove(item)
            else:
                missing.append(item)
        if missing or rest:
            lines = ["Element counts were not equal:"]
            for item in missing + rest:
                counts = (list(first).count(item), list(second).count(item))
                line = f"First has {counts[0]}, Second has {counts[1]}:  {item!r}"
                if line not in lines:
                    lines.append(line)
            self._fail(msg, "\n".join(lines))

    def assertIs(self, expr1, expr2, msg=None):
        if expr1 is not expr2:
            self._fail(msg, f"{_text(expr1)} is not {_text(expr2)}")

    def assertIsNot(self, expr1, expr2, msg=None):
        if expr1 is expr2:
            self._fail(msg, f"unexpectedly identical: {_text(expr1)}")

    def assertIsNone(self, obj, msg=None):
        if obj is not None:
            self._fail(msg, f"{_text(obj)} is not None")

    def assertIsNotNone(self, obj, msg=None):
        if obj is None:
            self._fail(msg, "unexpectedly None")

    def assertIn(self, member, container, msg=None):
        if member not in container:
            self._fail(msg, f"{_text(member)} not found in {_text(container)}")

    def assertNotIn(self, member, container, msg=None):
        if member in container:
            self._fail(msg, f"{_text(member)} unexpectedly found in {_text(container)}")

    def assertIsInstance(self, obj, cls, msg=None):
        if not isinstance(obj, cls):
            if isinstance(cls, tuple):
                self._fail(msg, f"{_text(obj)} is not an instance of any of {cls!r}")
            self._fail(msg, f"{_text(obj)} is not an instance of {cls!r}")

    def assertNotIsInstance(self, obj, cls, msg=None):
        if isinstance(obj, cls):
            self._fail(msg, f"{_text(obj)} is an instance of {cls!r}")

    def assertLess(self, a, b, msg=None):
        if not a < b:
            self._fail(msg, f"{_text(a)} not less than {_text(b)}")

    def assertLessEqual(self, a, b, msg=None):
        if not a <= b:
            self._fail(msg, f"{_text(a)} not less than or equal to {_text(b)}")

    def assertGreater(self, a, b, msg=None):
        if not a > b:
            self._fail(msg, f"{_text(a)} not greater than {_text(b)}")

    def assertGreaterEqual(self, a, b, msg=None):
        if not a >= b:
            self._fail(msg, f"{_text(a)} not greater than or equal to {_text(b)}")

    def assertRegex(self, text, expected_regex, msg=None):
        import re

        pattern = re.compile(expected_regex) if isinstance(expected_regex, (str, bytes)) else expected_regex
        if not pattern.search(text):
            shown = expected_regex if isinstance(expected_regex, (str, bytes)) else pattern.pattern
            self._fail(msg, f"Regex didn't match: {shown!r} not found in {text!r}")

    def assertNotRegex(self, text, unexpected_regex, msg=None):
        import re

        pattern = re.compile(unexpected_regex) if isinstance(unexpected_regex, (str, bytes)) else unexpected_regex
        found = pattern.search(text)
        if found:
            shown = unexpected_regex if isinstance(unexpected_regex, (str, bytes)) else pattern.pattern
            self._fail(msg, f"Regex matched: {found.group(0)!r} matches {shown!r} in {text!r}")


def _diff(first, second):
    """Lines that differ, in the manner of difflib: - those of the first, + those of the second."""
    lines = []
    i = 0
    while i < max(len(first), len(second)):
        a = first[i] if i < len(first) else None
        b = second[i] if i < len(second) else None
        if a == b:
            lines.append(f"  {a}")
        else:
            if a is not None:
                lines.append(f"- {a}")
            if b is not None:
                lines.append(f"+ {b}")
        i += 1
    return "\n" + "\n".join(lines)


class FunctionTestCase(TestCase):
    """A test made of functions."""

    def __init__(self, testFunc, setUp=None, tearDown=None, description=None):
        self._functions = testFunc, setUp, tearDown
        super().__init__()
        self._description = description

    def setUp(self):
        if self._functions[1] is not None:
            self._functions[1]()

    def tearDown(self):
        if self._functions[2] is not None:
            self._functions[2]()

    def runTest(self):
        self._functions[0]()

    def id(self):
        return self._functions[0].__name__

    def shortDescription(self):
        return self._description

    def __str__(self):
        return f"{type(self).__module__}.{type(self).__qualname__} ({self._functions[0].__name__})"


class IsolatedAsyncioTestCase(TestCase):
    """A test whose methods may be coroutine functions; all run in one event loop."""

    _runner = None

    async def asyncSetUp(self):
        pass

    async def asyncTearDown(self):
        pass

    def addAsyncCleanup(self, function, /, *args, **keywords):
        self.addCleanup(function, *args, **keywords)

    async def enterAsyncContext(self, context):
        entered = await context.__aenter__()
        self.addAsyncCleanup(context.__aexit__, None, None, None)
        return entered

    def _set_up(self):
        self.setUp()
        self._call_method(self.asyncSetUp)

    def _tear_down(self):
        self._call_method(self.asyncTearDown)
        self.tearDown()

    def _call_method(self, method):
        made = method()
        if hasattr(made, "__await__"):
            self._runner.run(made)

    def run(self, result=None):
        return self._with_loop(super().run, result)

    def debug(self):
        self._with_loop(super().debug)

    def _with_loop(self, function, *args):
        from asyncio import Runner

        with Runner(debug=True) as self._runner:
            return function(*args)
