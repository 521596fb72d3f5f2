"""What can go wrong with the engine, with the real worker process and real signals.

`test_deaths` loses the worker in every state and in every way, `test_states` is about what is kept
on disk, `test_memory` about too little of it, `test_application` about an application that is
killed, `test_templates`, `test_files` and `test_prompts` about models and messages that mean harm,
`test_crowds` about many answers at once, and `test_soak` about many requests in a row.

The longer soak is run by hand:

    python -m tests.faults.soak --requests 1000 --seed 1

It takes about a second for each request with the starter model, less than a tenth of that with
`--architecture llama` (or another one of `tests.engine.gguf_files.ARCHITECTURES`), prints what it
found and ends with 1 if that is wrong. `--checked` is the share of the answers that are compared.
"""
