"""Restrictions in the CMS's own words.

Dates lie far in the past or far ahead, so that nothing in the demo begins or ends while somebody runs it.
"""

from datetime import datetime

FAR_AHEAD = "2049-01-01T00:00:00Z"


def epoch(moment):
    """Seconds since 1970 of an ISO 8601 moment in UTC."""
    return int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp())


def rules(*members):
    """One layer as RFC 9651 dictionary text."""
    return {"rules": ", ".join(members)}


def strings(member, *values):
    """`geo-allow=("DE" "AT")`, and so for every member that takes strings."""
    return f"{member}=({' '.join(chr(34) + value + chr(34) for value in values)})"


def tokens(member, *values):
    return f"{member}=({' '.join(values)})"


def start(moment):
    return f"from=@{epoch(moment)}"


def end(moment):
    return f"until=@{epoch(moment)}"


def only_in(*countries):
    """The CMS's `geo`: playable in these countries alone."""
    return {"geo": {"restricted": True, "exclude_countries": False, "countries": list(countries)}}


def not_in(*countries):
    return {"geo": {"restricted": True, "exclude_countries": True, "countries": list(countries)}}


def scheduled(starts_at=None, ends_at=None):
    """The CMS's `schedule`."""
    return {"schedule": {"starts_at": _with_ms(starts_at), "ends_at": _with_ms(ends_at)}}


def right(playback_right):
    return {"playback_rights_id": playback_right["id"]}


def _with_ms(moment):
    return moment.replace("Z", ".000Z") if moment else None
