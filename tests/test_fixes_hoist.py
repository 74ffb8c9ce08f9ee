"""What hoisting makes of shapes that are easy to get wrong: whole files before and after."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hoisting import assert_kept, hoisted

if TYPE_CHECKING:
    from pathlib import Path

SHAPES = {
    "tabs and a call over several lines keep their shape": (
        (
            "import boto3\n"
            "\n"
            "def handler(event, context):\n"
            "\ts3 = boto3.client(\n"
            '\t\t"s3",\n'
            '\t\tregion_name="eu-west-1",\n'
            "\t)\n"
            '\treturn s3.head_object(Key=event["key"])\n'
        ),
        (
            "import boto3\n"
            "\n"
            "s3 = boto3.client(\n"
            '\t"s3",\n'
            '\tregion_name="eu-west-1",\n'
            ")\n"
            "\n"
            "def handler(event, context):\n"
            '\treturn s3.head_object(Key=event["key"])\n'
        ),
    ),
    "Windows newlines stay": (
        (
            "import boto3\r\n"
            "\r\n"
            "\r\n"
            "def handler(event, context):\r\n"
            '    if event["a"]:\r\n'
            '        s3 = boto3.client("s3")\r\n'
            '        return s3.head_object(Key=event["key"])\r\n'
            "    return None\r\n"
        ),
        (
            "import functools\r\n"
            "\r\n"
            "import boto3\r\n"
            "\r\n"
            "\r\n"
            "@functools.cache\r\n"
            "def s3():\r\n"
            '    return boto3.client("s3")\r\n'
            "\r\n"
            "\r\n"
            "def handler(event, context):\r\n"
            '    if event["a"]:\r\n'
            '        return s3().head_object(Key=event["key"])\r\n'
            "    return None\r\n"
        ),
    ),
    "a statement before another on its line moves": (
        dedent(
            """\
        import boto3


        def handler(event, context):
            s3 = boto3.client("s3"); key = event["key"]
            return s3.head_object(Key=key)
        """
        ),
        dedent(
            """\
        import boto3

        s3 = boto3.client("s3")


        def handler(event, context):
            key = event["key"]
            return s3.head_object(Key=key)
        """
        ),
    ),
    "a statement behind another on its line leaves the comment there": (
        dedent(
            """\
        import boto3


        def handler(event, context):
            key = event["key"]; s3 = boto3.client("s3")  # two
            return s3.head_object(Key=key)
        """
        ),
        dedent(
            """\
        import boto3

        s3 = boto3.client("s3")


        def handler(event, context):
            key = event["key"]  # two
            return s3.head_object(Key=key)
        """
        ),
    ),
    "a function on one line keeps its other statement": (
        dedent(
            """\
        import boto3


        def handler(event, context): s3 = boto3.client("s3"); return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import boto3

        s3 = boto3.client("s3")


        def handler(event, context): return s3.head_object(Key=event["key"])
        """
        ),
    ),
    "comments above and behind travel along": (
        dedent(
            """\
        import boto3  # the SDK

        # Handlers

        def handler(event, context):
            # The bucket of invoices.
            # Two lines.
            s3 = boto3.client("s3")  # in our region
            # Read it.
            return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import boto3  # the SDK

        # The bucket of invoices.
        # Two lines.
        s3 = boto3.client("s3")  # in our region

        # Handlers

        def handler(event, context):
            # Read it.
            return s3.head_object(Key=event["key"])
        """
        ),
    ),
    "an import and its client land behind shebang, docstring and future import": (
        dedent(
            '''\
        #!/usr/bin/env python
        # -*- coding: utf-8 -*-
        """Doc."""
        from __future__ import annotations


        def handler(event, context):
            import boto3

            s3 = boto3.client("s3")
            return s3.head_object(Key=event["key"])
        '''
        ),
        dedent(
            '''\
        #!/usr/bin/env python
        # -*- coding: utf-8 -*-
        """Doc."""
        from __future__ import annotations

        import boto3

        s3 = boto3.client("s3")


        def handler(event, context):
            return s3.head_object(Key=event["key"])
        '''
        ),
    ),
    "a cached function lands behind a lone docstring": (
        dedent(
            '''\
        """Doc."""


        def handler(event, context):
            import boto3
            if event["a"]:
                s3 = boto3.client("s3")
                return s3.head_object(Key=event["key"])
        '''
        ),
        dedent(
            '''\
        """Doc."""

        import functools


        @functools.cache
        def s3():
            import boto3
            return boto3.client("s3")


        def handler(event, context):
            if event["a"]:
                return s3().head_object(Key=event["key"])
        '''
        ),
    ),
    "a license stays on top": (
        dedent(
            """\
        # License

        def handler(event, context):
            import boto3
            s3 = boto3.client("s3")
            return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        # License

        import boto3

        s3 = boto3.client("s3")


        def handler(event, context):
            return s3.head_object(Key=event["key"])
        """
        ),
    ),
    "an annotation in quotes travels along": (
        dedent(
            """\
        import boto3
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from mypy_boto3_s3 import S3Client


        def handler(event, context):
            s3: "S3Client" = boto3.client("s3")
            return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import boto3
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from mypy_boto3_s3 import S3Client

        s3: "S3Client" = boto3.client("s3")


        def handler(event, context):
            return s3.head_object(Key=event["key"])
        """
        ),
    ),
    "an annotation that only type checkers know is put in quotes": (
        dedent(
            """\
        import boto3
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from mypy_boto3_s3 import S3Client


        def handler(event, context):
            s3: S3Client = boto3.client("s3")
            return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import boto3
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from mypy_boto3_s3 import S3Client

        s3: "S3Client" = boto3.client("s3")


        def handler(event, context):
            return s3.head_object(Key=event["key"])
        """
        ),
    ),
    "an annotation becomes what the cached function returns": (
        dedent(
            """\
        import boto3
        from mypy_boto3_s3 import S3Client


        def handler(event, context):
            if event:
                s3: S3Client = boto3.client("s3")
                return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import functools

        import boto3
        from mypy_boto3_s3 import S3Client


        @functools.cache
        def s3() -> S3Client:
            return boto3.client("s3")


        def handler(event, context):
            if event:
                return s3().head_object(Key=event["key"])
        """
        ),
    ),
    "a client of an optional package stays": (
        dedent(
            """\
        try:
            import boto3
        except ImportError:
            boto3 = None


        def handler(event, context):
            s3 = boto3.client("s3")
            return s3.head_object(Key=event["key"])
        """
        ),
        None,
    ),
    "a client lands behind the last import and the constant it needs": (
        dedent(
            """\
        import sys
        sys.path.insert(0, "lib")
        import boto3
        REGION = "a"
        import json

        def handler(event, context):
            s3 = boto3.client("s3", region_name=REGION)
            return json.dumps(s3.head_object(Key=event["key"]))
        """
        ),
        dedent(
            """\
        import sys
        sys.path.insert(0, "lib")
        import boto3
        REGION = "a"
        import json

        s3 = boto3.client("s3", region_name=REGION)

        def handler(event, context):
            return json.dumps(s3.head_object(Key=event["key"]))
        """
        ),
    ),
    "a client lands behind a call that changes the environment": (
        dedent(
            """\
        import boto3
        import os

        def setup():
            os.environ["AWS_REGION"] = "x"

        setup()

        def handler(event, context):
            s3 = boto3.client("s3")
            return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import boto3
        import os

        def setup():
            os.environ["AWS_REGION"] = "x"

        setup()
        s3 = boto3.client("s3")

        def handler(event, context):
            return s3.head_object(Key=event["key"])
        """
        ),
    ),
    "a client lands before the statement that runs its function at import": (
        dedent(
            """\
        import boto3


        def load(key):
            s3 = boto3.client("s3")
            return s3.head_object(Key=key)


        FIRST = load("a")
        REGION = "b"


        def handler(event, context):
            return load(event["key"])
        """
        ),
        dedent(
            """\
        import boto3

        s3 = boto3.client("s3")


        def load(key):
            return s3.head_object(Key=key)


        FIRST = load("a")
        REGION = "b"


        def handler(event, context):
            return load(event["key"])
        """
        ),
    ),
    "a client lands between what it needs and what runs it": (
        dedent(
            """\
        import boto3


        def load(key):
            s3 = boto3.client("s3", region_name=REGION)
            return s3.head_object(Key=key)


        REGION = "b"
        FIRST = load("a")


        def handler(event, context):
            return load(event["key"])
        """
        ),
        dedent(
            """\
        import boto3


        def load(key):
            return s3.head_object(Key=key)


        REGION = "b"
        s3 = boto3.client("s3", region_name=REGION)
        FIRST = load("a")


        def handler(event, context):
            return load(event["key"])
        """
        ),
    ),
    "uses in nested functions are renamed where the name is the same": (
        dedent(
            """\
        import boto3

        s3 = 1

        def handler(event, context):
            s3 = boto3.client("s3")
            def one(key):
                return s3.head_object(Key=key)
            two = lambda s3: s3.x
            three = [s3.get(Key=k) for k in event]
            four = [s3 for s3 in event]
            return one(event["k"]), two(event), three, four, f"{s3.meta}"
        """
        ),
        dedent(
            """\
        import boto3

        _s3 = boto3.client("s3")

        s3 = 1

        def handler(event, context):
            def one(key):
                return _s3.head_object(Key=key)
            two = lambda s3: s3.x
            three = [_s3.get(Key=k) for k in event]
            four = [s3 for s3 in event]
            return one(event["k"]), two(event), three, four, f"{_s3.meta}"
        """
        ),
    ),
    "one of two branches is cached": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            if event["local"]:
                s3 = boto3.client("s3", endpoint_url="http://localhost")
            else:
                s3 = boto3.client("s3", region_name=event["r"])
            return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import functools

        import boto3


        @functools.cache
        def s3_client():
            return boto3.client("s3", endpoint_url="http://localhost")

        def handler(event, context):
            if event["local"]:
                s3 = s3_client()
            else:
                s3 = boto3.client("s3", region_name=event["r"])
            return s3.head_object(Key=event["key"])
        """
        ),
    ),
    "a global rebound per request gets the client of the module": (
        dedent(
            """\
        import boto3

        s3 = None

        def handler(event, context):
            global s3
            s3 = boto3.client("s3")
            return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import boto3

        s3_client = boto3.client("s3")

        s3 = None

        def handler(event, context):
            global s3
            s3 = s3_client
            return s3.head_object(Key=event["key"])
        """
        ),
    ),
    "a walrus stays": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            if (s3 := boto3.client("s3")):
                return s3.head_object(Key=event["key"])
        """
        ),
        None,
    ),
    "two clients in one tuple get names": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            s3, sqs = boto3.client("s3"), boto3.client("sqs")
            return s3.head_object(Key=event["key"]), sqs
        """
        ),
        dedent(
            """\
        import boto3

        s3_client = boto3.client("s3")
        sqs_client = boto3.client("sqs")

        def handler(event, context):
            s3, sqs = s3_client, sqs_client
            return s3.head_object(Key=event["key"]), sqs
        """
        ),
    ),
    "a chained assignment gets a name": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            a = b = boto3.client("s3")
            return a.head_object(Key=event["key"]), b
        """
        ),
        dedent(
            """\
        import boto3

        s3_client = boto3.client("s3")

        def handler(event, context):
            a = b = s3_client
            return a.head_object(Key=event["key"]), b
        """
        ),
    ),
    "an unused client leaves a pass behind": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            if event:
                s3 = boto3.client("s3")
            return 1
        """
        ),
        dedent(
            """\
        def handler(event, context):
            if event:
                pass
            return 1
        """
        ),
    ),
    "a client that is closed stays": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            s3 = boto3.client("s3")
            s3.head_object(Key=event["key"])
            s3.close()
        """
        ),
        None,
    ),
    "a cached function lands above the decorators of the first function": (
        dedent(
            """\
        import boto3
        import functools

        X = 1
        @functools.wraps
        def deco(f):
            return f

        def handler(event, context):
            if event:
                s3 = boto3.client("s3")
                s3.x()
        """
        ),
        dedent(
            """\
        import boto3
        import functools

        X = 1


        @functools.cache
        def s3():
            return boto3.client("s3")


        @functools.wraps
        def deco(f):
            return f

        def handler(event, context):
            if event:
                s3().x()
        """
        ),
    ),
    "a name of a builtin takes an underscore": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            input = boto3.client("s3")
            return input.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import boto3

        _input = boto3.client("s3")

        def handler(event, context):
            return _input.head_object(Key=event["key"])
        """
        ),
    ),
    "a name that a star import may bring takes an underscore": (
        dedent(
            """\
        from common import *
        import boto3

        def handler(event, context):
            s3 = boto3.client("s3")
            return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        from common import *
        import boto3

        _s3 = boto3.client("s3")

        def handler(event, context):
            return _s3.head_object(Key=event["key"])
        """
        ),
    ),
    "a client in an f-string gets a name": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            return f"é {boto3.client('s3').meta} {event}"
        """
        ),
        dedent(
            """\
        import boto3

        s3_client = boto3.client('s3')

        def handler(event, context):
            return f"é {s3_client.meta} {event}"
        """
        ),
    ),
    "a file without a last newline stays one": (
        (
            "import boto3\n"
            "def handler(event, context):\n"
            '    s3 = boto3.client("s3"); return s3.head_object(Key=event["key"])'
        ),
        (
            "import boto3\n"
            "\n"
            's3 = boto3.client("s3")\n'
            "\n"
            "\n"
            "def handler(event, context):\n"
            '    return s3.head_object(Key=event["key"])'
        ),
    ),
    "an attribute of the instance gets the client of the module": (
        dedent(
            """\
        import boto3

        class H:
            def handle(self, event, context):
                self.s3 = boto3.client("s3")
                return self.s3.head_object(Key=event["key"])

        handler = H().handle
        """
        ),
        dedent(
            """\
        import boto3

        s3_client = boto3.client("s3")

        class H:
            def handle(self, event, context):
                self.s3 = s3_client
                return self.s3.head_object(Key=event["key"])

        handler = H().handle
        """
        ),
    ),
    "a function that only builds becomes the cached function": (
        dedent(
            '''\
        import boto3
        import os

        def client():
            """Doc."""
            return boto3.client("s3", region_name=os.environ["R"])

        def handler(event, context):
            return client().head_object(Key=event["key"])
        '''
        ),
        dedent(
            '''\
        import boto3
        import functools
        import os

        @functools.cache
        def client():
            """Doc."""
            return boto3.client("s3", region_name=os.environ["R"])

        def handler(event, context):
            return client().head_object(Key=event["key"])
        '''
        ),
    ),
    "a client built per record is built once": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            for record in event["Records"]:
                boto3.client("sns").publish(Message=record)
                boto3.client("sns").publish(Message=record)
        """
        ),
        dedent(
            """\
        import boto3

        sns_client = boto3.client("sns")

        def handler(event, context):
            for record in event["Records"]:
                sns_client.publish(Message=record)
                sns_client.publish(Message=record)
        """
        ),
    ),
    "a string over several lines keeps its lines": (
        (
            "import openai\n"
            "\n"
            "def handler(event, context):\n"
            '    client = openai.OpenAI(base_url="""http://\n'
            '    x""")\n'
            "    return client.x(event)\n"
        ),
        (
            "import openai\n"
            "\n"
            'client = openai.OpenAI(base_url="""http://\n'
            '    x""")\n'
            "\n"
            "def handler(event, context):\n"
            "    return client.x(event)\n"
        ),
    ),
    "a chain over several lines keeps its brackets": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            return (boto3
                    .client("s3")
                    .head_object(Key=event["key"]))
        """
        ),
        dedent(
            """\
        import boto3

        s3_client = (boto3
                .client("s3"))

        def handler(event, context):
            return (s3_client
                    .head_object(Key=event["key"]))
        """
        ),
    ),
    "a coroutine uses the client of the module": (
        dedent(
            """\
        import boto3
        import asyncio

        async def go(event):
            s3 = boto3.client("s3")
            return s3.head(event)

        def handler(event, context):
            return asyncio.run(go(event))
        """
        ),
        dedent(
            """\
        import boto3
        import asyncio

        s3 = boto3.client("s3")

        async def go(event):
            return s3.head(event)

        def handler(event, context):
            return asyncio.run(go(event))
        """
        ),
    ),
    "offsets count characters": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            é = "ü"; s3 = boto3.client("s3")  # ö
            return "äö", s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import boto3

        s3 = boto3.client("s3")

        def handler(event, context):
            é = "ü"  # ö
            return "äö", s3.head_object(Key=event["key"])
        """
        ),
    ),
    "a class in a function stays": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            class A:
                s3 = boto3.client("s3")
            return A.s3.head(event)
        """
        ),
        None,
    ),
    "a deleted local gets the client of the module": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            s3 = boto3.client("s3")
            s3.head(event)
            del s3
        """
        ),
        dedent(
            """\
        import boto3

        s3_client = boto3.client("s3")

        def handler(event, context):
            s3 = s3_client
            s3.head(event)
            del s3
        """
        ),
    ),
    "a client that a with statement closes stays": (
        dedent(
            """\
        import boto3
        from contextlib import closing

        def handler(event, context):
            with closing(boto3.client("s3")) as s3:
                return s3.head(event)
        """
        ),
        None,
    ),
    "keyword arguments travel along": (
        dedent(
            """\
        import boto3

        def handler(event, context):
            options = {"region_name": "eu-west-1"}
            s3 = boto3.client("s3", **options)
            return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        import boto3

        options = {"region_name": "eu-west-1"}
        s3 = boto3.client("s3", **options)

        def handler(event, context):
            return s3.head_object(Key=event["key"])
        """
        ),
    ),
    "a cached function lands behind a future import": (
        dedent(
            """\
        from __future__ import annotations
        import boto3
        def handler(event, context):
            if event:
                s3 = boto3.client("s3")
                return s3.head_object(Key=event["key"])
        """
        ),
        dedent(
            """\
        from __future__ import annotations
        import functools

        import boto3


        @functools.cache
        def s3():
            return boto3.client("s3")


        def handler(event, context):
            if event:
                return s3().head_object(Key=event["key"])
        """
        ),
    ),
}
"""By what is shown: the file before, and after; None where nothing may change."""


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_hoisted_as_shown(shape: str, tmp_path: Path) -> None:
    before, after = SHAPES[shape]
    assert hoisted(tmp_path, {"app.py": before}, unsafe=True) == {"app.py": after or before}
    assert_kept(before, after or before)
