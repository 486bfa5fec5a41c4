"""Runs the benchmark's programs against each other and reports what they cost."""
