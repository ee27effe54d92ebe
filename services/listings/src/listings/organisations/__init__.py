"""Organisations: the directory of everybody who may post, imported or registered."""
