"""How a Python test says that this machine cannot run it: ctest lists it as not run, never as passed."""
import os
import sys


def not_run(reason):
    print(f"not run: {reason}")
    sys.stdout.flush()
    os._exit(77)  # SKIP_RETURN_CODE in tests/python_tests.cmake
