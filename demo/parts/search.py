"""Finds videos by a smart playlist's search: as much of Video Cloud's syntax as the demo uses, and no more."""

import re

FIELDS = ("name", "description", "reference_id", "tags")
# Too common to tell videos apart; only those that the demo's searches could have.
IGNORED = {"a", "an", "and", "at", "by", "for", "in", "of", "on", "the", "to"}
_TERM = r'(?:"[^"]+"|[^\s",:+-][^\s",:]*)'
_CLAUSE = re.compile(rf"([+-]?)(?:([a-z_]+):)?({_TERM}(?:,{_TERM})*)(?:\s+|$)")


class InvalidSearch(ValueError):
    """A search of the demo that nothing here understands."""


def clauses(text):
    """`+tags:a,b -name:"c d"` -> `[("+", "tags", [{"a"}, {"b"}]), ("-", "name", [{"c", "d"}])]`."""
    read, at = [], 0
    while at < len(text):
        match = _CLAUSE.match(text, at)
        if not match or match[2] not in (None, *FIELDS):
            raise InvalidSearch(f"`{text[at:]}` of the search `{text}` is not understood")
        read.append((match[1], match[2], [_words(term) for term in re.findall(_TERM, match[3])]))
        at = match.end()
    return read


def found(text, videos):
    """The videos that meet every `+`, no `-`, and where there is no `+`, one of the rest."""
    read = clauses(text)
    required = [clause for clause in read if clause[0] == "+"]
    excluded = [clause for clause in read if clause[0] == "-"]
    optional = [clause for clause in read if clause[0] == ""]
    return [
        video for video in videos
        if all(_meets(clause, video) for clause in required)
        and not any(_meets(clause, video) for clause in excluded)
        and (required or not optional or any(_meets(clause, video) for clause in optional))
    ]


def _meets(clause, video):
    _, field, any_of = clause
    values = [video.get(name) or "" for name in ([field] if field else FIELDS)]
    words = _words(" ".join(value if isinstance(value, str) else " ".join(value) for value in values))
    return any(term <= words for term in any_of)


def _words(text):
    return set(re.findall(r"[^\W_]+", text.lower())) - IGNORED
