"""The common parts of pages: templates, styles, charts, and security headers."""
