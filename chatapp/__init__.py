"""Chatapp: talk to language models that run on your own computer."""

from __future__ import annotations

__version__ = "0.1.0"
