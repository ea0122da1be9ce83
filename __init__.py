"""Askive: a searchable archive of questions and answers."""

__version__ = "0.1.0"
