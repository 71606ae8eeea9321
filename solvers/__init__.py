"""Solvers: plain functions over numbers. They know nothing of questions."""
