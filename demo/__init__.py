"""Real orders, from raw tables through dbt into a local Northbeam, and then only what changed."""
