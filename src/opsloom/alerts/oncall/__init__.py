"""On-call schedules: who answers at any instant, as layers of rotations with overrides; how people are reached."""
