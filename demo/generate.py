#!/usr/bin/env python3
"""Writes the demo: `catalog.json`, `viewers.json` and `geolocation.json`. The same every time.

    python3 demo/generate.py            write the three files
    python3 demo/generate.py --check    write nothing; exit 1 if a file differs or something in it is wrong
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # a generator leaves nothing behind but what it generates

from parts import company, kittiwake, league  # noqa: E402
from parts.check import findings  # noqa: E402
from parts.dictionary import InvalidText  # noqa: E402
from parts.kind import kind_of  # noqa: E402
from parts.text import pretty, rows  # noqa: E402
from parts.viewers import geolocation, viewers  # noqa: E402

FOLDER = Path(__file__).resolve().parent


def catalog():
    """The accounts as JSON, each video labelled with the kind of restriction it shows."""
    accounts = []
    for plan in (kittiwake, league, company):
        account = plan.account()
        for video in account.videos:
            kind = kind_of(video, account.layer)
            if kind:
                video["demo_kind"] = kind
        accounts.append(account.to_json())
    return {"accounts": accounts}


def check(files, wrong):
    """Says what is wrong on stderr; true if nothing is."""
    for name, text in files.items():
        path = FOLDER / name
        if not path.exists():
            wrong.append(f"demo/{name} is missing: run `python3 demo/generate.py`")
        elif path.read_text(encoding="utf-8") != text:
            wrong.append(f"demo/{name} is not what `python3 demo/generate.py` writes: run it, or undo the edit by hand")
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare and validate instead of writing")
    arguments = parser.parse_args()

    try:
        accounts, people, places = catalog(), viewers(), geolocation()
    except InvalidText as error:
        sys.exit(f"a rules text of the demo is wrong: {error}")
    files = {
        "catalog.json": pretty(accounts) + "\n",
        "viewers.json": rows(people),
        "geolocation.json": rows(places),
    }
    readme = FOLDER / "README.md"
    wrong = list(findings(accounts, people, places, readme.read_text(encoding="utf-8") if readme.exists() else ""))
    if arguments.check:
        sys.exit(0 if check(files, wrong) else 1)
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    counts = ", ".join(f"{len(account['videos'])} videos of {account['name']}" for account in accounts["accounts"])
    print(f"wrote {counts}, {len(people)} viewers and {len(places)} geolocation records")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
