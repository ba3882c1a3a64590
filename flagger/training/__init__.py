"""Labelled articles and a config file -> a model folder with its card. Needs more than scoring: import it by name."""
