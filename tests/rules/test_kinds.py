"""Every kind of rule against its plain road, over random streams cut, stored and brought back at random."""

import random

import pytest

from rules.streams import KINDS, check


@pytest.mark.parametrize(("kind", "streams"), [("aggregate", 120), ("absence", 150), ("sequence", 200)])
def test_rules_agree_with_the_plain_road(kind, streams):
    rule, stream = KINDS[kind]
    decided = 0
    for seed in range(streams):
        rng = random.Random(seed)
        decided += check(rng, rule(rng), stream(rng))
    assert decided > streams / 3
