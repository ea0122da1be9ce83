"""`python -m askive`: the same program as the console script."""

from .cli import main

if __name__ == "__main__":
    main()
