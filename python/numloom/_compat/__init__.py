"""Runs programs written for NumPy, unchanged: what `python -m numloom` does.

The modules of the program, and no others, get a stand-in for the module `numpy`
(`_importing`). It serves Numloom's functions, and NumPy's where Numloom has none or
refuses the arguments (`_proxy`, `_fallback`). `_report` counts the latter, and the
reads of values that made the program wait.
"""
