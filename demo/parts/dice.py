"""Seeded chance: the same name gives the same numbers in every run and on every Python."""

import random
import uuid

SEED = "playback-edge demo 1"


class Dice:
    """Numbers that depend on the seed and on the given names alone, so that adding a video moves no other.

    Only `Random.random` is used: it is the one method whose sequence Python promises to keep.
    """

    def __init__(self, *names):
        self._random = random.Random("/".join((SEED, *names)))

    def number(self, low, high):
        """An integer from `low` to `high`, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, choices):
        return choices[self.number(0, len(choices) - 1)]

    def digits(self, count):
        return "".join(str(self.number(0, 9)) for _ in range(count))

    def uuid(self):
        quarters = [self.number(0, 2**32 - 1) for _ in range(4)]
        return str(uuid.UUID(int=sum(quarter << 32 * place for place, quarter in enumerate(quarters)), version=4))
