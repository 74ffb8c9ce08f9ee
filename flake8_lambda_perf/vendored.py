"""Which packages in a project's folders others wrote: told by their metadata, or by the files they consist of."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

MARKERS = {
    "PIL": "ImageFile.py", "aiohttp": "connector.py", "aws_lambda_powertools": "logging", "aws_xray_sdk": "core",
    "azure": "core/pipeline", "bs4": "element.py", "boto3": "session.py resources", "botocore": "client.py session.py",
    "certifi": "cacert.pem|core.py", "cffi": "cparser.py", "chardet": "universaldetector.py",
    "charset_normalizer": "cd.py", "click": "termui.py decorators.py", "cryptography": "hazmat",
    "dateutil": "relativedelta.py", "django": "db conf", "dns": "resolver.py rdatatype.py",
    "docutils": "parsers", "fastapi": "routing.py applications.py", "flask": "ctx.py globals.py",
    "google": "protobuf|auth|api_core|cloud", "grpc": "_channel.py", "h5py": "_hl", "httpcore": "_models.py",
    "httpx": "_client.py", "idna": "idnadata.py", "jinja2": "lexer.py nodes.py", "jmespath": "lexer.py visitor.py",
    "joblib": "memory.py parallel.py", "jose": "jwt.py backends", "jsonschema": "validators.py", "jwt": "api_jwt.py",
    "keras": "layers", "lxml": "etree.pyx|html builder.py", "mangum": "adapter.py", "markupsafe": "_native.py",
    "matplotlib": "pyplot.py", "moto": "core backends.py", "networkx": "algorithms", "numpy": "lib ma linalg",
    "oauthlib": "oauth2", "openai": "_client.py", "opentelemetry": "context|trace|sdk", "packaging": "specifiers.py",
    "pandas": "core io", "pika": "adapters spec.py", "pip": "_internal _vendor", "pkg_resources": "_vendor|extern",
    "psutil": "_pslinux.py", "psycopg2": "extensions.py", "pyarrow": "parquet", "pyasn1": "codec type",
    "pydantic": "fields.py main.py", "pygments": "lexers", "pymongo": "mongo_client.py", "pymysql": "cursors.py",
    "pytz": "tzinfo.py", "redis": "client.py connection.py", "requests": "adapters.py sessions.py",
    "rsa": "pkcs1.py", "s3transfer": "bandwidth.py", "scipy": "linalg sparse", "sentry_sdk": "hub.py|transport.py",
    "setuptools": "command dist.py", "skimage": "feature", "sklearn": "linear_model", "sqlalchemy": "engine orm",
    "starlette": "routing.py requests.py", "tensorflow": "python", "torch": "nn autograd", "tornado": "ioloop.py",
    "tqdm": "_tqdm.py|std.py", "transformers": "modeling_utils.py|configuration_utils.py",
    "urllib3": "connectionpool.py", "uvicorn": "config.py protocols", "werkzeug": "routing|routing.py http.py",
    "wheel": "wheelfile.py|_bdist_wheel.py", "wrapt": "wrappers.py", "yaml": "composer.py scanner.py",
}  # fmt: skip  # one package a line would take two screens
"""What a well-known distribution's folder holds (all of the words, `|` between alternatives), from the wheels on PyPI.

The name alone proves nothing: a project may well have its own folder `redis` or `google`.
"""

NAMESPACES = frozenset({"azure", "google", "opentelemetry"})

COMPANIONS = frozenset(
    {
        "_distutils_hack", "_virtualenv", "_yaml", "absl", "aiosignal", "annotated_types", "anyio", "appdirs", "arrow",
        "asgiref", "astunparse", "async_timeout", "attr", "attrs", "bentoml", "bentoml_cli", "cached_property",
        "cachetools", "caffe2", "cattr", "cattrs", "clang", "cloudpickle", "commonmark", "contextlib2", "cv2",
        "deepmerge", "deprecated", "dotenv", "ecdsa", "exceptiongroup", "filelock",
        "flatbuffers", "frozenlist", "fs", "fsspec", "gast", "google_auth_oauthlib", "h11", "h2", "hpack",
        "huggingface_hub", "hyperframe", "imageio", "importlib_metadata", "importlib_resources", "isodate",
        "itsdangerous", "jsonpointer", "keras_preprocessing", "lightgbm", "markdown", "mpmath", "multidict",
        "multipart", "mypy_extensions", "netaddr", "oauth2client", "opt_einsum", "pasta", "pathspec", "pep517",
        "piptools", "prometheus_client", "propcache", "proto", "pvectorc", "pyasn1_modules", "pycparser",
        "pydantic_core", "pylab", "pynvml", "pyparsing", "pyrsistent", "pywt", "referencing", "regex",
        "requests_oauthlib", "rich", "rpds", "sacremoses", "safetensors", "schema", "sentencepiece", "simple_di",
        "simplejson", "six", "sniffio", "sortedcontainers", "soupsieve", "sympy", "tabulate", "tensorboard",
        "tensorboard_data_server", "tensorboard_plugin_wit", "tensorflow_estimator", "tensorflow_io_gcs_filesystem",
        "termcolor", "threadpoolctl", "tifffile", "tokenizers", "tomli", "typing_extensions", "typing_inspection",
        "tzdata", "uritemplate", "wand", "watchfiles", "websocket", "websockets", "xgboost", "xmltodict", "xxhash",
        "yarl", "zipp", "zmq",
    }
)  # fmt: skip  # one name a line would take two screens
"""Import names of distributions on PyPI that count as vendored only beside `ENOUGH` others that are proven."""

ENOUGH = 2

PROJECT_METADATA = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
"""Beside one of these a lone known package is the project itself: its own authors run us too."""

GENERIC = frozenset(
    {"app", "doc", "docs", "example", "examples", "handler", "handlers", "lib", "model", "models", "samples", "scripts",
     "src", "test", "tests", "utils"}
)  # fmt: skip  # belongs to the table above
"""Top-level names some distributions claim by mistake; too common to leave out a user's folder for them."""


def packages_in(folder: str, names: Iterable[str]) -> frozenset[str]:
    """Return which entries of a folder are packages of others: named by their metadata, or shaped like them."""
    present = frozenset(names)
    found: set[str] = set()
    for name in present:
        if name.endswith(".dist-info") or (name.endswith(".egg-info") and "-py" in name):
            found |= _entries_of(os.path.join(folder, name), name, present)
    shaped = {name for name in present & MARKERS.keys() if _has_shape(folder, name)}
    if len(shaped) >= ENOUGH or PROJECT_METADATA.isdisjoint(present):
        found |= shaped
    if len(found) >= ENOUGH:
        modules = {f"{name}.py" for name in COMPANIONS}
        found |= {name for name in present & COMPANIONS if _is_package(folder, name)} | (present & modules)
    return frozenset(found)


def _has_shape(folder: str, name: str) -> bool:
    """Tell whether a folder holds what the distribution of that name holds."""
    place = os.path.join(folder, name)
    if name not in NAMESPACES and not _is_package(folder, name):
        return False
    return all(
        any(os.path.exists(os.path.join(place, marker)) for marker in choice.split("|"))
        for choice in MARKERS[name].split(" ")
    )


def _is_package(folder: str, name: str) -> bool:
    return os.path.exists(os.path.join(folder, name, "__init__.py"))


def _entries_of(metadata: str, name: str, present: frozenset[str]) -> set[str]:
    """Return the entries beside a *.dist-info or *.egg-info that its distribution installed."""
    claimed = _recorded(metadata) or _top_level(metadata) or {re.split(r"-\d", name.rsplit(".", 1)[0])[0]}
    tops = {top.removesuffix(".py") for top in claimed} | {top.replace("-", "_").lower() for top in claimed}
    return {entry for top in tops - GENERIC for entry in (top, f"{top}.py") if entry in present}


def _recorded(metadata: str) -> set[str]:
    """Return the first part of every Python file a RECORD names."""
    text = _text_of(os.path.join(metadata, "RECORD"))
    paths = (line.split(",", 1)[0] for line in text.splitlines())
    return {path.split("/", 1)[0] for path in paths if path.endswith(".py") and not path.startswith(("..", "/"))}


def _top_level(metadata: str) -> set[str]:
    return {line.strip() for line in _text_of(os.path.join(metadata, "top_level.txt")).splitlines() if line.strip()}


def _text_of(path: str) -> str:
    """Read a metadata file; an absent or unreadable one says nothing, and the other evidence decides."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
