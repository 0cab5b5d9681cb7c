"""Watches news feeds and tells people, once per story, that something they described has been reported."""

__version__ = "0.1.0"
