"""What comes from strangers, damaged in every way: nothing may break, hang or grow.

`gguf_header` are headers of models, `template` the chat templates in them, `database` the file of
conversations, `settings` the settings file and exported ones, `imports` files with assistants,
prompts and presets, `links` what is typed, pasted and opened. pytest tries a few of each; by the
hour it is done by hand, with another seed every time:

    python -m tests.fuzz --minutes 60 --seed 2            # all of them, one after the other
    python -m tests.fuzz template database --minutes 60
    python -m tests.fuzz links --seed 2 --case 4711       # one case again, here

It prints what the cases came to and what was wrong, and ends with 1 if anything was.
"""

from __future__ import annotations
