"""Small widgets that know the look and nothing of conversations or models."""
