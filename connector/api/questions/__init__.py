"""What can be asked of a project; nothing here sends or changes anything."""
