"""Workflows: a DAG of calls as data, run in the process or, when it must survive the process, as jobs with a row a node."""
