"""Messages that hypothesis draws and checks: of those that fail, the smallest it finds."""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable

from testee import Differs

# Of each type, in each test. The seed repeats a run.
COUNT = int(os.environ.get("DIFFERENTIAL_MESSAGES", "10"))
SEED = os.environ.get("DIFFERENTIAL_SEED", "1")

# How much time a message takes, or how much of one, is no mistake of the messages. Nothing is kept from run to run.
SETTINGS = settings(
    max_examples=COUNT, database=None, deadline=None, phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck), print_blob=False, report_multiple_bugs=False)


def check(foreign_set, messages, differs):
    """Draws messages of each type of the set from `messages`, which is asked for each type, and fails with the smallest
    message of each type for which `differs` raises `Differs`."""
    found = []
    for name, message_class in foreign_set.types.items():
        @seed(f"{SEED}/{name}")
        @SETTINGS
        @given(messages(message_class.DESCRIPTOR))
        def examine(encoded):
            differs(message_class, encoded)

        try:
            examine()
        except Unsatisfiable:
            pass
        except Differs as difference:
            found.append(f"{name}, seed {SEED}: {difference}")
    if found:
        pytest.fail(f"{len(found)} of {len(foreign_set.types)} types differ\n" + "\n".join(found[:20]), pytrace=False)
