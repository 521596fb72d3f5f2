"""The values that every layer speaks in: frozen, without behaviour, without input or output."""
