"""`chatapp --smoke-test`: tries the whole application once, in a temporary home.

It runs on every build after installing it: a missing library, resource, translation or tokeniser
shows here, and so does a process that does not start in what is installed. `run` says where all of
it happens and what counts as a failure, `steps` what is done, one thing after the other. It needs
no network and no model: `hub` is a small Hub on this computer, which gives away `tiny_model`.
"""

from __future__ import annotations
