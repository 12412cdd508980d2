"""The nightly job: every cited record read again, what changed and which claims it touches, and what is new.

    index -> pubmed | files -> gathering -> known -> profile -> run
    (who     (what the services  (what        (a profile   (drawn    (files,
     cites    say tonight)        differs)     and what     again)    report)
     what)                                     became of it)

`changes`, `notices`, `corrections` and `labels` say what became of a source; `touching` which claims that touches,
`triage` what new evidence speaks against. `memory` is what one night leaves to the next, `plan` what a killed one does.
"""
