"""For "Testing Workflows": `django.test` without Django, whose TestCase is unittest's here."""

import sys
import unittest
from types import ModuleType

django = ModuleType("django")
django.test = ModuleType("django.test")
django.test.TestCase = unittest.TestCase
sys.modules.update({"django": django, "django.test": django.test})
