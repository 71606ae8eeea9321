"""From question files to papers: load, draw, exam, render."""
