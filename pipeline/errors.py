"""Faults of a run, each with what happened and what to do about it.

    PipelineError                 shown as two lines, exit status 2
    |-- ConfigError               a setting, a name or an option cannot be used
    |-- SourceError               PubMed, a label or the library did not give what was asked
    |   `-- NothingFound          they were asked and hold nothing
    |-- FormatError               a file is not what its name or its reader promises
    |-- ModelError                the language model did not give a usable answer
    |   |-- OverBudget            the next call could cost more than is left of what may be spent
    |   |-- Deferred              the answer is to come with a batch
    |   `-- UnusableAnswer        it answered, and this request will be answered no better a second time
    |       |-- EmptyAnswer       nothing was said
    |       |-- Truncated         the answer reached its greatest length
    |       |-- Filtered          a filter of the service held it back
    |       |-- Refused           the model declined to answer
    |       |-- NotJson           text came where JSON was asked for
    |       |-- WrongShape        JSON came, and not in the schema asked for
    |       `-- TooLong           the request is longer than the model reads
    `-- ProfileError              a file of a profile cannot be read or must not be overwritten

A fault of a *draft* is a `Finding`, never one of these; a bug in this program stays a traceback.
"""

from __future__ import annotations

from functools import partial


class PipelineError(Exception):
    """What a person caused or can mend: `message` says what happened, `hint` says what to do.

    `retryable` is true where the same request may well succeed later.
    """

    def __init__(self, message: str, hint: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retryable = retryable

    def __reduce__(self) -> tuple[object, ...]:
        """Faults come back from other processes."""
        return partial(type(self), retryable=self.retryable), (self.message, self.hint)


class ConfigError(PipelineError):
    """A setting, a name or an option cannot be used."""


class SourceError(PipelineError):
    """PubMed, a label or the library did not give what was asked."""


class NothingFound(SourceError):
    """The sources were asked, or could not be, and there is no record to draft from."""


class FormatError(PipelineError):
    """A file or an answer is not in the format that its reader promises."""


class ModelError(PipelineError):
    """The language model did not give a usable answer."""


class OverBudget(ModelError):
    """The next call could cost more than is left of what may be spent."""


class Deferred(ModelError):
    """The answer is to come with a batch."""


class UnusableAnswer(ModelError):
    """The model answered, and not in a way that can be used; the same request will be answered no better again."""


class EmptyAnswer(UnusableAnswer):
    """Nothing was said."""


class Truncated(UnusableAnswer):
    """The answer reached its greatest length before its end."""


class Filtered(UnusableAnswer):
    """A filter of the service held the question or the answer back."""


class Refused(UnusableAnswer):
    """The model declined to answer."""


class NotJson(UnusableAnswer):
    """The answer is not JSON."""


class WrongShape(UnusableAnswer):
    """The answer is JSON that does not follow the schema."""


class TooLong(UnusableAnswer):
    """The request is longer than the model reads."""


class ProfileError(PipelineError):
    """A file of a profile cannot be read, or must not be overwritten."""


def words_of(fault: Exception, what: str) -> tuple[str, str]:
    """What to say, and what to do, of a fault that ended the work on `what` while that on others goes on."""
    if isinstance(fault, PipelineError):
        return fault.message, fault.hint
    return f"a fault of this program: {type(fault).__name__}: {fault}", f"report it with the profile '{what}'"
