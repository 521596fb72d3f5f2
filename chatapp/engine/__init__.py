"""The model, in a process of its own, behind typed messages.

`Engine` is the only door. The application never imports llama.cpp: `engine/worker/` alone does, in
the child process, so that whatever happens there leaves the window and the conversation whole.
"""
