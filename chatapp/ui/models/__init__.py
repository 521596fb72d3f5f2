"""Qt item models: thin, tested without a view."""
