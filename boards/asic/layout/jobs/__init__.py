"""Programs that are run with tools of their own in Python's path, see :mod:`..tools`.

Each reads a file of JSON that its first argument names, and works in the folder that it is run in.
"""
