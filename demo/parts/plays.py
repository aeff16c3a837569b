"""How often a video was played: numbers that sort playlists and that no viewer is shown."""

from .dice import Dice


def plays(account_id, slug, *, is_watched, is_watchable):
    """A few videos have most of the plays. What nobody could ever watch has no numbers at all."""
    if not is_watchable:
        return {}
    dice = Dice(account_id, "plays", slug)
    magnitude = 10 ** dice.number(1, 5)
    total = dice.number(magnitude, 10 * magnitude)
    # At most an eighth of all plays fall into one week; a video put away has none of late.
    week = total * dice.number(0, 125) // 1000 if is_watched else 0
    return {"plays_total": total, "plays_trailing_week": week}
