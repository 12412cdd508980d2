"""The nightly job: every cited record read again, what changed and which claims it touches, and what is new."""
