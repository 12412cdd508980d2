"""Faults of a run, each with what happened and what to do about it.

    PipelineError                 shown as two lines, exit status 2
    |-- ConfigError               a setting, a name or an option cannot be used
    |-- SourceError               PubMed, a label or the library did not give what was asked
    |   `-- NothingFound          they were asked and hold nothing
    |-- FormatError               a file is not what its name or its reader promises
    |-- ModelError                the language model did not give a usable answer
    `-- ProfileError              a file of a profile cannot be read or must not be overwritten

A fault of a *draft* is a `Finding`, never one of these; a bug in this program stays a traceback.
"""

from __future__ import annotations


class PipelineError(Exception):
    """What a person caused or can mend: `message` says what happened, `hint` says what to do.

    `retryable` is true where the same request may well succeed later.
    """

    def __init__(self, message: str, hint: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retryable = retryable


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


class ProfileError(PipelineError):
    """A file of a profile cannot be read, or must not be overwritten."""
