"""Every kind of rule against its plain road, over random streams cut, stored and brought back at random."""

import random

from rules.streams import check, random_aggregate, random_samples


def test_windows_agree_with_the_plain_road():
    decided = 0
    for seed in range(250):
        rng = random.Random(seed)
        decided += check(rng, random_aggregate(rng), random_samples(rng))
    assert decided > 500
