"""``python -m flagger`` is the command line."""

from flagger.cli import main

main()
