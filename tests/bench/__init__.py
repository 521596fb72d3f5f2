"""Everything that has a number, in one command.

`python -m tests.bench` runs all benchmarks but the long ones, each in a process of its own; names
run only these, `--long` also the long ones, and `--quick` is a first look in few minutes.
`--history` compares with earlier runs on this machine and adds this one, `--readme` writes the
tables of the READMEs. `names` lists what there is.
"""
