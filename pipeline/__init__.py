"""Monograph: from a compound's name to a cited, graded profile that a reviewer can approve claim by claim."""

__version__ = "0.1.0"
