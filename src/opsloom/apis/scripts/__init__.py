"""Scripts: people's Python in a sandbox, with modules of the host that go through the same guards as everything else."""
