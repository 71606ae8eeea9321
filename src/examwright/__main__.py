"""`python -m examwright` is the command line."""

from examwright.cli import main

main()
