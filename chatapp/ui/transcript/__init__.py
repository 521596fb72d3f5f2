"""Draws the messages of a conversation and lets people read, select, copy and act on them."""
