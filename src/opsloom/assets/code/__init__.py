"""Assets as plain files: written as a person would, read with the place of every flaw, planned and applied as one."""
