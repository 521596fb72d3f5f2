"""The conversations on disk: SQL in, values of the domain out. Nothing else knows SQLite."""
