"""The library: a project as an object, with typed results; it prints nothing and ends nothing."""
