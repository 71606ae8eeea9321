"""Independent NumPy solvers, one module a topic: what `check:` calls."""
