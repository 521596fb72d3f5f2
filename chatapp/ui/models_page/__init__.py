"""The page where models are found, chosen, fetched and kept."""
