"""Assistants and prompts: changed on a page of their own, filled in where one writes."""
