"""What a handler hands to files that import nothing of interest is found, as if every file were looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from marked import job
from whole_engine import both

if TYPE_CHECKING:
    from pathlib import Path

CODES = frozenset({"LPF101"})


def test_what_is_handed_to_a_file_that_imports_nothing_is_found(tmp_path: Path) -> None:
    files = {
        "app.py": "from stores import Store\nfrom steps import first\n\n\n"
        "def handler(event, context):\n    store = Store()\n    return first(store, event)\n",
        "steps.py": "import later\n\n\ndef first(store, event):\n    return later.second(store.items(), event)\n",
        "later.py": "def second(items, event):\n    return items.put(event)\n",
        "stores.py": "from tables import Items\n\n\nclass Store:\n    def items(self):\n        return Items()\n",
        "tables.py": "import boto3\n\n\nclass Items:\n    def put(self, event):\n"
        '        boto3.client("s3").put_object(Bucket="b", Key="k", Body=event["body"])\n',
    }
    filtered, whole = both(job(tmp_path, files, CODES))
    assert filtered == whole
    assert [(found.path, found.line) for found in filtered] == [("tables.py", 6)]


HANDED = {
    "a function that an object keeps": {
        "app.py": "from lib import build\nfrom service import Service\n\n\n"
        "def handler(event, context):\n    return Service(build).upload()\n",
        "service.py": "class Service:\n    def __init__(self, make):\n        self.make = make\n\n"
        "    def upload(self):\n        return self.make()\n",
        "lib.py": "import boto3\n\n\ndef build():\n    return boto3.client('s3')\n",
    },
    "an object whose property is read": {
        "app.py": "from lib import Store\nfrom service import Service\n\n\n"
        "def handler(event, context):\n    return Service(Store()).go()\n",
        "service.py": "class Service:\n    def __init__(self, store):\n        self.store = store\n\n"
        "    def go(self):\n        return self.store.client\n",
        "lib.py": "import boto3\n\n\nclass Store:\n    @property\n"
        "    def client(self):\n        return boto3.client('s3')\n",
    },
    "a member of a table": {
        "app.py": "import lib\nfrom service import call\n\nTABLE = {'a': lib.build}\n\n\n"
        "def handler(event, context):\n    return call(TABLE['a'])\n",
        "service.py": "def call(function):\n    return function()\n",
        "lib.py": "import boto3\n\n\ndef build():\n    return boto3.client('s3')\n",
    },
    "a function with a quote in its docstring": {
        "app.py": "from lib import build\n\n\ndef handler(event, context):\n    return build()\n",
        "lib.py": 'import boto3\n\n\ndef build():\n    """A 5" pipe.\n\n    One.\n    Two.\n    Three.\n\n'
        'Returns a client.\n"""\n    return boto3.client(\'s3\')\n',
    },
}


@pytest.mark.parametrize("files", HANDED.values(), ids=HANDED)
def test_what_plain_files_are_handed_is_found(files: dict[str, str], tmp_path: Path) -> None:
    filtered, whole = both(job(tmp_path, files, CODES))
    assert filtered == whole
    assert [found.path for found in filtered] == ["lib.py"]
