"""Unit tests: cases, suites, a runner for the command line."""

from unittest.case import (
    FunctionTestCase,
    SkipTest,
    TestCase,
    addModuleCleanup,
    doModuleCleanups,
    enterModuleContext,
    expectedFailure,
    skip,
    skipIf,
    skipUnless,
)
from unittest.case import IsolatedAsyncioTestCase
from unittest.loader import TestLoader, defaultTestLoader
from unittest.main import TestProgram, main
from unittest.result import TestResult
from unittest.runner import TextTestResult, TextTestRunner
from unittest.suite import BaseTestSuite, TestSuite

__all__ = [
    "BaseTestSuite",
    "FunctionTestCase",
    "IsolatedAsyncioTestCase",
    "SkipTest",
    "TestCase",
    "TestLoader",
    "TestProgram",
    "TestResult",
    "TestSuite",
    "TextTestResult",
    "TextTestRunner",
    "addModuleCleanup",
    "defaultTestLoader",
    "doModuleCleanups",
    "enterModuleContext",
    "expectedFailure",
    "main",
    "skip",
    "skipIf",
    "skipUnless",
]
