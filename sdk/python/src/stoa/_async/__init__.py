"""The client, written once: what is in _sync is generated from _async."""
