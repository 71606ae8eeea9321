"""Design functions: build an instance backwards from the answer that it should have.

Each takes a `Stream` first and then the arguments named in the question file, and returns one exact
value, or a tuple of values where the question draws several names at once.
"""
