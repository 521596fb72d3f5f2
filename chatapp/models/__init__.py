"""What needs both the models on disk and the engine."""
