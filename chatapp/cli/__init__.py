"""The same services without a window, one module for each command. Never imports Qt.

`arguments` imports nothing heavy, so `--version` and `--help` answer at once.
"""
