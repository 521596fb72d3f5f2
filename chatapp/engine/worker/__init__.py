"""What runs in the child process. The only importer of llama_cpp; the application never imports it.

`chatapp.engine.process` starts `main.run` there.
"""
