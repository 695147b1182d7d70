"""Holds the common parts of pages: templates, styles, charts, and security headers."""
