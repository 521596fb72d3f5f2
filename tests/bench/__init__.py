"""Everything that has a number: `python -m tests.bench [NAME …] [--json]`."""
