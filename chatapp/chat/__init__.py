"""The application service around a conversation: send, stop, try again, continue, title."""
