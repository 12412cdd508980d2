"""The language model: one call with a schema, kept once it was paid for, accounted for, and its faults in words.

Nothing outside this package imports the vendor's. Importing this one is cheap: the vendor's packages are imported by
the first call.
"""

from pipeline.llm.answers import Answers
from pipeline.llm.client import Model
from pipeline.llm.costs import Ledger
from pipeline.llm.endpoints import Endpoint, endpoint
from pipeline.llm.reading import read
from pipeline.llm.requests import estimate, key, payload

__all__ = ["Answers", "Endpoint", "Ledger", "Model", "endpoint", "estimate", "key", "payload", "read"]
