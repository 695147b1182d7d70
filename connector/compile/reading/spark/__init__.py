"""SQL of Spark over the views, and over what was delivered."""
