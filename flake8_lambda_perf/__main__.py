"""Makes `python -m flake8_lambda_perf` the same as the command `lambda-perf`."""

import sys

from flake8_lambda_perf.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
