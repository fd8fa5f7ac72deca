"""`python -m opsloom`."""

from opsloom.cli import app

app(prog_name="opsloom")
