"""Composes programs at random, one for each seed."""

from __future__ import annotations

import random

from oracle.holders import HELD
from oracle.leaves import LEAVES
from oracle.memos import MEMOS
from oracle.programs import Program
from oracle.shapes import SHAPED
from oracle.ways import WAYS
from oracle.writer import Writer, indented

STATEMENTS = (
    "{0} = {1}\nfound.append({0}.head(Key=event['key']))",
    "{0} = {1}\nfound.append({0}.head(Key=event['key']))",
    "found.append({1}.head(Key=event['key']))",
    "if event['flag']:\n    {0} = {1}\n    found.append({0}.head(Key='a'))",
    "for key in ('a', 'b'):\n    found.append({1}.head(Key=key))",
    "try:\n    {0} = {1}\n    {0}.put(Key=event['key'])\nexcept ValueError:\n    found.append('failed')",
    "if event['stop'] == 'now':\n    return found\n{0} = {1}\nfound.append({0}.head(Key='b'))",
    "found.extend(map(lambda key: {1}.head(Key=key), ['a', 'b']))",
    "def use_{0}():\n    return {1}.head(Key=event['key'])\n\nfound.append(use_{0}())",
    "def unused_{0}():\n    return {1}.head(Key=event['key'])\n",
    "{0} = {1}\nwith {0} as opened:\n    found.append(opened.head(Key='c'))",
)


def generate(seed: int) -> Program:
    """The program of `seed`: the same on every machine."""
    writer = Writer(random.Random(seed), (*LEAVES, *HELD), (*WAYS, *MEMOS, *SHAPED))  # noqa: S311 - no secret is drawn
    app = writer.module("app")
    body = ["found = []"]
    for number in range(writer.random.randint(2, 4)):
        depth = writer.random.choice((0, 1, 1, 2, 2, 3))
        value = writer.value(app, depth, event=True)
        body.append(writer.random.choice(STATEMENTS).format(f"client{number}", value))
    body.append("return found")
    decorator = ""
    if writer.likely(0.25):
        decorator = "@entry\n"
        app.need("import functools")
        app.add_entry(
            """
def entry(function):
    @functools.wraps(function)
    def wrapper(event, context):
        return {"statusCode": 200, "body": function(event, context)}

    return wrapper
"""
        )
    app.add_entry(f"{decorator}def handler(event, context):\n" + indented("\n".join(body)))
    files = tuple((f"{name}.py", module.text()) for name, module in writer.modules.items())
    return Program(f"seed {seed}", files)
