"""A season's fixtures and results: every club plays every other once, with goals that add up to the score."""

from collections import namedtuple
from datetime import datetime, timedelta, timezone

from .dice import Dice
from .league_words import CLUBS, DETAILS, OPENINGS, WEATHER
from .media import cue

FIRST_KICK_OFF = datetime(2024, 3, 2, 0, 30, tzinfo=timezone.utc)

# `goals` are (side, minute) in the order in which they fell; `kick_off` is an ISO 8601 moment in UTC.
Match = namedtuple("Match", "round number home away kick_off goals score dice")


def fixtures(rounds):
    """The first rounds of a round robin, by the circle method: one club stays, the others move one seat a round."""
    fixed, *ring = CLUBS
    for number in range(1, rounds + 1):
        seats = [fixed, *ring]
        for seat in range(len(seats) // 2):
            pair = (seats[seat], seats[-1 - seat])
            home, away = pair if (number + seat) % 2 else pair[::-1]
            yield _match(number, seat, home, away)
        ring = [ring[-1], *ring[:-1]]


def _match(number, seat, home, away):
    dice = Dice("league", str(number), home.slug, away.slug)
    kick_off = FIRST_KICK_OFF + timedelta(days=7 * (number - 1) + seat // 3, hours=[0, 1, 2][seat % 3])
    sides = [dice.pick(["home", "home", "away"]) for _ in range(dice.pick([0, 1, 2, 2, 3, 3, 4, 5]))]
    minutes = sorted({dice.number(4, 90) for _ in sides})
    goals = list(zip(sides, minutes, strict=False))  # two goals in one minute count once
    score = (sum(side == "home" for side, _ in goals), sum(side == "away" for side, _ in goals))
    return Match(number, seat + 1, home, away, kick_off.strftime("%Y-%m-%dT%H:%M:%SZ"), goals, score, dice)


def report(match):
    """A sentence on the result."""
    home_goals, away_goals = match.score
    outcome = "home" if home_goals > away_goals else "away" if home_goals < away_goals else "draw"
    return match.dice.pick(OPENINGS[outcome]).format(
        home=match.home.name, away=match.away.name, ground=match.home.ground, weather=match.dice.pick(WEATHER),
        score=f"{home_goals}–{away_goals}", score_away=f"{away_goals}–{home_goals}")


def detail(match):
    return match.dice.pick(DETAILS)


def match_cues(match):
    """Kick-off, goals and half-time, in seconds from the start of a recording that begins two minutes early."""
    cues = [cue(match.dice, "Kick-off", 120)]
    cues += [_goal(match, side, minute) for side, minute in match.goals if minute <= 45]
    cues.append(cue(match.dice, "Half-time", 120 + 47 * 60, "AD"))
    cues += [_goal(match, side, minute) for side, minute in match.goals if minute > 45]
    return cues


def _goal(match, side, minute):
    interval = 17 * 60 if minute > 45 else 0
    club = match.home if side == "home" else match.away
    return cue(match.dice, f"Goal {minute}'", 120 + minute * 60 + interval, metadata=club.name)
