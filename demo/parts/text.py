"""How the three files look: readable diffs, a short value on one line, a newline at the end."""

import json

WIDTH = 320


def pretty(value, indent=0):
    """JSON with every array or object that fits on one line kept on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or len(flat) + indent <= WIDTH:
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        items = [f"{json.dumps(key, ensure_ascii=False)}: {pretty(item, indent + 2)}" for key, item in value.items()]
        opening, closing = "{", "}"
    else:
        items = [pretty(item, indent + 2) for item in value]
        opening, closing = "[", "]"
    lines = ",\n".join(pad + item for item in items)
    return f"{opening}\n{lines}\n{' ' * indent}{closing}"


def rows(value):
    """JSON with one line for each member of the outermost array or object: for tables of equal records."""
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {json.dumps(item, ensure_ascii=False)}" for key, item in value.items()]
        opening, closing = "{", "}"
    else:
        items = [json.dumps(item, ensure_ascii=False) for item in value]
        opening, closing = "[", "]"
    lines = ",\n".join("  " + item for item in items)
    return f"{opening}\n{lines}\n{closing}\n"
