"""The host side of a worker: everything that runs in the worker process around the person's code."""
