"""Web: what every service's pages and JSON routes share; see README.md beside this file."""
