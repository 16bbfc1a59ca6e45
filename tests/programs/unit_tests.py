# The module unittest: a suite with every kind of outcome.
import io
import re
import sys
import unittest
from unittest import TestCase

order = []


def setUpModule():
    order.append("setUpModule")


def tearDownModule():
    order.append("tearDownModule")


class First(TestCase):
    @classmethod
    def setUpClass(cls):
        order.append("setUpClass")

    @classmethod
    def tearDownClass(cls):
        order.append("tearDownClass")

    def setUp(self):
        order.append("setUp")
        self.addCleanup(order.append, "cleanup")

    def tearDown(self):
        order.append("tearDown")

    def test_pass(self):
        """A docstring."""
        self.assertEqual(1, 1)
        self.assertIn(1, [1])
        self.assertAlmostEqual(0.1 + 0.2, 0.3)
        self.assertIsNone(None)
        self.assertCountEqual([1, 2, 2], [2, 1, 2])
        self.assertRegex("abc", "b")
        with self.assertRaises(ValueError) as caught:
            int("x")
        self.assertIsInstance(caught.exception, ValueError)
        self.assertRaisesRegex(ZeroDivisionError, "zero", lambda: 1 / 0)

    def test_fail(self):
        self.assertEqual([1], ["xyz"], "with a message")

    def test_error(self):
        raise KeyError("an error")

    @unittest.skip("not today")
    def test_skip(self):
        pass

    def test_skip_inside(self):
        self.skipTest("inside")

    @unittest.expectedFailure
    def test_expected(self):
        self.fail("expected")

    @unittest.expectedFailure
    def test_unexpected(self):
        pass

    def test_subtests(self):
        for i in range(4):
            with self.subTest(i=i):
                self.assertEqual(i % 2, 0)


@unittest.skipIf(True, "whole class")
class Skipped(TestCase):
    def test_never(self):
        pass


def text_of(stream):
    text = re.sub(r"in \d+\.\d+s", "in TIME", stream.getvalue())
    # The lines of calls differ by what they are in.
    lines = [line for line in text.split("\n") if not line.startswith("    ")]
    return "\n".join(re.sub(r'File "[^"]*", line \d+', "File", line) for line in lines)


for verbosity in (1, 2):
    stream = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = unittest.TextTestRunner(stream=stream, verbosity=verbosity).run(suite)
    print(text_of(stream))
print(result.testsRun, len(result.failures), len(result.errors), len(result.skipped), result.wasSuccessful())
print(order[: len(order) // 2])


class Messages(TestCase):
    def runTest(self):
        for check in (
            lambda: self.assertEqual(1, 2),
            lambda: self.assertTrue(0),
            lambda: self.assertFalse([1]),
            lambda: self.assertIs(1, None),
            lambda: self.assertIsNone(3),
            lambda: self.assertIsNotNone(None),
            lambda: self.assertIn(1, []),
            lambda: self.assertNotIn(1, [1]),
            lambda: self.assertIsInstance(1, str),
            lambda: self.assertLess(2, 1),
            lambda: self.assertGreaterEqual(1, 2),
            lambda: self.assertAlmostEqual(1.0, 1.1),
            lambda: self.assertAlmostEqual(1.0, 1.5, delta=0.1),
            lambda: self.assertNotEqual(1, 1),
            lambda: self.assertRaises(ValueError, int, "5"),
            lambda: self.assertRegex("abc", "z"),
            lambda: self.assertSetEqual({1}, {2}),
            lambda: self.assertNotIsInstance(1, int),
        ):
            try:
                check()
            except AssertionError as error:
                print(error)


print(Messages().run().wasSuccessful())
print(str(First("test_pass")), First("test_pass").id(), First("test_pass").shortDescription())
