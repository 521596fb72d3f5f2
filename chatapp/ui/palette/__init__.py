"""What opens over the window to find something by typing: commands, conversations."""
