"""Exact solvers, one module a topic. Every public function is a word of the formula language."""
