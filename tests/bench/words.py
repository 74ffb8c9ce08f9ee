"""The vocabulary that the generated monorepo is written with."""

from __future__ import annotations

import random

ENTITIES = (
    "order", "invoice", "customer", "shipment", "payment", "refund", "basket", "product", "supplier",
    "warehouse", "ticket", "booking", "subscription", "contract", "device", "reading", "alert", "report",
    "campaign", "coupon", "session", "profile", "address", "account", "transfer", "ledger", "statement",
    "policy", "claim", "quote", "route", "vehicle", "driver", "delivery", "parcel", "refusal", "review",
    "rating", "message", "thread", "document", "template", "schedule", "job", "batch", "asset", "license",
    "tenant", "meter", "tariff", "reservation", "voucher", "catalogue", "category", "variant", "stock",
    "transaction", "settlement", "dispute", "mandate",
)  # fmt: skip  # one word a line would take a screen

FIELDS = (
    "id", "name", "status", "amount", "currency", "created_at", "updated_at", "owner", "region", "priority",
    "quantity", "price", "total", "discount", "tax_rate", "country", "city", "postcode", "email", "phone",
    "language", "channel", "source", "reference", "comment", "weight", "length", "width", "height", "colour",
    "size", "brand", "sku", "barcode", "expires_at", "started_at", "finished_at", "attempts", "version",
    "checksum", "payload", "headers", "origin", "destination", "carrier", "tracking_code", "due_date",
    "paid_at", "locale", "timezone", "score", "threshold", "limit", "offset", "balance", "interest", "period",
    "unit", "rate", "tier", "segment", "label", "notes",
)  # fmt: skip  # one word a line would take a screen

VERBS = (
    "create", "load", "store", "update", "archive", "cancel", "confirm", "reject", "approve", "schedule",
    "assign", "merge", "split", "enrich", "normalise", "validate", "calculate", "estimate", "summarise",
    "export", "import_rows", "notify", "publish", "transform", "filter", "group", "rank", "reserve",
    "release", "settle", "refund", "dispatch", "collect", "resolve", "escalate", "reconcile",
)  # fmt: skip  # one word a line would take a screen

ADJECTIVES = (
    "pending", "late", "partial", "duplicate", "expired", "active", "blocked", "stale", "urgent",
    "international", "manual", "recurring",
)  # fmt: skip  # one word a line would take a screen

REASONS = (
    "the finance team reconciles these by hand",
    "older clients still send the short form",
    "the carrier answers with an empty list here",
    "a missing value means the default tariff",
    "the queue may deliver a message twice",
    "amounts are kept in minor units",
    "the portal shows at most one page",
    "the import of last year left gaps",
    "support asked for a readable text",
    "the partner rounds half up",
    "ids of two systems are mixed in this field",
    "retries are counted per record",
)

SERVICES = ("s3", "sqs", "sns", "dynamodb", "events", "stepfunctions", "secretsmanager", "ssm", "lambda", "ses", "kms")

STDLIB = (
    "json",
    "logging",
    "os",
    "re",
    "time",
    "uuid",
    "hashlib",
    "base64",
    "datetime",
    "decimal",
    "itertools",
    "math",
)


def sentence(rng: random.Random, verb: str, entity: str) -> str:
    """A docstring's first line about doing `verb` to `entity`."""
    kind = rng.choice(ADJECTIVES)
    ends = (
        f"and keeps the {rng.choice(FIELDS)} of the last one",
        f"unless its {rng.choice(FIELDS)} is unknown",
        f"for every {rng.choice(ENTITIES)} that is {rng.choice(ADJECTIVES)}",
        f"ordered by {rng.choice(FIELDS)}",
        f"within the given {rng.choice(FIELDS)}",
    )
    return f"{verb.replace('_', ' ').capitalize()}s the {kind} {entity} {rng.choice(ends)}."


def camel(word: str) -> str:
    """`tracking_code` as `TrackingCode`."""
    return "".join(part.capitalize() for part in word.split("_"))
