"""A specimen service for the tests: a page with every macro and a form with every kind of field."""
