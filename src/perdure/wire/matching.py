"""Whether a context has what somebody asks of it: some of its top-level values, exactly."""

from perdure.wire.encoding import decode, encode


def mismatch(match: str, context: str) -> str:
    """Return the first name in `match` whose value the context does not have; empty if it has all.

    Both are JSON texts of objects. Values are equal if their JSON texts are: 1 is not 1.0.
    """
    has = decode(context)
    for name, wanted in decode(match).items():
        if name not in has or encode(has[name]) != encode(wanted):
            return str(name)
    return ""
