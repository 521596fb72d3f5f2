"""Everything that knows Qt: the window, its parts, and how they look and speak."""
