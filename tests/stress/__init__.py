"""`make stress`: the program broken in every way, with random input and at random moments.

Each part is a module of this folder that attacks one promise, which its docstring states. It defines

    CASES     how many cases a full run has
    SECONDS   how long they may take
    run       run(cases, seed, folder) yields the number of cases passed since the last yield, a few times a
              second, and raises AssertionError when the promise is broken; `folder` is empty and its own

and, if it has them,

    check     check(case, folder) runs one case, so that `--case` can repeat it (see `case.py`)
    missing   missing() is the reason why the part cannot run here, or None
"""
