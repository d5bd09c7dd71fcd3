"""Two threads against one on a machine whose processors are busy."""
