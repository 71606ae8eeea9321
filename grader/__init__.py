"""From what was handed in to marks: read, judge, mark, report."""
