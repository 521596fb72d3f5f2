"""What can go wrong, with real processes, real signals and real disks.

Of the engine: `test_deaths` loses the worker in every state and in every way, `test_memory` leaves
it none in every state, `test_states` is about what is kept on disk, `test_model_file` about a file
that changes while it is in use, `test_application` about an application that is killed,
`test_templates`, `test_files` and `test_prompts` about models and messages that mean harm,
`test_crowds` about many answers at once, and `test_soak` about many requests in a row.

Of the whole application: `test_kills` ends it in every state, `test_full_disk` and
`test_read_only` are about where it writes, `test_clock` about the time of day, `test_two_processes`
about two of them on the same data. In tests/ui, `test_monkey` clicks and types anywhere. What
strangers may write is in tests/fuzz.

What is bounded there goes on for as long as one likes by hand, with another seed every time:

    python -m tests.faults --minutes 60 --seed 2
    python -m tests.faults monkey --minutes 10
    python -m tests.faults.soak --requests 1000 --architecture llama
"""
