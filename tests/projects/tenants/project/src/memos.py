"""Every way to build something once."""

import functools
import threading
import time

import boto3
import redis
import requests

_s3 = None
_sqs = None
_sns = None
_ses = None
_ssm = None
_ssm_made = 0.0
_kms = None
_lock = threading.Lock()
_initialized = False
_logs = None
_clients = {}
_session = None


@functools.cache
def cached():
    return boto3.client("events")


@functools.lru_cache(maxsize=1)
def limited():
    return redis.Redis(host="cache.internal", socket_timeout=2)


def by_none():
    global _s3
    if _s3 is None:
        _s3 = boto3.client("s3")
    return _s3


def by_truth():
    global _sqs
    if not _sqs:
        _sqs = boto3.client("sqs")
    return _sqs


def by_early_return():
    global _sns
    if _sns is not None:
        return _sns
    _sns = boto3.client("sns")
    return _sns


def by_or():
    global _ses
    _ses = _ses or boto3.client("ses")
    return _ses


def by_age():
    global _ssm, _ssm_made
    if _ssm is None or time.monotonic() - _ssm_made > 600:
        _ssm = boto3.client("ssm")
        _ssm_made = time.monotonic()
    return _ssm


def by_lock():
    global _kms
    if _kms is None:
        with _lock:
            if _kms is None:
                _kms = boto3.client("kms")
    return _kms


def by_flag():
    global _initialized, _logs
    if not _initialized:
        _logs = boto3.client("logs")
        _initialized = True
    return _logs


def by_key(name):
    if name not in _clients:
        _clients[name] = boto3.client(name)
    return _clients[name]


def by_error(name):
    try:
        return _clients[name]
    except KeyError:
        _clients[name] = boto3.client(name)
    return _clients[name]


def by_walrus(name):
    if (client := _clients.get(name)) is None:
        client = _clients[name] = boto3.client(name)
    return client


def by_injection(session=None):
    global _session
    if session is not None:
        return session
    if _session is None:
        _session = requests.Session()
        _session.headers["User-Agent"] = "reports"
    return _session


class Lazy:
    def __init__(self):
        self._table = None

    @property
    def table(self):
        if self._table is None:
            self._table = boto3.resource("dynamodb").Table("reports")
        return self._table

    @functools.cached_property
    def athena(self):
        return boto3.client("athena")


lazy = Lazy()


def all_memos(event):
    made = [
        cached(),
        limited(),
        by_none(),
        by_truth(),
        by_early_return(),
        by_or(),
        by_age(),
        by_lock(),
        by_flag(),
        by_key("batch"),
        by_error("glue"),
        by_walrus("ecs"),
        by_injection(),
        lazy.table,
        lazy.athena,
    ]
    return [event["id"], len(made)]
