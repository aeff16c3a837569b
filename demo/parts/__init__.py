"""The pieces `generate.py` puts together: word lists, tables of places, and the plans of the three accounts."""
