"""Finds where orders come from: the dbt project, the warehouse and its views."""
